/** The table of views. A new view is one file in views/ and one row here (and one in serve/explorer.py). */
import type { Component } from "svelte";
import type { Pattern } from "./lib/address";

export interface View extends Pattern {
  /** Where it stands in the navigation: beside the name, under "more", or nowhere. */
  nav: "main" | "more" | "none";
  /** Loaded when it is first shown. Its title is the word `view.<name>`. */
  load: () => Promise<{ default: Component }>;
}

const CIRCUMSTANCES = ["date", "data", "purpose", "sector", "facts"] as const;

export const VIEWS: readonly View[] = [
  { name: "map", path: "/map/{place}", asks: ["place", ...CIRCUMSTANCES], nav: "main", load: () => import("./views/Map.svelte") },
  { name: "pair", path: "/pair/{from}/{to}", asks: ["from", "to", ...CIRCUMSTANCES], nav: "main", load: () => import("./views/Pair.svelte") },
];
