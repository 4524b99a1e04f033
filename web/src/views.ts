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
  { name: "matrix", path: "/matrix", asks: CIRCUMSTANCES, nav: "main", load: () => import("./views/Matrix.svelte") },
  { name: "islands", path: "/islands", asks: ["date", "data", "purpose", "sector"], nav: "main", load: () => import("./views/Islands.svelte") },
  { name: "jurisdictions", path: "/jurisdictions", asks: [], nav: "main", load: () => import("./views/Jurisdictions.svelte") },
  { name: "jurisdiction", path: "/jurisdiction/{code}", asks: ["date"], nav: "none", load: () => import("./views/Jurisdiction.svelte") },
  { name: "rule", path: "/rule/{id*}", asks: [], nav: "none", load: () => import("./views/Rule.svelte") },
  { name: "search", path: "/search", asks: [], nav: "none", load: () => import("./views/Search.svelte") },
  { name: "changes", path: "/changes", asks: [], nav: "main", load: () => import("./views/Changes.svelte") },
  { name: "bridges", path: "/lab/bridges/{from}/{to}", asks: ["from", "to", "date", "data", "purpose", "sector"], nav: "none", load: () => import("./views/Bridges.svelte") },
  { name: "mechanisms", path: "/lab/mechanisms", asks: ["date", "data", "purpose", "sector"], nav: "none", load: () => import("./views/Mechanisms.svelte") },
  { name: "portfolio", path: "/lab/portfolio", asks: ["date", "data", "purpose", "sector"], nav: "none", load: () => import("./views/Portfolio.svelte") },
  { name: "scenario", path: "/lab/scenario/{name}", asks: [], nav: "none", load: () => import("./views/Scenario.svelte") },
  { name: "lab", path: "/lab", asks: ["data", "purpose", "sector"], nav: "more", load: () => import("./views/Lab.svelte") },
  { name: "obstacles", path: "/obstacles", asks: ["date", "data", "purpose", "sector"], nav: "more", load: () => import("./views/Obstacles.svelte") },
  { name: "conflicts", path: "/conflicts", asks: ["date", "data", "purpose", "sector"], nav: "more", load: () => import("./views/Conflicts.svelte") },
  { name: "sparql", path: "/sparql", asks: [], nav: "more", load: () => import("./views/Sparql.svelte") },
  { name: "divide", path: "/divide", asks: ["date"], nav: "more", load: () => import("./views/Divide.svelte") },
  { name: "coverage", path: "/coverage", asks: ["date"], nav: "more", load: () => import("./views/Coverage.svelte") },
  { name: "about", path: "/about", asks: [], nav: "more", load: () => import("./views/About.svelte") },
];
