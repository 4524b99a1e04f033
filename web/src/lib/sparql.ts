/** Asking the SPARQL endpoint, and what its answers hold. */
import { ApiError, type Mistake } from "./api";

export interface Term {
  type: "uri" | "literal" | "bnode";
  value: string;
}
export interface Answer {
  names: string[];
  rows: Record<string, Term>[];
  /** Of ASK. */
  truth: boolean | null;
  /** Of CONSTRUCT and DESCRIBE, as N-Triples. */
  triples: string;
}

const PREFIXES: [string, string][] = [
  ["https://w3id.org/datarules/id/", ""],
  ["https://w3id.org/datarules/ns#", "dr:"],
  ["http://www.w3.org/1999/02/22-rdf-syntax-ns#", "rdf:"],
  ["http://www.w3.org/2000/01/rdf-schema#", "rdfs:"],
  ["http://www.w3.org/2004/02/skos/core#", "skos:"],
  ["http://purl.org/dc/terms/", "dct:"],
  ["http://www.w3.org/2001/XMLSchema#", "xsd:"],
];

/** An IRI as it is read. */
export function short(iri: string): string {
  const known = PREFIXES.find(([whole]) => iri.startsWith(whole));
  return known ? known[1] + iri.slice(known[0].length) : iri;
}

/** The code of a place that a term names, if it has the form of one. */
export function code(term: Term): string {
  const word = term.type === "uri" ? (/^https:\/\/w3id\.org\/datarules\/id\/([A-Z]{2}(?:-[A-Z]+)?)$/.exec(term.value)?.[1] ?? "") : term.value;
  return /^[A-Z]{2}(-[A-Z]+)?$/.test(word) ? word : "";
}

const TRIPLE = /^(<[^>]*>|_:\S+)\s+<([^>]*)>\s+(<[^>]*>|_:\S+|"(?:[^"\\]|\\.)*"\S*)\s*\.$/;
function term(text: string): Term {
  if (text.startsWith("<")) return { type: "uri", value: text.slice(1, -1) };
  if (text.startsWith("_:")) return { type: "bnode", value: text };
  return { type: "literal", value: /^"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? text };
}

/** Ask a query. Throws `ApiError`. */
export async function ask(query: string, signal: AbortSignal): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch("/sparql", { method: "POST", body: query, signal, headers: { "content-type": "application/sparql-query", accept: "application/sparql-results+json, application/n-triples;q=0.9" } });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError("offline", 0, "", []);
  }
  if (!response.ok) {
    const body = (await response.json().catch(() => ({}))) as { title?: string; errors?: Mistake[] };
    throw new ApiError("problem", response.status, body.title ?? "", body.errors ?? []);
  }
  if (!response.headers.get("content-type")?.includes("json")) {
    const triples = await response.text();
    const rows = triples.split("\n").flatMap((line) => {
      const parts = TRIPLE.exec(line.trim());
      return parts ? [{ subject: term(parts[1] ?? ""), predicate: term(`<${parts[2]}>`), object: term(parts[3] ?? "") }] : [];
    });
    return { names: ["subject", "predicate", "object"], rows, truth: null, triples };
  }
  const body = (await response.json()) as { head: { vars?: string[] }; boolean?: boolean; results?: { bindings: Record<string, Term>[] } };
  return { names: body.head.vars ?? [], rows: body.results?.bindings ?? [], truth: body.boolean ?? null, triples: "" };
}
