/** Documents of scenarios, bridges, mechanisms and portfolios, as far as the explorer reads them. */
import type { Conflict, RuleRef } from "./documents";

export interface Scenario {
  name: string;
  title: string;
  definition: string;
  from: string;
  ends: unknown[];
  data: string;
  purpose: string;
  sector: string;
}

export interface ChangedPair {
  origin: string;
  destination: string;
  data: string;
  status: [string, string];
  best: [string, string];
  worst: [string, string];
  route: RuleRef | null;
  obstacle: RuleRef | null;
}

export interface Effect {
  scenario: Scenario;
  as_of: string;
  data: string;
  level: string;
  counts: { pairs: number; changed: number; opened: number; closed: number; freer: number; stricter: number };
  people: { opened: number; closed: number };
  pairs: ChangedPair[];
  islands: { before: string[][]; after: string[][]; joined: string[]; left: string[] }[];
  conflicts: { arise: Conflict[]; go: Conflict[]; compared: number };
  text: string[];
}

export interface Need {
  order: string;
  kind: string;
  class: string;
  cost: number;
  article: string;
  statement: RuleRef | null;
  text: string;
}

export interface Built {
  name: string;
  title: string;
  kind: string;
  parties: string[];
  turtle: string;
  changes: Need[];
  effect: Effect;
}

export interface LawChange {
  kind: string;
  class: string;
  cost: number;
  article: string;
  rule: RuleRef | null;
  text: string;
  alone?: number;
  equals?: string[];
}

export interface Bridge {
  first: string;
  second: string;
  level: string;
  weights: Record<string, number>;
  directions: { origin: string; destination: string; status: string; ways: { cost: number; statuses: string[]; changes: LawChange[]; text: string }[] }[];
  both: { cost: number; statuses: string[]; changes: LawChange[]; text: string } | null;
}

export interface Mechanism {
  sort: string;
  id: string;
  label: string;
  orders: string[];
  pairs: number;
  mutual: number;
  alone: number;
  people: number;
  evidence: string[];
  members: string[];
  commitments: number;
}

export interface Portfolio {
  level: string;
  objective: string;
  portfolios: { limit: { count: number | null; budget: number | null }; cost: number; gain: number; base: number; bound: number; gap: number; method: string; candidates: { all: number; worth_a_look: number }; changes: LawChange[] }[];
}
