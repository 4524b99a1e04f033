/** Finding a place by name or code, in any of the six languages, forgiving typing errors. */
import MiniSearch from "minisearch";
import type { Jurisdiction } from "./catalogue.svelte";

interface Entry {
  id: string;
  code: string;
  names: string;
}

const plain = (word: string): string => word.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** An index over the places; Chinese names are cut into characters. */
export class Finder {
  #index = new MiniSearch<Entry>({
    fields: ["code", "names"],
    processTerm: plain,
    tokenize: (text) => text.split(/[\s\p{P}]+/u).flatMap((w) => (/\p{Script=Han}/u.test(w) ? [w, ...w] : [w])).filter(Boolean),
    searchOptions: { boost: { code: 3 }, prefix: true, fuzzy: (term) => (term.length < 4 ? 0 : term.length < 5 ? 1 : 2), combineWith: "AND" },
  });
  readonly all: Jurisdiction[];

  constructor(places: Iterable<Jurisdiction>) {
    this.all = [...places];
    this.#index.addAll(this.all.map((p) => ({ id: p.code, code: p.code, names: [p.label, ...Object.values(p.names)].join(" ") })));
  }

  /** Codes of places, best first; those with law of their own come before others of the same worth. */
  find(text: string, most = 8): string[] {
    const wanted = text.trim();
    if (!wanted) return [];
    const exact = this.all.find((p) => p.code.toLowerCase() === wanted.toLowerCase());
    const found = this.#index.search(wanted).map((r) => String(r.id));
    return [...new Set([...(exact ? [exact.code] : []), ...found])].slice(0, most);
  }
}
