/** Documents that take long: asked for as a stream of events that tells how far they are (server-sent events). */
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
export async function stream<T>({ address, body }: { address: string; body?: unknown }, signal: AbortSignal, onstep: (step: Step) => void): Promise<T> {
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
