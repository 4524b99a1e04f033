/** Light, dark, or as the system says. */

export type Theme = "system" | "light" | "dark";
const KEY = "datarules.theme";
let theme: Theme = $state("system");

export const look = {
  get theme(): Theme {
    return theme;
  },
};

export function applyTheme(next?: Theme): void {
  try {
    if (next) localStorage.setItem(KEY, next);
    const kept = next ?? localStorage.getItem(KEY);
    theme = kept === "light" || kept === "dark" ? kept : "system";
  } catch {
    theme = next ?? "system";
  }
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}
