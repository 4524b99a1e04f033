/** The scale of statuses, freest first, as in the project's own pictures: order by lightness, patterns beside it. */

export const SCALE = ["internal", "free", "recognised", "safeguards", "authorisation", "derogation", "prohibited"] as const;
export const OFF = ["contested", "unknown"] as const;
export const STATUSES = [...SCALE, ...OFF] as const;
export type Status = (typeof STATUSES)[number];

/** How open the law of an origin is (coverage), freest first. */
export const OPENNESS = ["open", "conditional", "limited", "none-known"] as const;
export type Openness = (typeof OPENNESS)[number];

/** The status whose fill stands for a class of openness. */
export const OPENNESS_INK: Record<string, string> = { open: "free", conditional: "safeguards", limited: "derogation", "none-known": "unknown" };

export const EVIDENCE = ["OfficialText", "OfficialTranslation", "TwoSecondarySources", "OneSecondarySource", "Inferred"] as const;
export type Evidence = (typeof EVIDENCE)[number];

export function isStatus(word: string): word is Status {
  return (STATUSES as readonly string[]).includes(word);
}

/** Place of a status on the scale; off the scale comes last. */
export function rank(status: string): number {
  const found = (STATUSES as readonly string[]).indexOf(status);
  return found < 0 ? STATUSES.length : found;
}
