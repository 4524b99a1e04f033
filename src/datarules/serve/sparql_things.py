"""Linked data: every name in our space leads to what is said of it (W3C note "Cool URIs for the Semantic Web").

``/id/…``, ``/ns``, ``/fn`` and ``/graph/…`` answer 303 with the address of a document: ``/page/…`` for people,
``/data/….ttl`` and other suffixes for machines, chosen by Accept. A redirect of the space at its public
address to this server is all that is needed to publish.
"""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections.abc import Callable, Sequence
from urllib.parse import quote

import pyoxigraph as ox
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match, Route
from starlette.types import Scope

from .. import __version__
from .. import vocab as v
from ..endpoint import Endpoint, triples_as
from ..errors import Problem
from ..functions import NAMES
from ..load import Dataset, load
from ..store import export_graph
from . import sparql_catalogue as catalogue
from . import sparql_pages as pages
from .conditional import met
from .encoding import chosen
from .problems import NotAcceptableError, NotFoundError
from .sparql_formats import GRAPH_TYPES, choose, content_type, offered

HTML = "text/html"
SUFFIXES = {suffix: name for suffix, (name, _, _) in catalogue.DUMPS.items()}
SUFFIX_OF = {name: suffix for suffix, name in SUFFIXES.items()}
MOST_INBOUND = 300
"""Most things a page names that point to its subject."""
DOCUMENTS = {
    "ns": ("The vocabulary", f"FILTER(STRSTARTS(STR(?s), '{v.NS}') || STR(?s) = '{v.NS.removesuffix('#')}')"),
}
"""Documents that speak of many things: title, and which subjects."""
_LABELS = f"""SELECT ?x (SAMPLE(?name) AS ?label) {{ VALUES ?x {{ %s }}
  ?x {"|".join(f"<{term}>" for term in pages.NAMING)} ?name
  FILTER(LANG(?name) IN ("en", "")) }} GROUP BY ?x"""


def prefers_rdf(accept: str) -> str | None:
    """Return the graph format an ``Accept`` header prefers to a page, if it names one."""
    able = [
        ("page", HTML),
        *((name, media) for name, media in offered("graph") if "xml" not in media or "rdf" in media),
    ]
    found = choose(accept, [one for one in able if one[1] not in ("application/json", "text/plain")])
    return None if found == "page" or not accept else found


class RdfRoute(Route):
    """A route only those find who ask for RDF: other clients go on to what else stands at the address."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match as usual where ``Accept`` prefers a graph."""
        accept = next((value for name, value in scope.get("headers", ()) if name == b"accept"), b"")
        return super().matches(scope) if prefers_rdf(accept.decode("latin-1")) else (Match.NONE, {})


