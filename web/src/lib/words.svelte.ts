/** The words of the interface in six languages, loaded one at a time; `t` gives a word, `name` a place's name. */
import type en from "./words/en.json";
import { here } from "./state.svelte";

export const LANGUAGES = { en: "English", fr: "Français", es: "Español", ru: "Русский", zh: "中文", ar: "العربية" } as const;
export type Language = keyof typeof LANGUAGES;
export type Word = keyof typeof en;

const FILES: Record<Language, () => Promise<{ default: Record<string, string> }>> = {
  en: () => import("./words/en.json"),
  fr: () => import("./words/fr.json"),
  es: () => import("./words/es.json"),
  ru: () => import("./words/ru.json"),
  zh: () => import("./words/zh.json"),
  ar: () => import("./words/ar.json"),
};
const KEY = "datarules.language";

let language: Language = $state("en");
let words: Record<string, string> = $state.raw({});

function isLanguage(word: string | null | undefined): word is Language {
  return !!word && word in LANGUAGES;
}

export const speech = {
  get language(): Language {
    return language;
  },
  get rtl(): boolean {
    return language === "ar";
  },
  /** The arrow from one place to another in the direction of reading. */
  get arrow(): string {
    return language === "ar" ? "←" : "→";
  },
};

/** The language of the address, else the one chosen before, else the browser's, else English. */
export function wanted(): Language {
  const chosen = here.place?.lang || stored();
  if (isLanguage(chosen)) return chosen;
  return navigator.languages.map((l) => l.slice(0, 2)).find(isLanguage) ?? "en";
}

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** Speak a language from now on. */
export async function speak(next: Language, keep = false): Promise<void> {
  words = (await FILES[next]()).default;
  language = next;
  document.documentElement.lang = next;
  document.documentElement.dir = next === "ar" ? "rtl" : "ltr";
  if (!keep) return;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

/** A word of the interface, with `{name}` filled in. */
export function t(word: Word, values: Record<string, string | number> = {}): string {
  const found = words[word] ?? word;
  return found.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

/** A word that may be missing, such as the name of a national data category; then what stands in its place. */
export function maybe(word: string, otherwise: string): string {
  return words[word] ?? otherwise;
}

const PLAIN: Intl.NumberFormatOptions = {};
const formats = new Map<string, Intl.NumberFormat>();

/** A number in the manner of the language, with Latin digits. */
export function count(value: number, options: Intl.NumberFormatOptions = PLAIN): string {
  if (options === PLAIN && value >= 0 && value < 1000 && Number.isInteger(value)) return String(value);
  const key = `${language} ${JSON.stringify(options)}`;
  let format = formats.get(key);
  if (!format) formats.set(key, (format = new Intl.NumberFormat(language, { numberingSystem: "latn", ...options })));
  return format.format(value);
}

let collator: { language: Language; compare: (a: string, b: string) => number } | null = null;

/** The order of two words in the language of the page. */
export function compare(a: string, b: string): number {
  if (collator?.language !== language) collator = { language, compare: new Intl.Collator(language).compare };
  return collator.compare(a, b);
}
