import { describe, expect, it } from "vitest";
import { EMPTY, format, match, parse, type Pattern } from "../src/lib/address";

const ALL = ["date", "data", "purpose", "sector", "facts"] as const;
const MAP: Pattern = { name: "map", path: "/map/{place}", asks: ["place", ...ALL] };
const PAIR: Pattern = { name: "pair", path: "/pair/{from}/{to}", asks: ["from", "to", ...ALL] };
const RULE: Pattern = { name: "rule", path: "/rule/{id*}", asks: [] };
const PATTERNS = [MAP, PAIR, RULE];
const at = (address: string) => parse(new URL(address, "http://localhost"), PATTERNS);

describe("addresses", () => {
  it.each([
    "/map",
    "/map/EU?date=2026-05-01&data=health&purpose=ai-training",
    "/map/EU?direction=to",
    "/pair/EU/US",
    "/pair/EU/US?data=personal&data=health&fact=consent=no&fact=us-persons-12-months=20000&way=back",
    "/pair/EU",
    "/pair?to=US",
    "/pair/AE-DIFC/US-TX?date=2015-10-07&data=CN/important-data&sector=payments&lang=ar",
    "/rule/EU/GDPR-46-2-c",
  ])("%s says the same after reading and writing", (address) => {
    const place = at(address);
    expect(place).not.toBeNull();
    if (!place) return;
    const pattern = PATTERNS.find((p) => p.name === place.view);
    if (!pattern) throw new Error(place.view);
    expect(format(place, pattern)).toBe(address);
  });

  it("reads the question from path and query", () => {
    const place = at("/map/BR?direction=to&date=2020-01-01&data=health,financial&fact=consent");
    expect(place?.question).toEqual({ ...EMPTY, to: "BR", date: "2020-01-01", data: ["health", "financial"], facts: { consent: "yes" } });
  });

  it("keeps what a view does not ask about", () => {
    const before = { ...EMPTY, from: "KE", to: "DE", data: ["health"] };
    expect(parse(new URL("http://localhost/rule/KE/DPA-48"), PATTERNS, before)?.question).toEqual(before);
  });

  it("knows no other address", () => {
    expect(at("/nowhere")).toBeNull();
    expect(at("/pair/EU/US/CN")).toBeNull();
    expect(match("/map/{place}", "/map/%E0%A4%A")).toEqual({ place: "%E0%A4%A" });
  });
});
