/** The shapes of the API's documents, as far as the explorer reads them. */

export interface Citation {
  article: string;
  instrument: string;
  pinpoint: string;
  address: string;
  read_on: string | null;
  read_in: string[];
}

export interface RuleRef {
  rule: string;
  order: string;
  label: string;
  article: string;
  address: string;
  citations: Citation[];
  valid_from: string | null;
  evidence: string;
}

export interface EntryRef {
  member?: string;
  group?: string;
  label?: string;
  citations: Citation[];
}

export interface Route extends RuleRef {
  status: string;
  available: boolean;
  if: string;
  mechanism: string | null;
  burden: string;
  requires: { fact: string; label: string }[];
  entries: EntryRef[];
  data: string;
}

export interface Obstacle extends RuleRef {
  kind: string;
  text: string;
  entries: EntryRef[];
  data: string;
}

export interface Overlay extends RuleRef {
  kind: string;
  applies: string;
  if: string;
  requires: string[];
  data: string;
}

export interface Conflict {
  kind: string;
  between?: string[];
  resolution: string;
  text: string;
  norms: RuleRef[];
  by: RuleRef | null;
  further: RuleRef[];
}

export interface Answer {
  origin: string;
  destination: string;
  data: string[];
  purpose: string;
  sector: string;
  as_of: string;
  status: string;
  best: string;
  worst: string;
  deciding_facts: { name: string; label: string }[];
  parts: { data: string; status: string; best: string; worst: string }[];
  routes: Route[];
  obstacles: Obstacle[];
  overlays: Overlay[];
  conflicts: Conflict[];
  orders: string[];
  silent_orders: string[];
  evidence: string | null;
  oldest_reading: string | null;
  asked_on: string;
  stale_after: number;
  stale: boolean;
  release: string;
  text: string[];
  disclaimer: string;
}

export interface Comparison {
  first: string;
  second: string;
  as_of: string;
  verdict: string;
  why: string[];
  directions: Answer[];
  axes: Record<string, [RuleRef[], RuleRef[]]>;
  shared_mechanisms: string[];
  one_sided_mechanisms: { mechanism: string; from: string }[];
  asymmetry: number;
  conflicts: Conflict[];
  text: string[];
}

export interface Cell {
  origin: string;
  destination: string;
  status: string;
  best: string;
  worst: string;
  date: string;
  route: string | null;
  route_article: string | null;
  obstacle: string | null;
  obstacle_article: string | null;
}

export interface Period {
  from: string;
  until: string | null;
  status: string;
  best: string;
  worst: string;
}

export interface Day {
  date: string;
  changes: number;
}

export interface CoverageRow {
  code: string;
  label: string;
  verdict: string;
  openness: string;
  law: string;
  rules: Record<string, number>;
  entries: number;
  weighty: number;
  checked?: number;
  sourced: number;
  oldest_reading: string | null;
  reviewed_on: string | null;
  unknown_destinations: number;
  open_questions: { coverage: string; action: string; data: string[]; extent: string; note: string }[];
}

export interface Coverage {
  as_of: string;
  release: string;
  totals: {
    jurisdictions: number;
    verdicts: Record<string, number>;
    openness: Record<string, number>;
    rules: Record<string, number>;
    entries: number;
    weighty: number;
    checked?: number;
    open_questions: number;
    pairs: number;
    unknown_pairs: number;
    unknown_share: number;
    gaps: Record<string, number>;
  };
  jurisdictions: CoverageRow[];
  unknown: { code: string; label: string; kind: string; reason: string; destinations: number; notes: { note: string }[] }[];
}

export interface Rule {
  rule: string;
  order: string;
  label: string;
  article: string;
  address: string;
  modality: string;
  action: string;
  strength: string;
  data: string[];
  not_data: string[];
  sectors: string[];
  purposes: string[];
  destinations: string[];
  not_destinations: string[];
  applies_if: string;
  facts: string[];
  requires: string[];
  mechanism: string | null;
  burden: string;
  overrides: string[];
  valid_from: string | null;
  valid_until: string | null;
  commenced: boolean;
  evidence: string;
  citations: Citation[];
  ended_by: Citation[];
  confirmed_by: (Citation & { means: string })[];
  note: string;
}

export interface Entry {
  entry: string;
  member: string;
  group: string;
  kind: string;
  data: string[];
  not_data: string[];
  mechanism: string | null;
  valid_from: string | null;
  valid_until: string | null;
  evidence: string;
  citations: Citation[];
  ended_by: Citation[];
  confirmed_by: (Citation & { means: string })[];
  note: string;
}

export interface Authority {
  authority: string;
  order: string;
  label: string;
  names: Record<string, string>;
  short: string[];
  data: string[];
  sectors: string[];
  site: string | null;
  valid_from: string | null;
  valid_until: string | null;
  evidence: string;
  citations: Citation[];
  note: string;
}

export interface JurisdictionPage {
  code: string;
  label: string;
  names: Record<string, string>;
  reviewed_on: string | null;
  as_of: string;
  orders: string[];
  /** Not told by releases made before it was encoded. */
  authorities?: Authority[];
  rules: Rule[];
  lists: { list: string; label: string; entries: Entry[] }[];
  stands_on: Entry[];
  coverage: { action: string; data: string[]; extent: string; reviewed_on: string; note: string }[];
}

export interface Change {
  date: string;
  event: "starts" | "ends";
  jurisdiction: string;
  label: string;
  article: string;
  id: string;
  kind: "rule" | "entry";
  evidence: string;
}

export interface Figure {
  value: number;
  low: number;
  high: number;
}

export interface Reach {
  level: string;
  method: string;
  figures: Record<string, Figure>;
  peers: { kind: string; name: string; rank: number; of: number; mean: number }[];
  text: string[];
}

export interface Found {
  q: string;
  counts: Record<string, number>;
  results: { kind: "jurisdiction" | "instrument" | "rule"; id: string; label: string; detail: string; jurisdiction: string; address: string }[];
}

/** A law case: a question, the answer now, and what its author expects. */
export interface LawCase {
  case: string;
  place: string;
  name: string;
  note: string;
  origin: string;
  destination: string;
  data: string[];
  purpose: string;
  sector: string;
  date: string;
  facts: Record<string, boolean | number>;
  status: string;
  best: string;
  worst: string;
  expected: Record<string, string>;
  holds: boolean;
  cites: string[];
  rules: string[];
  /** How it concerns the rule asked about. */
  role?: "decides" | "cites";
}
