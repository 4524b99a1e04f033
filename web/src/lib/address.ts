/** Addresses and what they say: the view, the question and the view's own settings, both ways. */

export interface Question {
  from: string;
  to: string;
  /** ISO day; empty means today. */
  date: string;
  data: string[];
  purpose: string;
  sector: string;
  /** Stated facts: yes, no or a whole number by name. */
  facts: Record<string, string>;
}

export interface Place {
  view: string;
  /** Values of the braces of the view's path. */
  params: Record<string, string>;
  question: Question;
  /** The view's own settings, as they stand in the query. */
  extra: Record<string, string>;
  lang: string;
}

export interface Pattern {
  name: string;
  /** Such as `/pair/{from}/{to}`; braces at the end may be missing; `{id*}` takes slashes. */
  path: string;
  /** Parts of the question that the view uses and its address therefore carries. */
  asks: readonly Ask[];
}

export type Ask = "place" | "from" | "to" | "date" | "data" | "purpose" | "sector" | "facts";

export const EMPTY: Question = { from: "", to: "", date: "", data: ["personal"], purpose: "any", sector: "any", facts: {} };
const RESERVED = new Set(["from", "to", "date", "data", "purpose", "sector", "fact", "lang"]);

function names(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\*?\}/g)].map((m) => m[1] ?? "");
}

/** The values of a path's braces, or null where the path is another one. */
export function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split("/").filter(Boolean);
  const given = path.split("/").filter(Boolean);
  const found: Record<string, string> = {};
  for (const [n, part] of wanted.entries()) {
    const name = /^\{(\w+)(\*?)\}$/.exec(part);
    if (!name) {
      if (given[n] !== part) return null;
    } else if (name[2]) {
      found[name[1] ?? ""] = given.slice(n).map(decode).join("/");
      return found;
    } else if (given[n] !== undefined) found[name[1] ?? ""] = decode(given[n] ?? "");
  }
  return given.length > wanted.length ? null : found;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Read an address; null where no view has it. What it does not say is left as in `before`. */
export function parse(url: URL, patterns: readonly Pattern[], before: Question = EMPTY): Place | null {
  for (const pattern of patterns) {
    const params = match(pattern.path, url.pathname);
    if (!params) continue;
    return { view: pattern.name, params, question: questionOf(url.searchParams, params, pattern, before), extra: extraOf(url.searchParams), lang: url.searchParams.get("lang") ?? "" };
  }
  return null;
}

function questionOf(query: URLSearchParams, params: Record<string, string>, pattern: Pattern, before: Question): Question {
  const asks = new Set<string>(pattern.asks);
  const one = (name: "from" | "to" | "date" | "purpose" | "sector"): string =>
    params[name] ?? query.get(name) ?? (asks.has(name) ? EMPTY[name] : before[name]);
  const data = query.getAll("data").flatMap((d) => d.split(",")).filter(Boolean);
  const facts: Record<string, string> = {};
  for (const given of query.getAll("fact")) {
    const cut = given.indexOf("=");
    facts[cut < 0 ? given : given.slice(0, cut)] = cut < 0 ? "yes" : given.slice(cut + 1);
  }
  const places = { from: one("from"), to: one("to") };
  if (names(pattern.path).includes("place")) {
    if (query.get("direction") === "to") places.to = params["place"] ?? "";
    else places.from = params["place"] ?? "";
  }
  return {
    ...places,
    date: one("date"),
    data: data.length ? [...new Set(data)] : asks.has("data") ? EMPTY.data : before.data,
    purpose: one("purpose") || "any",
    sector: one("sector") || "any",
    facts: asks.has("facts") ? facts : before.facts,
  };
}

function extraOf(query: URLSearchParams): Record<string, string> {
  return Object.fromEntries([...query].filter(([name]) => !RESERVED.has(name)));
}

/** The query of the question for the API: `as_of` for the day, nothing for what is usual. */
export function asked(question: Question, asks: readonly Ask[], day: "date" | "as_of" = "as_of"): URLSearchParams {
  const query = new URLSearchParams();
  const has = (name: Ask): boolean => asks.includes(name);
  if (has("date") && question.date) query.set(day, question.date);
  if (has("data") && (question.data.length !== 1 || question.data[0] !== "personal")) for (const d of question.data) query.append("data", d);
  if (has("purpose") && question.purpose !== "any") query.set("purpose", question.purpose);
  if (has("sector") && question.sector !== "any") query.set("sector", question.sector);
  if (has("facts")) for (const [name, value] of Object.entries(question.facts).sort()) query.append("fact", `${name}=${value}`);
  return query;
}

/** Write the address of a place. */
export function format(place: Place, pattern: Pattern): string {
  const held = new Set(names(pattern.path));
  const values: Record<string, string> = { ...place.params };
  const turned = place.extra["direction"] === "to";
  for (const name of ["from", "to"] as const) if (held.has(name)) values[name] = place.question[name];
  if (held.has("place")) values["place"] = turned ? place.question.to : place.question.from;
  const parts: string[] = [];
  const written = new Set<string>();
  for (const part of pattern.path.split("/").filter(Boolean)) {
    const name = /^\{(\w+)\*?\}$/.exec(part)?.[1];
    if (name === undefined) parts.push(part);
    else if (values[name]) {
      parts.push((values[name] ?? "").split("/").map(encodeURIComponent).join("/"));
      written.add(name);
    } else break;
  }
  const query = asked(place.question, pattern.asks, "date");
  for (const name of ["from", "to"] as const) if (place.question[name] && !written.has(name) && pattern.asks.includes(name)) query.set(name, place.question[name]);
  for (const [name, value] of Object.entries(place.extra).sort()) if (value) query.set(name, value);
  if (place.lang) query.set("lang", place.lang);
  const text = query.toString().replaceAll("%2F", "/").replaceAll("%2C", ",").replaceAll("%3D", "=").replaceAll("%3A", ":");
  return `/${parts.join("/")}${text ? `?${text}` : ""}`;
}
