import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const LANGUAGES = ["en", "fr", "es", "ru", "zh", "ar"];
const read = (language: string) => JSON.parse(readFileSync(`src/lib/words/${language}.json`, "utf8")) as Record<string, string>;
const english = read("en");
const holes = (text: string) => [...text.matchAll(/\{\w+\}/g)].map((m) => m[0]).sort();
const sources = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((f) => /\.(svelte|ts)$/.test(f)).map((f) => readFileSync(`src/${f}`, "utf8")).join("\n");

describe.each(LANGUAGES)("words in %s", (language) => {
  const words = read(language);
  it("are complete", () => expect(Object.keys(words).sort()).toEqual(Object.keys(english).sort()));
  it("are not empty", () => expect(Object.entries(words).filter(([, v]) => !v.trim())).toEqual([]));
  it("have the same holes", () => {
    for (const [key, text] of Object.entries(english)) expect([key, holes(words[key] ?? "")]).toEqual([key, holes(text)]);
  });
});

it("every word is used somewhere", () => {
  const stems = [...sources.matchAll(/`([a-z]+(?:\.[a-z]+)*\.)\$\{/g)].map((m) => m[1] ?? "");
  const axes = ["data.", "purpose.", "sector."];
  const unused = Object.keys(english).filter((key) => !sources.includes(`"${key}"`) && !sources.includes(`'${key}'`) && !stems.some((s) => key.startsWith(s)) && !axes.some((a) => key.startsWith(a)));
  expect(unused).toEqual([]);
});
