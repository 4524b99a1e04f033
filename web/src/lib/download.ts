/** Files of what is on the screen, made here: CSV, SVG and PNG. */

export function save(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Rows as CSV (RFC 4180). */
export function csv(rows: readonly (readonly (string | number | null)[])[]): Blob {
  const cell = (value: string | number | null): string => {
    const written = String(value ?? "");
    return /[",\r\n]/.test(written) ? `"${written.replaceAll('"', '""')}"` : written;
  };
  return new Blob(["\ufeff", rows.map((row) => row.map(cell).join(",")).join("\r\n"), "\r\n"], { type: "text/csv;charset=utf-8" });
}

const KEPT = ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "fill-opacity", "font-family", "font-size", "font-weight", "text-anchor", "vector-effect", "stroke-linejoin", "stroke-linecap"] as const;

/** An SVG on the screen as a file of its own: styles written as attributes, patterns of the page taken along. */
export function svg(shown: SVGSVGElement, title: string): string {
  const copy = shown.cloneNode(true) as SVGSVGElement;
  const [from, to] = [[shown, ...shown.querySelectorAll("*")], [copy, ...copy.querySelectorAll("*")]];
  for (const [n, node] of from.entries()) {
    const target = to[n];
    if (!target) continue;
    const style = getComputedStyle(node);
    if (style.display === "none") target.setAttribute("display", "none");
    for (const name of KEPT) {
      const value = style.getPropertyValue(name);
      if (value) target.setAttribute(name, value.replace(/url\("?[^"#)]*(#[^")]+)"?\)/, "url($1)"));
    }
    for (const name of ["class", "tabindex", "role", "aria-label"]) target.removeAttribute(name);
  }
  const inks = document.querySelector<SVGSVGElement>("#inks");
  if (inks && inks !== shown) {
    const defs = inks.querySelector("defs")?.cloneNode(true) as Element | undefined;
    const originals = inks.querySelectorAll("defs *");
    defs?.querySelectorAll("*").forEach((node, n) => {
      const original = originals[n];
      if (!original) return;
      for (const name of ["fill", "stroke", "stroke-width"] as const) {
        const value = getComputedStyle(original).getPropertyValue(name);
        if (value) node.setAttribute(name, value);
      }
    });
    if (defs) copy.prepend(defs);
  }
  const told = document.createElementNS("http://www.w3.org/2000/svg", "title");
  told.textContent = title;
  copy.prepend(told);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(copy)}\n`;
}
