// The page asks /v1 and shows what it says; it decides nothing and words nothing of the law itself.
"use strict";

const SCALE = ["internal", "free", "recognised", "safeguards", "authorisation", "derogation", "prohibited"];
const MEANING = {
  internal: "one legal order", free: "no transfer tool", recognised: "recognised destination or recipient", safeguards: "safeguards the parties take",
  authorisation: "an authority acts first", derogation: "case by case only", prohibited: "may not go", contested: "permission against prohibition", unknown: "not encoded",
};
const EVIDENCE = {
  OfficialText: "official text", OfficialTranslation: "translation of the text", TwoSecondarySources: "two secondary sources",
  OneSecondarySource: "one secondary source", Inferred: "inferred, not read",
};
const OVERLAYS = {
  "local-copy": "a copy must stay inside", "collect-inside": "recorded inside first", "store-inside": "stored inside only",
  "process-inside": "processed inside only", duty: "duty with every transfer", "onward-transfer": "follows the data onward",
};
const OBSTACLES = { default: "closed by default", prohibition: "prohibition", possible: "possible prohibition", unmet: "measure not taken", lapsed: "ended" };
const CONFLICTS = { disclosure: "order against ban", "exclusive-location": "two exclusive places", "treaty-tension": "treaty tension" };
const FIELDS = ["origin", "destination", "data", "purpose", "sector", "as_of"];
const $ = (id) => document.getElementById(id);
const pad = (n) => String(n).padStart(2, "0");
const now = new Date();
const TODAY = `${now.getFullYear()}-${pad(now.getMonth() + 1)}-${pad(now.getDate())}`;

let places = new Map(), encoded = [], labels = {}, allFacts = new Map(), asked = {}, running = null;

function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((c) => c !== null && c !== undefined && c !== ""));
  return made;
}

async function get(address, options) {
  const response = await fetch(address, options);
  const body = await response.json();
  if (!response.ok) throw Object.assign(new Error(body.title), { problem: body });
  return body;
}

// ---- the question
function codeOf(text) {
  const inside = /\(([A-Z0-9-]+)\)\s*$/.exec(text.trim());
  return inside && places.has(inside[1]) ? inside[1] : text.trim();
}
const nameOf = (code) => (places.has(code) ? `${places.get(code)} (${code})` : code);

function parametersOf(q) {
  const p = new URLSearchParams();
  p.set("origin", q.origin);
  p.set("destination", q.destination);
  if (q.data.length !== 1 || q.data[0] !== "personal") q.data.forEach((d) => p.append("data", d));
  for (const axis of ["purpose", "sector"]) if (q[axis] !== "any") p.set(axis, q[axis]);
  if (q.as_of && q.as_of !== TODAY) p.set("as_of", q.as_of);
  for (const [name, value] of Object.entries(q.facts)) p.append("fact", `${name}=${value}`);
  if (q.open) p.set("open", "true");
  return p;
}

function questionOf(search) {
  const p = new URLSearchParams(search);
  const facts = {};
  for (const one of p.getAll("fact")) {
    const cut = one.indexOf("=");
    facts[cut < 0 ? one : one.slice(0, cut)] = cut < 0 ? "true" : one.slice(cut + 1);
  }
  const data = p.getAll("data").flatMap((d) => d.split(",")).filter(Boolean);
  return {
    origin: p.get("origin") ?? "", destination: p.get("destination") ?? "", data: data.length ? data : ["personal"],
    purpose: p.get("purpose") || "any", sector: p.get("sector") || "any", as_of: p.get("as_of") || TODAY, facts,
    open: ["true", "1", "yes"].includes(p.get("open") ?? ""),
  };
}

function readForm() {
  return {
    ...asked, origin: codeOf($("origin").value), destination: codeOf($("destination").value),
    data: [$("data").value, ...asked.data.slice(1).filter((d) => d !== $("data").value)],
    purpose: $("purpose").value, sector: $("sector").value, as_of: $("as_of").value || TODAY, open: $("open").checked,
  };
}

function fillForm(q) {
  asked = q;
  $("origin").value = nameOf(q.origin);
  $("destination").value = nameOf(q.destination);
  fillData(q);
  for (const axis of ["purpose", "sector"]) choose($(axis), q[axis]);
  $("as_of").value = q.as_of;
  $("open").checked = q.open;
}

