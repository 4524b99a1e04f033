/** What can be asked: places, data categories, purposes, sectors, facts; loaded once. */
import { get } from "./api";
import { maybe, speech } from "./words.svelte";

export interface Jurisdiction {
  code: string;
  label: string;
  names: Record<string, string>;
  union: boolean;
  rules: number;
  reviewed_on: string | null;
}

export interface Concept {
  name: string;
  label: string;
  broader: string[];
  definition: string;
  also: string[];
}

export interface Fact {
  name: string;
  label: string;
  kind: "yes/no" | "number";
  role: "measure" | "circumstance";
  unit: string;
  window: string;
  baseline: string;
  definition: string;
}

export type Axis = "data" | "purpose" | "sector";

class Catalogue {
  places = $state.raw<Map<string, Jurisdiction>>(new Map());
  data = $state.raw<Map<string, Concept>>(new Map());
  purpose = $state.raw<Map<string, Concept>>(new Map());
  sector = $state.raw<Map<string, Concept>>(new Map());
  facts = $state.raw<Map<string, Fact>>(new Map());
  release = $state("");
  rules = $state(0);

  #loading: Promise<void> | null = null;

  /** Load what every view needs, once; facts come when they are first asked for. After a failure it can be called again. */
  load(): Promise<void> {
    this.#loading ??= this.#load().catch((error: unknown) => {
      this.#loading = null;
      throw error;
    });
    return this.#loading;
  }

  async #load(): Promise<void> {
    const [places, data, purpose, sector, version] = await Promise.all([
      get<Jurisdiction[]>("/v1/jurisdictions"),
      get<Concept[]>("/v1/categories"),
      get<Concept[]>("/v1/purposes"),
      get<Concept[]>("/v1/sectors"),
      get<{ data: string }>("/version"),
    ]);
    this.places = new Map(places.map((p) => [p.code, p]));
    this.data = new Map(data.map((c) => [c.name, c]));
    this.purpose = new Map(purpose.map((c) => [c.name, c]));
    this.sector = new Map(sector.map((c) => [c.name, c]));
    this.rules = places.reduce((sum, p) => sum + p.rules, 0);
    this.release = version.data;
  }

  async loadFacts(): Promise<void> {
    if (this.facts.size) return;
    const rows = await get<Fact[]>("/v1/facts");
    this.facts = new Map(rows.map((f) => [f.name, f]));
  }

  /** The name of a place in the language of the page. */
  name(code: string): string {
    const place = this.places.get(code);
    return place ? (place.names[speech.language] ?? place.label) : code;
  }

  /** The name of a data category, purpose or sector in the language of the page, as far as it is translated. */
  concept(axis: Axis, name: string): string {
    return maybe(`${axis}.${name}`, this[axis].get(name)?.label ?? name);
  }
}

export const catalogue = new Catalogue();
