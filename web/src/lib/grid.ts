/** The grid of every ordered pair, and the orders in which its places can stand. */
import { SCALE } from "./status";

export interface Grid {
  as_of: string;
  scale: string[];
  codes: string[];
  /** One line an origin, one sign a destination: the place in `scale`. */
  status: string[];
  best: string[];
  worst: string[];
}

export type Case = "status" | "best" | "worst";

/** Islands: places joined by pairs in which data may go both ways at a level, largest first, then those that stand alone. */
export function islands(grid: Grid, of: Case, level: string): number[][] {
  const most = SCALE.indexOf(level as (typeof SCALE)[number]);
  const lines = grid[of];
  const open = (a: number, b: number): boolean => (lines[a]?.charCodeAt(b) ?? 99) - 48 <= most;
  const seen = new Set<number>();
  const found: number[][] = [];
  for (let start = 0; start < grid.codes.length; start++) {
    if (seen.has(start)) continue;
    seen.add(start);
    const island = [start];
    for (let at = 0; at < island.length; at++) {
      const here = island[at] as number;
      for (let other = 0; other < grid.codes.length; other++) {
        if (!seen.has(other) && open(here, other) && open(other, here)) {
          seen.add(other);
          island.push(other);
        }
      }
    }
    found.push(island);
  }
  return found.sort((a, b) => b.length - a.length);
}

const plain = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const ordering = new Intl.Collator();

/** Places in an order: by island (freest law first within each), by code or by name. */
export function ordered(grid: Grid, by: string, of: Case, name: (code: string) => string): number[] {
  const all = grid.codes.map((_, n) => n);
  const code = (n: number): string => grid.codes[n] ?? "";
  if (by === "name") return all.sort((a, b) => ordering.compare(name(code(a)), name(code(b))));
  if (by !== "island") return all.sort((a, b) => plain(code(a), code(b)));
  const weight = all.map((n) => {
    const line = grid[of][n] ?? "";
    let sum = 0;
    for (let at = 0; at < line.length; at++) sum += line.charCodeAt(at) - 48;
    return sum;
  });
  return islands(grid, of, "safeguards").flatMap((island) => island.sort((a, b) => (weight[a] ?? 0) - (weight[b] ?? 0) || plain(code(a), code(b))));
}