function choose(select, value) {
  if (![...select.options].some((o) => o.value === value)) select.append(el("option", { value }, value));
  select.value = value;
}

function conceptOptions(scheme, near) {
  const shared = el("optgroup", { label: "Shared" }), own = new Map();
  const depth = (row, seen = 0) => (row && row.broader.length && row.broader[0] !== "any" && seen < 4 ? 1 + depth(scheme.get(row.broader[0]), seen + 1) : 0);
  const under = (name, level) => {
    for (const row of [...scheme.values()].filter((r) => !r.name.includes("/") && r.broader[0] === name).sort((a, b) => a.label.localeCompare(b.label))) {
      shared.append(el("option", { value: row.name }, "\u2003".repeat(level) + row.label));
      under(row.name, level + 1);
    }
  };
  if (scheme.has("any")) shared.append(el("option", { value: "any" }, scheme.get("any").label));
  under("any", 0);
  for (const row of scheme.values()) {
    const [order, rest] = row.name.split("/");
    if (rest && (!near || near.includes(order))) own.set(order, [...(own.get(order) ?? []), row]);
  }
  const groups = [...own].map(([order, rows]) => el("optgroup", { label: `As the law of ${places.get(order) ?? order} defines it` }, ...rows.map((r) => el("option", { value: r.name }, r.label))));
  return groups.length ? [shared, ...groups] : [...shared.children];
}

function fillData(q) {
  $("data").replaceChildren(...conceptOptions(labels.data, null));
  choose($("data"), q.data[0]);
  const also = $("also");
  also.replaceChildren();
  also.hidden = q.data.length < 2;
  if (q.data.length > 1) {
    also.append("And also: ");
    q.data.slice(1).forEach((d) => also.append(el("button", { type: "button", "aria-label": `Leave out ${labelOf("data", d)}`, onclick: () => ask({ ...asked, data: asked.data.filter((x) => x !== d) }) }, `${labelOf("data", d)} ×`), " "));
  }
}
const labelOf = (axis, name) => labels[axis].get(name)?.label ?? name;

// ---- facts
function factRow(fact) {
  const value = asked.facts[fact.name];
  const set = (given) => {
    const facts = { ...asked.facts };
    if (given === null) delete facts[fact.name]; else facts[fact.name] = given;
    ask({ ...asked, facts }, fact.name);
  };
  const id = `f-${fact.name}`;
  let control;
  if (fact.kind === "number") {
    control = el("input", { type: "number", min: "0", step: "1", value, placeholder: "not stated", "aria-labelledby": id, onchange: (e) => set(e.target.value === "" ? null : e.target.value) });
  } else {
    const yes = ["true", "yes", "1"].includes(value), no = ["false", "no", "0"].includes(value);
    control = el("span", { class: "choice", role: "group", "aria-labelledby": id },
      ...[["Not stated", null, !yes && !no], ["Yes", "yes", yes], ["No", "no", no]].map(([word, given, on]) =>
        el("button", { type: "button", "aria-pressed": String(on), "data-fact": `${fact.name}:${word}`, onclick: () => set(given) }, word)));
  }
  const unit = [fact.unit, fact.window].filter(Boolean).join(", ");
  return el("div", { class: "fact", title: fact.definition }, el("span", { class: "what", id }, fact.label, unit ? el("span", { class: "unit" }, unit) : ""), control);
}

async function fillFacts() {
  const known = places.has(asked.origin);
  $("more").hidden = !known;
  if (!known) return;
  const rows = await get(`/v1/facts?jurisdiction=${encodeURIComponent(asked.origin)}`);
  const names = new Set(rows.map((r) => r.name));
  for (const name of Object.keys(asked.facts)) if (!names.has(name) && allFacts.has(name)) rows.unshift(allFacts.get(name));
  $("more").hidden = !rows.length;
  $("more-place").textContent = places.get(asked.origin);
  const stated = Object.keys(asked.facts).length;
  $("more-count").textContent = stated ? `(${stated} stated)` : `(${rows.length})`;
  const focus = document.activeElement?.dataset?.fact;
  $("facts").replaceChildren(...rows.map(factRow));
  $("facts").querySelectorAll("[id]").forEach((node) => { node.id = `m${node.id}`; });
  $("facts").querySelectorAll("[aria-labelledby]").forEach((node) => node.setAttribute("aria-labelledby", `m${node.getAttribute("aria-labelledby")}`));
  if (focus) $("facts").querySelector(`[data-fact="${CSS.escape(focus)}"]`)?.focus();
}

