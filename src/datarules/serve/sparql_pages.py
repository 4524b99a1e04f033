"""A page for people about one thing of the graph, or about a whole namespace: what is said, and what points here.

Plain HTML made of the same triples the machine-readable forms give; no script, one style sheet of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

import pyoxigraph as ox

from .. import vocab as v

SPACE = v.NS.removesuffix("ns#")
STYLE = """:root{color-scheme:light dark;--soft:#667;--line:#8884}
body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin-bottom:0}h2{font-size:1.1rem;margin-top:2rem}
.iri,.note{color:var(--soft);overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;gap:.3rem 1rem}
dt{font-weight:600}dd{margin:0;overflow-wrap:anywhere}dd+dd{grid-column:2}
dl dl{border-left:3px solid var(--line);padding-left:.8rem;margin:.2rem 0}
section{border-top:1px solid var(--line)}a{color:inherit}
@media(max-width:40rem){dl{grid-template-columns:1fr}dd+dd{grid-column:1}}
"""
NAMING = (v.SKOS + "prefLabel", v.RDFS + "label", v.DCT + "title")
Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Inbound = Sequence[tuple[str, str]]


def short(iri: str) -> str:
    """Return an IRI as people read it: with a prefix where there is one."""
    best = max(
        (p for p, s in v.PREFIXES.items() if iri.startswith(s)), key=lambda p: len(v.PREFIXES[p]), default=""
    )
    return f"{best}:{iri[len(v.PREFIXES[best]) :]}" if best else iri


def link(iri: str, label: str = "") -> str:
    """Return a link; what is in our own space leads to this server."""
    if not iri.startswith((SPACE, "http://", "https://")):
        return escape(label or iri)
    target = iri.removeprefix(SPACE.removesuffix("/")) if iri.startswith(SPACE) else iri
    shown = f"{escape(label)} <span class=note>{escape(short(iri))}</span>" if label else escape(short(iri))
    return f'<a href="{escape(target)}">{shown}</a>'


class Facts:
    """Triples by subject, with labels of what they name.

    Args:
        triples: what is said.
        labels: labels by IRI.
    """

    def __init__(self, triples: Iterable[ox.Triple], labels: Mapping[str, str]) -> None:
        self.labels = labels
        self.of: dict[str, dict[str, list[Node]]] = {}
        for triple in triples:
            self.of.setdefault(str(triple.subject), {}).setdefault(triple.predicate.value, []).append(
                triple.object
            )

    def label(self, iri: str) -> str:
        """Return what a thing is called; its IRI in short where it has no name."""
        said = self.of.get(f"<{iri}>", {})
        for term in NAMING:
            names = [n for n in said.get(term, ()) if isinstance(n, ox.Literal)]
            for name in sorted(names, key=lambda n: (n.language or "") != "en"):
                return str(name.value)
        return self.labels.get(iri, short(iri))

    def table(self, subject: str, seen: frozenset[str] = frozenset()) -> str:
        """Return what is said of a subject as a list of definitions; nodes without a name stand inside."""
        rows = []
        for term, values in sorted(self.of.get(subject, {}).items(), key=lambda row: short(row[0])):
            shown = sorted(self._value(value, seen | {subject}) for value in values)
            rows.append(f"<dt>{link(term)}</dt>" + "".join(f"<dd>{one}</dd>" for one in shown))
        return f"<dl>{''.join(rows)}</dl>"

    def _value(self, value: Node, seen: frozenset[str]) -> str:
        if isinstance(value, ox.NamedNode):
            return link(value.value, self.labels.get(value.value, ""))
        if isinstance(value, ox.Literal):
            language = f" <span class=note>({escape(value.language)})</span>" if value.language else ""
            lang = f' lang="{escape(value.language)}"' if value.language else ""
            return f"<span{lang}>{escape(value.value)}</span>{language}"
        return self.table(str(value), seen) if str(value) not in seen else "…"


def page(title: str, iri: str, body: str, forms: Mapping[str, str]) -> bytes:
    """Return a whole page.

    Args:
        title: heading.
        iri: what the page is about.
        body: HTML of the rest.
        forms: media types by address of the same in other forms.
    """
    links = "".join(
        f'<link rel=alternate type="{media}" href="{escape(address)}">' for address, media in forms.items()
    )
    offered = " · ".join(
        f'<a href="{escape(address)}">{escape(address.rpartition(".")[2])}</a>' for address in forms
    )
    return (
        f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{escape(title)} – datarules</title>"
        f'<meta name=viewport content="width=device-width"><link rel=stylesheet href="/page.css">{links}</head>'
        f'<body><p><a href="/">datarules</a></p><h1>{escape(title)}</h1><p class=iri>{escape(iri)}</p>'
        f"<p class=note>{offered}</p>{body}"
        "<p class=note>Research information, not legal advice.</p></body></html>"
    ).encode()


def thing(iri: str, facts: Facts, inbound: Inbound, forms: Mapping[str, str]) -> bytes:
    """Return the page of one thing: what is said of it, and what points to it."""
    body = f"<section><h2>What is said of it</h2>{facts.table(f'<{iri}>')}</section>"
    if inbound:
        by_term: dict[str, list[str]] = {}
        for subject, term in inbound:
            by_term.setdefault(term, []).append(link(subject, facts.labels.get(subject, "")))
        rows = "".join(
            f"<dt>{link(term)} of</dt>" + "".join(f"<dd>{one}</dd>" for one in subjects)
            for term, subjects in sorted(by_term.items())
        )
        body += f"<section><h2>What points to it</h2><dl>{rows}</dl></section>"
    return page(facts.label(iri), iri, body, forms)


def space(iri: str, title: str, facts: Facts, forms: Mapping[str, str]) -> bytes:
    """Return the page of a document that speaks of many things, each at the anchor of its local name."""
    parts = []
    for subject in sorted(one for one in facts.of if one.startswith("<")):
        name = subject[1:-1]
        anchor = name.rpartition("#")[2] if "#" in name else name.removeprefix(SPACE)
        parts.append(
            f'<section id="{escape(anchor)}"><h2>{escape(facts.label(name))}</h2>'
            f"<p class=iri>{escape(name)}</p>{facts.table(subject)}</section>"
        )
    return page(title, iri, "".join(parts), forms)
