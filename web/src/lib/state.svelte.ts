/** Where the explorer is: one place, written to the address bar and read from it. */
import { EMPTY, format, parse, type Pattern, type Place, type Question } from "./address";
import { VIEWS, type View } from "../views";

const START = "/map";
let question: Question = $state.raw(EMPTY);
let place: Place | null = $state.raw(null);
let moved = $state(0);

function read(url: URL): void {
  // Addresses of the former page: /?origin=…&destination=…
  const [origin, destination] = [url.searchParams.get("origin"), url.searchParams.get("destination")];
  if (url.pathname === "/" && origin && destination) {
    url.pathname = `/pair/${encodeURIComponent(origin)}/${encodeURIComponent(destination)}`;
    const day = url.searchParams.get("as_of");
    for (const old of ["origin", "destination", "as_of"]) url.searchParams.delete(old);
    if (day) url.searchParams.set("date", day);
    history.replaceState(null, "", url);
  }
  const home = new URL(url);
  if (home.pathname === "/") home.pathname = START;
  place = parse(home, VIEWS, question);
  if (place) question = place.question;
}

/** The table row of a view. */
export function viewOf(name: string): View {
  const found = VIEWS.find((v) => v.name === name);
  if (!found) throw new Error(`no view ${name}`);
  return found;
}

export const here = {
  get place(): Place | null {
    return place;
  },
  get view(): View | null {
    return place ? viewOf(place.view) : null;
  },
  get question(): Question {
    return question;
  },
  get params(): Record<string, string> {
    return place?.params ?? {};
  },
  get extra(): Record<string, string> {
    return place?.extra ?? {};
  },
  /** Counts moves to another view or thing, so that the focus may follow. */
  get moved(): number {
    return moved;
  },
  get direction(): "from" | "to" {
    return place?.extra["direction"] === "to" ? "to" : "from";
  },
};

/** What changes at a step; what is left out stays. */
export interface Step {
  view?: string;
  params?: Record<string, string>;
  question?: Partial<Question>;
  extra?: Record<string, string>;
}

function stepped(step: Step): Place {
  const view = step.view ?? place?.view ?? "map";
  const same = view === place?.view;
  const extra = { ...(same ? place?.extra : {}), ...step.extra };
  return {
    view,
    params: step.params ?? (same ? (place?.params ?? {}) : {}),
    question: { ...question, ...step.question },
    extra: Object.fromEntries(Object.entries(extra).filter(([, v]) => v)),
    lang: place?.lang ?? "",
  };
}

/** The address of a step from here, for links. */
export function link(step: Step): string {
  const next = stepped(step);
  return format(next, viewOf(next.view));
}

/** Change the question or the settings of this view; `replace` leaves no trace in the history. */
export function change(step: Step, replace = false): void {
  go(link(step), replace);
}

/** Go to an address of the explorer. */
export function go(address: string, replace = false): void {
  const before = [place?.view, JSON.stringify(place?.params)].join();
  const url = new URL(address, location.href);
  if (url.href !== location.href) history[replace ? "replaceState" : "pushState"](null, "", url);
  read(url);
  if (before !== [place?.view, JSON.stringify(place?.params)].join() && place?.view !== "map" && place?.view !== "pair") moved += 1;
  else if (before.split(",")[0] !== (place?.view ?? "")) moved += 1;
}

/** Set the language of the address; empty for English. */
export function setLang(lang: string): void {
  if (!place) return;
  const next = { ...place, lang };
  history.replaceState(null, "", format(next, viewOf(next.view)));
  place = next;
}

/** Follow links inside the page and the buttons of the browser; returns what ends it. */
export function listen(): () => void {
  const clicked = (event: MouseEvent): void => {
    const anchor = (event.target as Element | null)?.closest?.("a");
    if (!anchor || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (anchor.target || anchor.hasAttribute("download") || anchor.origin !== location.origin || anchor.getAttribute("href")?.startsWith("#")) return;
    if (!parse(new URL(anchor.href), VIEWS) && anchor.pathname !== "/") return;
    event.preventDefault();
    go(anchor.href);
    scrollTo(0, 0);
  };
  const popped = (): void => read(new URL(location.href));
  document.addEventListener("click", clicked);
  addEventListener("popstate", popped);
  return () => {
    document.removeEventListener("click", clicked);
    removeEventListener("popstate", popped);
  };
}

read(new URL(location.href));

export type { Pattern };