// ---- asking
function clearErrors() {
  $("notice").hidden = true;
  for (const name of FIELDS) {
    $(`${name}-error`).hidden = true;
    $(name).removeAttribute("aria-invalid");
  }
}

function showErrors(errors) {
  const rest = [];
  for (const e of errors) {
    const text = `${e.reason} ${e.remedy}`.trim();
    if (FIELDS.includes(e.place)) {
      const field = $(`${e.place}-error`);
      field.textContent = field.hidden ? text : `${field.textContent} ${text}`;
      field.hidden = false;
      $(e.place).setAttribute("aria-invalid", "true");
    } else rest.push(`${e.place}: ${text}`);
  }
  if (rest.length) { $("notice").textContent = rest.join(" "); $("notice").hidden = false; }
  const first = FIELDS.find((name) => $(name).hasAttribute("aria-invalid"));
  if (first) $(first).focus();
}

async function ask(q, keep, push = true) {
  fillForm(q);
  clearErrors();
  const missing = ["origin", "destination"].filter((f) => !q[f]);
  if (missing.length) { showErrors(missing.map((place) => ({ place, reason: "Choose a place.", remedy: "Type a name or a code, for example Brazil or BR." }))); return; }
  const search = `?${parametersOf(q)}`;
  if (push && search !== location.search) history.pushState(null, "", search);
  running?.abort();
  const mine = (running = new AbortController());
  $("answer").setAttribute("aria-busy", "true");
  try {
    const sent = new URLSearchParams(search);
    sent.set("as_of", q.as_of);
    const focus = document.activeElement?.dataset?.fact, inside = $("answer").contains(document.activeElement);
    const answer = await get(`/v1/check?${sent}`, { signal: mine.signal });
    asked = { ...q, origin: answer.origin, destination: answer.destination };
    fillForm(asked);
    const canonical = `?${parametersOf(asked)}`;
    if (canonical !== location.search) history.replaceState(null, "", canonical);
    show(answer);
    if (focus && inside) $("answer").querySelector(`[data-fact="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });
    else if (!keep && push) $("answer").focus({ preventScroll: true });
    await fillFacts();
    await fillHistory(mine.signal);
  } catch (error) {
    if (error.name === "AbortError") return;
    $("answer").replaceChildren();
    if (error.problem) showErrors(error.problem.errors);
    else { $("notice").textContent = "The service does not answer. Check the connection and ask again."; $("notice").hidden = false; }
  } finally {
    if (running === mine) $("answer").setAttribute("aria-busy", "false");
  }
}

// ---- the answer
const tag = (status, text = status) => el("span", { class: `tag s-${status}` }, text);
const plain = (text) => el("span", { class: "tag plain" }, text);

function links(items) {
  const seen = new Map();
  for (const c of items) if (!seen.has(c.article)) seen.set(c.article, c);
  if (!seen.size) return "";
  return el("p", { class: "cites" }, ...[...seen.values()].flatMap((c) => [/^https?:\/\//.test(c.address)
    ? el("a", { href: c.address, target: "_blank", rel: "noopener noreferrer", title: `${EVIDENCE[c.evidence] ?? ""} read on ${c.read_on}`.trim() }, c.article, el("span", { "aria-hidden": "true" }, " ↗"))
    : el("span", {}, c.article), " "]));
}

function card(status, tags, title, body, citations, evidence) {
  return el("article", { class: `card s-${status}` }, el("div", { class: "line" }, ...tags), el("h3", {}, title), ...body, links(citations),
    evidence ? el("p", { class: "hint" }, `Evidence: ${EVIDENCE[evidence]}`) : "");
}

function block(title, lead, cards, className = "cards") {
  return cards.length ? el("section", { class: "block" }, el("h2", {}, title), lead ? el("p", { class: "lead" }, lead) : "", el("div", { class: className }, ...cards)) : "";
}

function scale(a) {
  const at = (s) => SCALE.indexOf(s);
  const from = at(a.best), to = at(a.worst) < 0 ? SCALE.length - 1 : at(a.worst);
  const items = SCALE.map((s, n) => {
    const within = from >= 0 && n >= from && n <= to, here = s === a.status;
    const end = a.best === a.worst ? "" : s === a.best ? "best" : s === a.worst ? "worst" : "";
    const note = [here ? "now" : "", end].filter(Boolean).join(", ");
    return el("li", { class: `${within ? "within " : ""}${here ? "here " : ""}s-${s}`, title: MEANING[s] }, s, note ? el("span", { class: "end" }, note) : "");
  });
  return el("ol", { class: "scale", "aria-label": `Scale from freest to strictest. Answer: ${a.status}; best ${a.best}, worst ${a.worst}.` }, ...items);
}

function rangeText(a) {
  if (a.status === "unknown" && a.best === "unknown") return "No place on the scale: an answer needs encoded law.";
  if (a.best === a.worst) return "Nothing left unsaid would change this answer.";
  const open = a.worst === "unknown" || a.worst === "contested" ? ` In some cases it is ${a.worst}: ${MEANING[a.worst]}.` : "";
  return `Depending on what was not stated, the answer lies between ${a.best} and ${a.worst}.${open}`;
}

function verdict(a) {
  const words = [a.data.map((d) => labelOf("data", d)).join(" and "), a.purpose !== "any" ? `for ${labelOf("purpose", a.purpose)}` : "", a.sector !== "any" ? `in ${labelOf("sector", a.sector)}` : ""].filter(Boolean).join(", ");
  const rest = a.text.slice(1).find((t) => t.startsWith("Silence"));
  return el("article", { class: `panel verdict s-${a.status}` },
    el("p", { class: "question cap" }, `${words}: ${places.get(a.origin) ?? a.origin} to ${places.get(a.destination) ?? a.destination}, on ${a.as_of}`),
    el("h2", { class: `badge s-${a.status}`, id: "status" }, a.status),
    el("p", { class: "headline" }, a.text[0]),
    rest ? el("p", { class: "range" }, rest) : "",
    a.open ? el("p", { class: "range" }, "What was not stated is left unknown: this is the worst case.") : "",
    SCALE.includes(a.best) ? scale(a) : "", el("p", { class: "range" }, rangeText(a)),
    a.status === "unknown" ? el("p", { class: "range" }, "Law encoded so far: ", ...encoded.flatMap((j, n) => [n ? ", " : "", el("a", { href: `/?origin=${j.code}&destination=${j.code === a.destination ? a.origin : a.destination}` }, j.label)]), ".") : "",
    a.parts.length > 1 ? el("p", { class: "line" }, ...a.parts.flatMap((p) => [tag(p.status, `${labelOf("data", p.data)}: ${p.status}`), " "])) : "");
}

function turns(a) {
  const rows = a.deciding_facts.filter((f) => allFacts.has(f.name)).map((f) => factRow(allFacts.get(f.name)));
  const stated = Object.keys(a.facts).filter((n) => !a.deciding_facts.some((f) => f.name === n) && allFacts.has(n)).map((n) => factRow(allFacts.get(n)));
  const axes = a.deciding_facts.filter((f) => FIELDS.includes(f.name)).map((f) => f.label);
  const lead = axes.length ? `It also turns on ${axes.join(" and ")}: choose more narrowly above for a sharper answer.` : "";
  const shown = rows.slice(0, 6), hidden = rows.slice(6);
  if (hidden.length) shown.push(el("details", {}, el("summary", {}, `${hidden.length} more`), ...hidden));
  if (!rows.length && !stated.length) return lead ? el("section", { class: "block" }, el("h2", {}, "What it turns on"), el("p", { class: "range" }, lead)) : "";
  return block("What it turns on", lead, [...stated, ...shown], "turns");
}

function routeCard(r) {
  const body = [];
  if (r.if) body.push(el("p", {}, el("span", { class: "needs" }, "Only if: "), r.if));
  if (r.requires.length) body.push(el("p", { class: "needs" }, "What you must do"), el("ul", {}, ...r.requires.map((q) => el("li", { class: "cap" }, q.label))));
  const made = card(r.status, [tag(r.status), r.mechanism ? plain(r.mechanism) : "", plain(r.order)].filter(Boolean), r.label, body, [...r.citations, ...r.entries.flatMap((e) => e.citations)], r.evidence);
  if (r.available) made.classList.add("open");
  return made;
}

function proof(a) {
  const pairs = [["Weakest evidence used", a.evidence ? EVIDENCE[a.evidence] : "none"], ["Oldest reading", a.oldest_reading ? a.oldest_reading + (a.stale ? ` (more than ${a.stale_after} days before ${a.asked_on})` : "") : "none"],
    ["Legal orders looked at", a.orders.map((o) => places.get(o) ?? o).join(", ") || "none"], ["Data release", a.release]];
  if (a.silent_orders.length) pairs.push(["Nothing encoded for", a.silent_orders.map((o) => places.get(o) ?? o).join(", ")]);
  return el("section", { class: "block" }, el("h2", {}, "What this rests on"), el("dl", { class: "proof" }, ...pairs.map(([k, v]) => el("div", {}, el("dt", {}, k), el("dd", a.stale && k === "Oldest reading" ? { class: "warn" } : {}, v)))),
    el("p", { class: "hint" }, `${a.disclaimer} `, el("a", { href: `/v1/check?${parametersOf(asked)}` }, "This answer as JSON")));
}

function show(a) {
  const several = new Set(a.routes.map((r) => `${r.order} ${r.data}`)).size > 1;
  const open = a.routes.filter((r) => r.available), other = a.routes.filter((r) => !r.available);
  const obstacle = (o) => card("internal", [tag(o.kind === "prohibition" ? "prohibited" : o.kind === "possible" ? "derogation" : a.status === "prohibited" && o.kind === "default" ? "prohibited" : "internal", OBSTACLES[o.kind]), plain(o.order)], o.label, [el("p", {}, o.text)], o.citations, o.evidence);
  const overlay = (o) => card(o.applies === "yes" ? "authorisation" : "internal", [tag(o.applies === "yes" ? "authorisation" : "internal", OVERLAYS[o.kind]), plain(o.applies === "yes" ? "applies" : "possible"), plain(o.order)], o.label,
    [o.if ? el("p", { class: "cap" }, o.if) : "", o.requires.length ? el("ul", {}, ...o.requires.map((r) => el("li", { class: "cap" }, r))) : ""].filter(Boolean), o.citations, o.evidence);
  const conflict = (c) => card("contested", [tag("contested", CONFLICTS[c.kind]), plain(c.resolution)], c.norms.map((n) => n.label).join(" / "), [el("p", {}, c.text)], [...c.norms, c.by].filter(Boolean).flatMap((n) => n.citations));
  const applies = a.overlays.filter((o) => o.applies === "yes"), might = a.overlays.filter((o) => o.applies !== "yes");
  const surely = a.obstacles.filter((o) => o.kind !== "possible"), maybe = a.obstacles.filter((o) => o.kind === "possible");
  const folded = (title, cards) => (cards.length ? el("details", {}, el("summary", {}, `${title} (${cards.length})`), el("div", { class: "cards" }, ...cards)) : "");
  const strip = el("section", { class: "block", id: "history", hidden: true });
  $("spoken").textContent = a.text[0];
  document.title = `${a.origin} → ${a.destination}: ${a.status} | datarules`;
  $("answer").replaceChildren(...[
    verdict(a), turns(a), strip,
    block("Routes open now", several ? "Each legal order, and each kind of data, needs one of its own routes." : "Any one of these carries the transfer.", open.map(routeCard)), folded("Routes under other circumstances", other.map(routeCard)),
    block("What stands in the way", "", surely.map(obstacle)), folded("Would stand in the way under other circumstances", maybe.map(obstacle)),
    block("Beside the status", "Duties that stand beside the answer and do not change it.", applies.map(overlay)), folded("Possible duties", might.map(overlay)),
    block("Where norms meet", "", a.conflicts.map(conflict)), proof(a)].filter(Boolean));
}

// ---- the history strip
async function fillHistory(signal) {
  const section = $("history");
  if (!section) return;
  const p = parametersOf(asked);
  p.delete("as_of");
  const day = asked.as_of;
  const periods = (await get(`/v1/history?${p}`, { signal })).filter((x, n, all) => !(n === 0 && x.status === "unknown" && all.length > 1) || x.until > day);
  const merged = [];
  for (const x of periods) if (merged.length && merged.at(-1).status === x.status && merged.at(-1).best === x.best) merged.at(-1).until = x.until; else merged.push({ ...x });
  if (!section.isConnected || merged.length < 2) return;
  const year = (d) => Date.parse(d) / 31556952000 + 1970;
  const begin = year(merged[0].from), last = Math.max(year(TODAY) + 1, year(day) + 0.5, ...merged.map((x) => year(x.from) + 0.5));
  const split = merged.some((x) => x.best !== x.status);
  const strip = el("div", { class: "strip", role: "group", "aria-label": "Status over time; choose a period to ask about its first day" });
  for (const x of merged) {
    const here = x.from <= day && (!x.until || day < x.until);
    const name = `${x.until ? `${x.from} to ${x.until}` : `from ${x.from} on`}: ${x.status}${x.best === x.status ? "" : `, at best ${x.best}`}`;
    const piece = el("button", { type: "button", title: name, "aria-label": name, "aria-pressed": String(here), onclick: () => ask({ ...asked, as_of: x.from }, "history") },
      ...(split ? [el("span", { class: `best s-${x.best}` })] : []), el("span", { class: `s-${x.status}` }));
    piece.style.flexGrow = String((x.until ? year(x.until) : last) - year(x.from));
    piece.style.flexBasis = "0";
    strip.append(piece);
  }
  const years = el("div", { class: "years", "aria-hidden": "true" });
  for (let y = Math.ceil(begin / 5) * 5; y <= last; y += 5) {
    const mark = el("span", {}, String(y)), part = (y - begin) / (last - begin);
    mark.style.left = `${100 * part}%`;
    if (part > 0.03 && part < 0.97) years.append(mark);
  }
  const table = el("details", {}, el("summary", {}, "As a table"), el("table", { class: "past" }, el("thead", {}, el("tr", {}, ...["From", "Status", "Best", "Worst"].map((h) => el("th", { scope: "col" }, h)))),
    el("tbody", {}, ...periods.map((x) => el("tr", {}, el("td", {}, x.from), el("td", {}, x.status), el("td", {}, x.best), el("td", {}, x.worst))))));
  const legend = el("ul", { class: "legend" }, ...[...new Set(merged.flatMap((x) => [x.status, x.best]))].map((s) => el("li", { class: `s-${s}` }, `${s}: ${MEANING[s]}`)));
  const lead = split ? "Above the best case, below the answer as things stand. Choose a period to ask about its first day." : "Choose a period to ask about its first day.";
  section.replaceChildren(el("h2", {}, "How it came to this"), el("p", { class: "lead" }, lead), strip, years, legend, table);
  section.hidden = false;
}

// ---- start
async function start() {
  const [where, categories, purposes, sectors, facts, health] = await Promise.all(
    ["/v1/jurisdictions", "/v1/categories", "/v1/purposes", "/v1/sectors", "/v1/facts", "/health"].map((a) => get(a)));
  const byName = (rows) => new Map(rows.map((r) => [r.name, r]));
  places = new Map(where.map((j) => [j.code, j.label]));
  labels = { data: byName(categories), purpose: byName(purposes), sector: byName(sectors) };
  allFacts = byName(facts);
  encoded = where.filter((j) => j.rules);
  const others = where.filter((j) => !j.rules);
  $("places").replaceChildren(...[...encoded, ...others].map((j) => el("option", { value: `${j.label} (${j.code})` })));
  $("purpose").replaceChildren(...conceptOptions(labels.purpose));
  $("sector").replaceChildren(...conceptOptions(labels.sector));
  $("about").textContent = `Data release ${health.release}: ${health.rules.toLocaleString("en")} rules, ${encoded.length} legal orders with rules of their own.`;
  const q = questionOf(location.search);
  fillForm(q);
  $("question").addEventListener("submit", (e) => { e.preventDefault(); ask(readForm()); });
  $("swap").addEventListener("click", () => { const f = readForm(); [f.origin, f.destination] = [f.destination, f.origin]; if (f.origin && f.destination) ask(f, "swap"); else fillForm(f); });
  for (const name of ["data", "purpose", "sector", "as_of", "open"]) $(name).addEventListener("change", () => { const f = readForm(); if (f.origin && f.destination) ask(f, name); else asked = f; });
  for (const name of ["origin", "destination"]) $(name).addEventListener("change", () => { const f = readForm(); if (places.has(f.origin) && places.has(f.destination)) ask(f, name); });
  window.addEventListener("popstate", () => { const old = questionOf(location.search); if (old.origin || old.destination) ask(old, "back", false); else { location.reload(); } });
  if (q.origin || q.destination) await ask(q, "start", false);
  document.documentElement.dataset.ready = "true";
}

start().catch(() => { $("notice").textContent = "The service does not answer. Reload the page to try again."; $("notice").hidden = false; });
