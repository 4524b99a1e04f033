"""Search, and changes of law as feeds: Atom (RFC 4287) and JSON Feed 1.1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from xml.etree import ElementTree

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .. import catalogue, finder
from ..errors import Problem
from ..rulebook import RuleBook
from .door import Door

LONGEST = 200
"""Characters of a search."""
FOUND = 50
"""Most results of a search."""
ATOM = "http://www.w3.org/2005/Atom"
BACK = 730
"""Days that a feed reaches back unless ``since`` is given; the changes to come are always in it."""
SUBJECT = "https://w3id.org/datarules/id/"
Event = dict[str, Any]


class Lookup(Door):
    """The routes, handed the rulebook and a clock."""

    def __init__(self, book: RuleBook, today: Callable[[], date]) -> None:
        super().__init__(book, today)

    @cached_property
    def _finder(self) -> finder.Finder:
        return finder.Finder(self.book)

    def routes(self) -> list[Route]:
        """Return the routes, to be put into an application."""
        return [
            Route("/v1/search", self.search, methods=["GET"]),
            Route("/v1/changes.atom", self.atom, methods=["GET"]),
            Route("/v1/changes.json", self.feed, methods=["GET"]),
        ]

    async def search(self, request: Request) -> Response:
        """Find places, laws and rules by name, code, law or article."""
        fields, question = self.fields(request, "q", "kind")
        text = fields.get("q", "").strip()
        kinds = [k for k in fields.get("kind", "").split(",") if k] or list(finder.KINDS)
        if not text or len(text) > LONGEST:
            reason = "This field is missing." if not text else "This is too long."
            remedy = f"Give a name, code, law or article of at most {LONGEST} characters."
            question.problems.append(Problem("q", text, reason, remedy))
        if wrong := [k for k in kinds if k not in finder.KINDS]:
            remedy = f"The kinds are: {', '.join(finder.KINDS)}."
            question.problems.append(Problem("kind", ", ".join(wrong), "There is no such kind.", remedy))
        self.settle(question)

        def look() -> dict[str, Any]:
            found = [(entry, worth) for entry, worth in self._finder.find(text) if entry.kind in kinds]
            counts = Counter(entry.kind for entry, _ in found)
            rows = [finder.row(entry) for entry, _ in found[:FOUND]]
            return {"q": text, "counts": {k: counts.get(k, 0) for k in finder.KINDS}, "results": rows}

        return self.rows(request, await run_in_threadpool(look))

    # -- feeds

    def _events(self, request: Request) -> tuple[list[Event], str]:
        """Return the changes of a feed, newest first, and what it is called."""
        fields, question = self.fields(request, "since", "jurisdiction")
        since = self.day(fields, "since", question) or self.today() - timedelta(days=BACK)
        iri = self.place(fields, question)
        self.settle(question)
        events = catalogue.changes(self.book, since, None, iri)[::-1]
        place = f" in {self.book.records.jurisdictions[iri].label}" if iri else ""
        return events, f"Changes of data law{place}"

    @staticmethod
    def _words(event: Event) -> tuple[str, str]:
        title = f"{event['jurisdiction']}: {event['label']} ({event['event']})"
        text = f"{event['event'].capitalize()} on {event['date']}. {event['article']}".strip()
        return title, text

    @staticmethod
    def _page(base: str, event: Event) -> str:
        return (
            f"{base}rule/{event['id']}"
            if event["kind"] == "rule"
            else f"{base}jurisdiction/{event['jurisdiction']}"
        )

    async def atom(self, request: Request) -> Response:
        """Write the changes as an Atom feed."""
        events, title = self._events(request)
        base = str(request.base_url)
        ElementTree.register_namespace("", ATOM)
        root = ElementTree.Element(f"{{{ATOM}}}feed")

        def add(
            parent: ElementTree.Element, name: str, text: str = "", **attributes: str
        ) -> ElementTree.Element:
            made = ElementTree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
            made.text = text or None
            return made

        add(root, "id", str(request.url))
        add(root, "title", title)
        add(root, "subtitle", "Research information, not legal advice.")
        add(root, "updated", f"{self.today().isoformat()}T00:00:00Z")
        add(root, "link", href=str(request.url), rel="self", type="application/atom+xml")
        add(root, "link", href=f"{base}changes", rel="alternate", type="text/html")
        add(add(root, "author"), "name", "datarules")
        for event in events:
            entry = add(root, "entry")
            head, text = self._words(event)
            add(entry, "id", f"{SUBJECT}{event['id']}#{event['event']}")
            add(entry, "title", head)
            add(entry, "updated", f"{event['date']}T00:00:00Z")
            add(entry, "link", href=self._page(base, event), rel="alternate")
            add(entry, "category", term=event["jurisdiction"])
            add(entry, "summary", text)
        content = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
        return self.reply(request, content, "application/atom+xml", "-atom")

    async def feed(self, request: Request) -> Response:
        """Write the changes as a JSON Feed (https://www.jsonfeed.org/version/1.1/)."""
        events, title = self._events(request)
        base = str(request.base_url)
        items = []
        for event in events:
            head, text = self._words(event)
            items.append(
                {
                    "id": f"{SUBJECT}{event['id']}#{event['event']}",
                    "url": self._page(base, event),
                    "title": head,
                    "content_text": text,
                    "date_published": f"{event['date']}T00:00:00Z",
                    "tags": [event["jurisdiction"], event["event"], event["kind"]],
                }
            )
        document = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": title,
            "description": "Research information, not legal advice.",
            "home_page_url": f"{base}changes",
            "feed_url": str(request.url),
            "items": items,
        }
        return self.reply(request, msgspec.json.encode(document), "application/feed+json", "-feed")
