/** The public REST door: answers kept in memory, mistakes as problems (RFC 9457), stale requests cancelled. */

export interface Mistake {
  place: string;
  value: string;
  reason: string;
  remedy: string;
}

/** What went wrong, in words for people. `kind` is `problem` for what the service says, `offline` where it is silent. */
export class ApiError extends Error {
  constructor(
    readonly kind: "problem" | "offline",
    readonly status: number,
    title: string,
    readonly mistakes: Mistake[],
  ) {
    super(title);
  }
}

const KEPT = 120;
const kept = new Map<string, unknown>();

async function problemOf(response: Response): Promise<ApiError> {
  try {
    const body = (await response.json()) as { title?: string; errors?: Mistake[] };
    return new ApiError("problem", response.status, body.title ?? response.statusText, body.errors ?? []);
  } catch {
    return new ApiError("problem", response.status, response.statusText, []);
  }
}

/** Keep an answer; the oldest goes when there are too many. */
export function keep(address: string, found: unknown): void {
  if (kept.size >= KEPT) kept.delete(kept.keys().next().value as string);
  kept.set(address, found);
}

/** An answer that is already here, at once. */
export function held<T>(address: string): T | undefined {
  return kept.get(address) as T | undefined;
}

/** Get a document of the API; the same address is asked once. Throws `ApiError`, or `AbortError` when cancelled. */
export async function get<T>(address: string, signal?: AbortSignal): Promise<T> {
  const known = kept.get(address);
  if (known !== undefined) return known as T;
  let response: Response;
  try {
    response = await fetch(address, { headers: { accept: "application/json" }, ...(signal ? { signal } : {}) });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError("offline", 0, "", []);
  }
  if (!response.ok) throw await problemOf(response);
  const body = (await response.json()) as T;
  keep(address, body);
  return body;
}

/** Get text, such as Turtle. */
export async function text(address: string, accept: string, signal?: AbortSignal): Promise<string> {
  let response: Response;
  try {
    response = await fetch(address, { headers: { accept }, ...(signal ? { signal } : {}) });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError("offline", 0, "", []);
  }
  if (!response.ok) throw await problemOf(response);
  return response.text();
}

/** Send JSON and get JSON; nothing is kept. */
export async function post<T>(address: string, body: unknown, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(address, { method: "POST", headers: { "content-type": "application/json", accept: "application/json" }, body: JSON.stringify(body), ...(signal ? { signal } : {}) });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError("offline", 0, "", []);
  }
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as T;
}

/** An address of the API with its query, left out where empty. */
export function address(path: string, query: URLSearchParams | Record<string, string> = {}): string {
  const given = query instanceof URLSearchParams ? query : new URLSearchParams(Object.entries(query).filter(([, v]) => v));
  const written = given.toString();
  return written ? `${path}?${written}` : path;
}
