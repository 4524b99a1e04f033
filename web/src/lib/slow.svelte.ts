/** Documents that take long: asked for as a stream of events that tells progress on the way (server-sent events). */
import { ApiError, type Mistake } from "./api";

export interface Step {
  done: number;
  of: number;
}

interface Problem {
  status?: number;
  title?: string;
  errors?: Mistake[];
}

const KEPT = 24;
const kept = new Map<string, unknown>();

function refused(body: Problem, status: number): ApiError {
  return new ApiError("problem", body.status ?? status, body.title ?? "", body.errors ?? []);
}

/** Read one event: its name and its data. */
function event(block: string): { name: string; data: string } {
  const lines = block.split("\n");
  const of = (field: string): string => lines.filter((l) => l.startsWith(`${field}:`)).map((l) => l.slice(field.length + 1).trimStart()).join("\n");
  return { name: of("event"), data: of("data") };
}

/** Ask, tell progress, and return the document. Throws `ApiError`, or `AbortError` when cancelled. */
export async function ask<T>(address: string, onstep: (step: Step) => void, signal: AbortSignal, body?: unknown): Promise<T> {
  let response: Response;
  try {
    const headers: Record<string, string> = { accept: "text/event-stream, application/json;q=0.5" };
    if (body !== undefined) headers["content-type"] = "application/json";
    response = await fetch(address, { headers, signal, ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }) });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError("offline", 0, "", []);
  }
  if (!response.ok || !response.body) throw refused((await response.json().catch(() => ({}))) as Problem, response.status);
  if (!response.headers.get("content-type")?.includes("event-stream")) return (await response.json()) as T;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const parts: string[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) throw new ApiError("offline", 0, "", []);
    parts.push(value);
    if (!value.includes("\n")) continue;
    const blocks = parts.join("").split("\n\n");
    parts.splice(0, parts.length, blocks.pop() ?? "");
    for (const block of blocks) {
      const { name, data } = event(block);
      if (name === "progress") onstep(JSON.parse(data) as Step);
      else if (name === "problem") throw refused(JSON.parse(data) as Problem, response.status);
      else if (name === "result") {
        void reader.cancel();
        return JSON.parse(data) as T;
      }
    }
  }
}

/** A document that takes long as state; what is asked is an address, and a body where it is sent. */
export class Slow<T> {
  data = $state.raw<T | undefined>(undefined);
  error = $state.raw<ApiError | undefined>(undefined);
  loading = $state(false);
  step = $state.raw<Step | null>(null);
  #again = $state(0);

  /** Follow what is asked; null asks nothing. To be called while a component is set up. */
  constructor(follow: () => { address: string; body?: unknown } | string | null, pause = 120) {
    $effect(() => {
      const given = follow();
      void this.#again;
      if (given === null) {
        this.data = undefined;
        this.error = undefined;
        this.loading = false;
        return;
      }
      const { address, body } = typeof given === "string" ? { address: given, body: undefined } : given;
      const key = body === undefined ? address : `${address} ${JSON.stringify(body)}`;
      const known = kept.get(key);
      this.error = undefined;
      if (known !== undefined) {
        this.data = known as T;
        this.loading = false;
        return;
      }
      const stop = new AbortController();
      this.loading = true;
      this.step = null;
      const timer = setTimeout(() => {
        ask<T>(address, (step) => (this.step = step), stop.signal, body).then(
          (found) => {
            if (stop.signal.aborted) return;
            if (kept.size >= KEPT) kept.delete(kept.keys().next().value as string);
            kept.set(key, found);
            this.data = found;
            this.loading = false;
          },
          (error: unknown) => {
            if (stop.signal.aborted) return;
            this.error = error instanceof ApiError ? error : new ApiError("offline", 0, String(error), []);
            this.data = undefined;
            this.loading = false;
          },
        );
      }, pause);
      return () => {
        clearTimeout(timer);
        stop.abort();
      };
    });
  }

  /** Ask again after an error. */
  retry = (): void => {
    this.#again += 1;
  };
}
