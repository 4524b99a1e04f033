/** Days as ISO strings and as whole numbers (days since 1970), without time zones. */

const DAY = 86_400_000;
export const FIRST = "1995-01-01";

export function today(): string {
  const now = new Date();
  return iso(Math.floor((now.getTime() - now.getTimezoneOffset() * 60_000) / DAY));
}

export function number(day: string): number {
  return Math.round(Date.parse(`${day}T00:00:00Z`) / DAY);
}

export function iso(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10);
}

export function valid(day: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(Date.parse(`${day}T00:00:00Z`)) && iso(number(day)) === day;
}

let format: { language: string; told: (date: Date) => string } | null = null; // making one takes long

/** A day in the words of a language, such as 7 October 2015. */
export function told(day: string, language: string): string {
  if (!valid(day)) return day;
  if (format?.language !== language) {
    const options = { dateStyle: "long", timeZone: "UTC", numberingSystem: "latn", calendar: "gregory" } as const;
    const made = new Intl.DateTimeFormat(language, options);
    format = { language, told: (date) => made.format(date) };
  }
  return format.told(new Date(`${day}T00:00:00Z`));
}
