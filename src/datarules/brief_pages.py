"""Briefs as Markdown and as one HTML page that needs nothing else: pictures inside, no script, no address fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from .brief_law import Block, Brief, Picture, Points, Table

STYLE = """
:root { color-scheme: light }
body { margin: 0 auto; max-width: 54rem; padding: 2rem 1.25rem 3rem; background: #fff; color: #1c2430;
  font: 16px/1.5 "DejaVu Sans", Verdana, sans-serif }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .3rem }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; border-bottom: 1px solid #c9ced6; padding-bottom: .25rem }
.about, figcaption, footer { color: #4a5462; font-size: .875rem }
table { border-collapse: collapse; width: 100%; font-size: .82rem; margin: .8rem 0 }
.wide { overflow-x: auto }
th, td { text-align: left; vertical-align: top; padding: .3rem .5rem; border-bottom: 1px solid #e1e5ea }
th { color: #4a5462; font-weight: 600 }
.right { text-align: right; white-space: nowrap }
figure { margin: 1rem 0 }
figure svg { width: 100%; height: auto; display: block }
code { font-size: .9em }
footer { margin-top: 2.5rem; border-top: 1px solid #c9ced6; padding-top: .6rem }
@page { size: A4; margin: 16mm 14mm }
@media print { body { padding: 0; max-width: none; font-size: 10.5pt } h2 { break-after: avoid }
  figure, tr, li { break-inside: avoid } figure svg { max-height: 225mm } }
""".strip()
IDS = re.compile(
    r'(\s(?:id|aria-labelledby)=")([^"]+)(")|(url\(#)([^)]+)(\))|(\s(?:xlink:)?href="#)([^"]+)(")'
)
"""Names within an SVG: given, pointed at by a style, and pointed at by a reference."""


def inline(svg: bytes, prefix: str) -> str:
    """Return a picture to stand in a page: without XML declaration, its names made its own by a prefix.

    Rules of its style sheet are bound to the picture, so that they do not reach the page.
    """
    text = re.sub(r"<\?xml[^>]*\?>\s*", "", svg.decode("utf-8"), count=1)

    def own(match: re.Match[str]) -> str:
        parts = [g for g in match.groups() if g is not None]
        names = " ".join(f"{prefix}-{name}" for name in parts[1].split())
        return f"{parts[0]}{names}{parts[2]}"

    text = IDS.sub(own, text)
    text = re.sub(r"(<style[^>]*>)\s*\*", rf"\1#{prefix} *", text)
    return re.sub(r"<svg ", f'<svg id="{prefix}" ', text, count=1)


def _ticks(text: str) -> str:
    """Return text for HTML, with what stands between backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text, quote=False))


def _table_html(table: Table) -> Iterator[str]:
    def cell(tag: str, n: int, text: str) -> str:
        kind = ' class="right"' if n in table.right else ""
        scope = ' scope="col"' if tag == "th" else ""
        return f"<{tag}{kind}{scope}>{_ticks(text)}</{tag}>"

    yield '<div class="wide"><table><thead><tr>'
    yield "".join(cell("th", n, head) for n, head in enumerate(table.heads))
    yield "</tr></thead><tbody>"
    for row in table.rows:
        yield "<tr>" + "".join(cell("td", n, text) for n, text in enumerate(row)) + "</tr>"
    yield "</tbody></table></div>"


def _block_html(block: Block, number: int) -> Iterator[str]:
    match block:
        case Table():
            yield from _table_html(block)
        case Picture():
            yield f"<figure>{inline(block.svg, f'picture-{number}')}<figcaption>{_ticks(block.caption)}</figcaption></figure>"
        case Points():
            tag = "ol" if block.numbered else "ul"
            yield f"<{tag}>" + "".join(f"<li>{_ticks(line)}</li>" for line in block.lines) + f"</{tag}>"
        case _:
            yield f"<p>{_ticks(block)}</p>"


def html(brief: Brief) -> str:
    """Return a brief as one HTML page."""
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>{escape(brief.title)}</title><style>{STYLE}</style></head><body><main>",
        f'<h1>{escape(brief.title)}</h1><p class="about">{escape(brief.subject)}</p>',
    ]
    number = 0
    for section in brief.sections:
        parts.append(f"<section><h2>{escape(section.title)}</h2>")
        for block in section.blocks:
            number += 1
            parts += _block_html(block, number)
        parts.append("</section>")
    parts.append(f"</main><footer>{escape(brief.foot)}</footer></body></html>")
    return "\n".join(parts) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _block_markdown(block: Block) -> Iterator[str]:
    match block:
        case Table():
            yield "| " + " | ".join(map(_cell, block.heads)) + " |"
            yield "|" + "|".join("---:" if n in block.right else "---" for n in range(len(block.heads))) + "|"
            for row in block.rows:
                yield "| " + " | ".join(map(_cell, row)) + " |"
        case Picture():
            yield f"*Picture, in the HTML form: {block.caption}*"
        case Points():
            for number, line in enumerate(block.lines, 1):
                yield f"{f'{number}.' if block.numbered else '-'} {line}"
        case _:
            yield block


def markdown(brief: Brief) -> str:
    """Return a brief as Markdown; pictures are named by their captions."""
    lines = [f"# {brief.title}", "", brief.subject, ""]
    for section in brief.sections:
        lines += [f"## {section.title}", ""]
        for block in section.blocks:
            lines += [*_block_markdown(block), ""]
    return "\n".join([*lines, "---", "", brief.foot]) + "\n"