class Things:
    """The routes, handed what answers.

    Args:
        endpoint: what answers SPARQL.
        release: version of the data.
        dataset: what whole graphs are written from; the bundled data unless given.
    """

    def __init__(self, endpoint: Endpoint, release: str, dataset: Dataset | None = None) -> None:
        self.endpoint = endpoint
        self.release = release
        self.dataset = dataset
        self._turn = threading.Lock()
        self._dumps: dict[str, bytes] = {}

    def routes(self) -> list[Route]:
        """Return the routes, to be put into an application before all others."""
        named = [
            Route(f"/{space}", self.see_other, methods=["GET"])
            for space in ("ns", "fn", "dataset", "{version}/ns")
        ]
        return [
            RdfRoute("/", self.described, methods=["GET"]),
            Route("/.well-known/void", self.described, methods=["GET"]),
            Route("/dump.{suffix}", self.dump, methods=["GET"]),
            Route("/page.css", self.style, methods=["GET"]),
            Route("/page/{name:path}", self.page, methods=["GET"]),
            Route("/data/{name:path}", self.data, methods=["GET"]),
            Route("/id/{name:path}", self.see_other, methods=["GET"]),
            Route("/graph/{name:path}", self.see_other, methods=["GET"]),
            Route("/schema/answer", self.see_other, methods=["GET"]),
            *named,
        ]

    # -- names

    async def see_other(self, request: Request) -> Response:
        """Lead from a name to a document about it.

        Raises:
            NotFoundError: the graph says nothing of it.
            NotAcceptableError: there is no form the client accepts.
        """
        name = request.url.path.strip("/")
        accept = ", ".join(request.headers.getlist("accept"))
        headers = {"vary": "Accept", "cache-control": "no-cache"}
        if name == "schema/answer":
            return RedirectResponse("/v1/schema/answer", 303, headers)
        form = choose(accept, [("page", HTML), ("page", "application/xhtml+xml"), *offered("graph")])
        if form is None:
            raise NotAcceptableError(
                Problem(
                    "Accept",
                    accept,
                    "None of these formats can be had.",
                    f"Accept {HTML} or {', '.join(m[0] for m in GRAPH_TYPES.values())}.",
                )
            )
        if name == "dataset":
            return RedirectResponse("/.well-known/void" if form != "page" else "/", 303, headers)
        document = "ns" if name.endswith("/ns") else name
        if not await run_in_threadpool(self.knows, document):
            raise self._missing(document)
        path = f"/page/{document}" if form == "page" else f"/data/{document}.{SUFFIX_OF[form]}"
        return RedirectResponse(quote(path, safe="/"), 303, headers)

    @staticmethod
    def _missing(name: str) -> NotFoundError:
        return NotFoundError(
            Problem(
                "path", name, "The graph says nothing of this name.", "See /v1/jurisdictions, or ask /sparql."
            )
        )

    def knows(self, name: str) -> bool:
        """Say whether anything is said of a name of our space."""
        if name in (*DOCUMENTS, "fn"):
            return True
        try:
            iri = ox.NamedNode(pages.SPACE + name)
        except ValueError:
            return False
        shape = f"GRAPH {iri} {{ ?s ?p ?o }}" if name.startswith("graph/") else f"{iri} ?p ?o"
        return self.endpoint.query(f"ASK {{ {shape} }}").boolean()

    # -- documents

    def triples(self, name: str) -> list[ox.Triple]:
        """Return what is said of a name.

        Raises:
            NotFoundError: nothing is.
        """
        if name == "fn":
            return list(self._functions())
        if not self.knows(name):
            raise self._missing(name)
        iri = f"<{pages.SPACE}{name}>"
        if name in DOCUMENTS:
            query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o {DOCUMENTS[name][1]} }}"
        elif name.startswith("graph/"):
            query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {iri} {{ ?s ?p ?o }} }}"
        else:
            query = f"DESCRIBE {iri}"
        return self.endpoint.query(query, want={"graph": "ntriples"}).triples()

    @staticmethod
    def _functions() -> list[ox.Triple]:
        said = []
        for name in NAMES:
            one = ox.NamedNode(v.FUNCTIONS + name)
            text = f"drf:{name}(origin, destination, data category, date[, purpose]): the {name} of the decision."
            said += [
                ox.Triple(one, ox.NamedNode(v.RDF + "type"), ox.NamedNode(catalogue.SD + "Function")),
                ox.Triple(one, ox.NamedNode(v.RDFS + "label"), ox.Literal(name, language="en")),
                ox.Triple(one, ox.NamedNode(v.RDFS + "comment"), ox.Literal(text, language="en")),
            ]
        return said

    def _labels(self, iris: Sequence[str]) -> dict[str, str]:
        if not iris:
            return {}
        found = self.endpoint.query(_LABELS % " ".join(f"<{iri}>" for iri in iris)).rows()[1]
        return {row[0].value: row[1].value for row in found if row[1] is not None}

    def _inbound(self, iri: str) -> list[tuple[str, str]]:
        text = (
            f"SELECT DISTINCT ?s ?p {{ ?s ?p <{iri}> FILTER(isIRI(?s)) }} ORDER BY ?p ?s LIMIT {MOST_INBOUND}"
        )
        return [(row[0].value, row[1].value) for row in self.endpoint.query(text).rows()[1]]

    def html(self, name: str) -> bytes:
        """Return the page of a name.

        Raises:
            NotFoundError: nothing is said of it.
        """
        said = self.triples(name)
        iri = pages.SPACE + name
        forms = {f"/data/{quote(name)}.{s}": GRAPH_TYPES[form][0] for s, form in SUFFIXES.items()}
        many = name in DOCUMENTS or name == "fn" or name.startswith("graph/")
        inbound = [] if many else self._inbound(iri)
        asked = {t.object.value for t in said if isinstance(t.object, ox.NamedNode)} | {s for s, _ in inbound}
        ours = sorted(one for one in asked if one.startswith(pages.SPACE))
        facts = pages.Facts(said, self._labels(ours))
        if not many:
            return pages.thing(iri, facts, inbound, forms)
        title = DOCUMENTS[name][0] if name in DOCUMENTS else f"datarules {name}"
        return pages.space(iri, title, facts, forms)

    async def page(self, request: Request) -> Response:
        """Give the page of a name."""
        name = request.path_params["name"]
        return await self._sent(request, lambda: self.html(name), f"{HTML}; charset=utf-8", about=name)

    async def data(self, request: Request) -> Response:
        """Give what is said of a name in the format of the suffix."""
        name, _, suffix = request.path_params["name"].rpartition(".")
        if suffix not in SUFFIXES:
            remedy = f"End the address with one of: {', '.join(SUFFIXES)}."
            raise NotFoundError(Problem("suffix", suffix, "There is no such format.", remedy))
        form = SUFFIXES[suffix]
        media = content_type("graph", form)
        return await self._sent(request, lambda: triples_as(self.triples(name), form), media, about=name)

    async def _sent(
        self, request: Request, make: Callable[[], bytes], media: str, about: str = "", vary: str = ""
    ) -> Response:
        content = await run_in_threadpool(make)
        tag = f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'
        headers = {"etag": tag, "cache-control": "no-cache", "access-control-allow-origin": "*"}
        if vary:
            headers["vary"] = vary
        if about:
            headers["link"] = f'<{quote(pages.SPACE + about, safe=":/")}>; rel="describes"'
        return met(request, tag, headers) or Response(content, 200, headers, media)

    # -- the dataset

    async def described(self, request: Request) -> Response:
        """Describe the dataset in VoID and DCAT."""
        accept = ", ".join(request.headers.getlist("accept"))
        form = choose(accept, offered("graph")) or ("turtle" if HTML in accept else None)
        if form is None:
            remedy = f"Accept one of: {', '.join(media[0] for media in GRAPH_TYPES.values())}."
            raise NotAcceptableError(Problem("Accept", accept, "None of these formats can be had.", remedy))
        base = str(request.base_url).rstrip("/")

        def make() -> bytes:
            return triples_as(catalogue.triples(base, self.endpoint, self.release), form)

        return await self._sent(request, make, content_type("graph", form), vary="Accept")

    async def dump(self, request: Request) -> Response:
        """Give the whole graph in the format of the suffix; made once, kept compressed."""
        suffix = request.path_params["suffix"]
        if suffix not in SUFFIXES:
            remedy = f"Use one of: {', '.join(f'/dump.{s}' for s in SUFFIXES)}."
            raise NotFoundError(Problem("suffix", suffix, "There is no such format.", remedy))
        tag = f'"{__version__}-{self.release}-{suffix}"'
        headers = {"etag": tag, "cache-control": "no-cache", "access-control-allow-origin": "*"}
        if kept := met(request, tag, headers):
            return kept
        packed = await run_in_threadpool(self._packed, suffix)
        media = content_type("graph", SUFFIXES[suffix])
        headers["content-disposition"] = f'inline; filename="datarules.{suffix}"'
        if chosen(request.headers.get("accept-encoding", "")) and not request.headers.get("range"):
            coded = {**headers, "content-encoding": "gzip", "etag": f"W/{tag}", "vary": "Accept-Encoding"}
            return Response(packed, 200, coded, media)
        return Response(await run_in_threadpool(gzip.decompress, packed), 200, headers, media)

    def _packed(self, suffix: str) -> bytes:
        with self._turn:
            if suffix not in self._dumps:
                if self.dataset is None:
                    self.dataset = load()
                whole = export_graph(self.dataset, SUFFIXES[suffix])
                self._dumps[suffix] = gzip.compress(whole, 6, mtime=0)
            return self._dumps[suffix]

    async def style(self, request: Request) -> Response:
        """Give the style of the pages."""
        return await self._sent(request, pages.STYLE.encode, "text/css; charset=utf-8")
