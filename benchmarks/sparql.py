"""The same policy put as the smallest set of SPARQL 1.1 queries to pyoxigraph, four, over the same triples.

One query would be possible, but takes seconds: it finds the lists of the destination again for every rule.
Included: the legal orders of the origin by dated membership, less those the destination
belongs to; rules on transfer in force that day; the data hierarchy; destination lists with entries that are
dated, scoped and conditional; conditions (nested *all of* and *any of*, comparisons with the stated facts).

Not included, each to SPARQL's advantage: overrides, lifted bans and the joining of orders are finished in
Python from compiled records (a nested NOT EXISTS over the whole pattern would be several times slower; the
finish is timed, it costs little); only the status is found, while `decide` also gives best, worst, deciding
facts, routes, obstacles, overlays and conflicts. Left out for both: places that are unions covered by the
list of their members, and destinations with rules of their own on data coming in.

Sources: SPARQL 1.1 Query Language (W3C Recommendation 2013-03-21), sections 8.1, 9 and 10.2.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pyoxigraph as ox

from datarules import vocab as v
from datarules.load import Dataset
from datarules.model import Rule, Transfer
from datarules.rulebook import DayView, RuleBook
from datarules.vocab import Extent, Status

from .finish import combine, order_status

PREFIXES = "".join(f"PREFIX {name}: <{space}>\n" for name, space in v.PREFIXES.items())
RULE_DEPTH = 2
ENTRY_DEPTH = 1
SIGNS = (("gt", ">"), ("gteq", ">="), ("lt", "<"), ("lteq", "<="), ("eq", "="), ("neq", "!="))
GIVEN = ox.NamedNode(v.NS + "given")


def store_of(dataset: Dataset) -> ox.Store:
    """Return a store with every triple in the default graph (faster than one graph per file)."""
    store = ox.Store()
    store.bulk_extend(ox.Quad(t.subject, t.predicate, t.object) for f in dataset.files for t in f.triples)
    store.optimize()
    return store


class Writer:
    """Writes the queries once; place, destination, category and day are put in for ``$`` names.

    Variables are numbered so that patterns do not meet. The facts of the question lie in the store as
    ``fact:x dr:given value``.
    """

    def __init__(self) -> None:
        self.number = 0

    def fresh(self, stem: str) -> str:
        """Return a variable not used before."""
        self.number += 1
        return f"?{stem}{self.number}"

    def in_force(self, subject: str) -> str:
        """Return the pattern: in force on the day."""
        start, end = self.fresh("start"), self.fresh("end")
        return (
            f"{subject} dr:validFrom {start} FILTER({start} <= $day) "
            f"FILTER NOT EXISTS {{ {subject} dr:validUntil {end} FILTER({end} <= $day) }} "
        )

    def in_scope(self, subject: str) -> str:
        """Return the pattern: the category lies within the data; any sector, any purpose."""
        above, inner, other = self.fresh("above"), self.fresh("inner"), self.fresh("other")
        path = f"$data (skos:broader|^skos:narrowMatch)* {above}"
        return (
            f"FILTER(NOT EXISTS {{ {subject} dr:data {inner} }} || EXISTS {{ {subject} dr:data cat:any }} || "
            f"EXISTS {{ {subject} dr:data {above} . {path} }}) "
            f"FILTER NOT EXISTS {{ {subject} dr:notData {above} . {path} }} "
            f"FILTER NOT EXISTS {{ {subject} dr:sector {other} FILTER({other} != sec:any) }} "
            f"FILTER NOT EXISTS {{ {subject} dr:purpose {other} FILTER({other} != pur:any) }} "
        )

    def conditions(self, subject: str, depth: int) -> str:
        """Return the pattern: every condition holds."""
        condition = self.fresh("c")
        return (
            f"FILTER NOT EXISTS {{ {subject} dr:appliesIf {condition} "
            f"FILTER(!{self.holds(condition, depth)}) }} "
        )

    def holds(self, condition: str, depth: int) -> str:
        """Return an expression: the condition is a true fact, or all its parts hold."""
        fact, operator, value, given = (self.fresh(s) for s in ("f", "op", "val", "given"))
        compare = " || ".join(f"({operator} = odrl:{name} && {given} {sign} {value})" for name, sign in SIGNS)
        own = (
            f"{condition} dr:fact {fact} ; dr:operator {operator} ; dr:value {value} . "
            f"{fact} dr:given {given} FILTER({compare})"
        )
        if not depth:
            return f"EXISTS {{ {{ {condition} dr:given true }} UNION {{ {own} }} }}"
        part, choice, inner = self.fresh("p"), self.fresh("q"), self.fresh("i")
        return (
            f"(EXISTS {{ {condition} dr:given true }} || (NOT EXISTS {{ {condition} a dr:Fact }} && "
            f"(NOT EXISTS {{ {condition} dr:fact {fact} }} || EXISTS {{ {own} }}) && "
            f"NOT EXISTS {{ {condition} dr:allOf {part} FILTER(!{self.holds(part, depth - 1)}) }} && "
            f"(NOT EXISTS {{ {condition} dr:anyOf {inner} }} || "
            f"EXISTS {{ {condition} dr:anyOf {choice} FILTER({self.holds(choice, depth - 1)}) }})))"
        )

    def entry(self, member: str, group: str, kind: str, conditional: bool) -> str:
        """Return the pattern of one entry in force that holds for the question."""
        entry = self.fresh("entry")
        return (
            f"{entry} dr:member {member} ; dr:group {group} ; a {kind} . "
            + self.in_force(entry)
            + self.in_scope(entry)
            + (self.conditions(entry, ENTRY_DEPTH) if conditional else "")
        )

    def reached(self, depth: int, orders: bool) -> str:
        """Return the query for what a place belongs to: its legal orders, or the lists that cover it."""
        ways = ["{ BIND($place AS ?into) }"]
        for steps in range(1, depth + 1):
            chain, below = "", "$place"
            for step in range(1, steps + 1):
                last = step == steps
                above = "?into" if last else self.fresh("g")
                kind = self.fresh("kind") if orders and last else "dr:Membership"
                chain += self.entry(below, above, kind, not orders)
                if orders:
                    chain += f"{above} a dr:Jurisdiction . "
                below = above
            ways.append(f"{{ {chain} }}")
        return f"{PREFIXES}SELECT DISTINCT ?into WHERE {{ {' UNION '.join(ways)} }}"

    def rules(self) -> str:
        """Return the query for the rules that apply, with their order."""
        return (
            f"{PREFIXES}SELECT ?order ?rule WHERE {{ VALUES ?order {{ $orders }} "
            "?rule dr:ofJurisdiction ?order ; dr:action dr:Transfer ; dr:modality ?modality ; a dr:Rule . "
            "FILTER(?modality != dr:Obligation) "
            + self.in_force("?rule")
            + "FILTER(NOT EXISTS { ?rule dr:destination ?any } || "
            "EXISTS { ?rule dr:destination ?list FILTER(?list IN ($lists)) }) "
            "FILTER NOT EXISTS { ?rule dr:notDestination ?other FILTER(?other IN ($lists)) } "
            + self.in_scope("?rule")
            + self.conditions("?rule", RULE_DEPTH)
            + "}"
        )


def state(store: ox.Store, transfer: Transfer) -> list[ox.Quad]:
    """Put the facts of a question into the store, not timed; return them so that they can be taken out."""
    quads = [ox.Quad(ox.NamedNode(v.FACT + name), GIVEN, ox.Literal(value)) for name, value in transfer.facts]
    store.extend(quads)
    return quads


def _rows(store: ox.Store, query: str) -> ox.QuerySolutions:
    found = store.query(query)
    assert isinstance(found, ox.QuerySolutions)
    return found


def depths(view: DayView) -> tuple[int, int]:
    """Return how many entries lead at most from a place to an order, and to a list or order, on a day.

    Queries are unrolled that deep and no deeper: a longer query is a slower one.
    """

    def up(place: str, orders: bool, seen: tuple[str, ...]) -> int:
        return max(
            (
                1 + (0 if e.extension else up(e.group, orders, (*seen, place)))
                for e in view.of_member.get(place, ())
                if e.group not in seen
                and (e.group in view.book.records.jurisdictions if orders else not e.extension)
            ),
            default=0,
        )

    places = view.book.records.jurisdictions
    return max(up(p, True, ()) for p in places), max(up(p, False, ()) for p in places)


def asker(book: RuleBook, store: ox.Store, day: int) -> Callable[[Transfer, int], Status]:
    """Return a function (transfer, day) → status; ``day`` tells how deep the queries must reach."""
    order_depth, list_depth = depths(book.at(day))
    orders_query = Writer().reached(order_depth, orders=True)
    lists_query = Writer().reached(list_depth, orders=False)
    rules_query = Writer().rules()

    def ask(transfer: Transfer, day: int) -> Status:
        given = dict(transfer.facts)
        view = book.at(day)
        today = f'"{date.fromordinal(day)}"^^xsd:date'

        def run(query: str, place: str) -> list[str]:
            text = (
                query.replace("$place", f"<{place}>")
                .replace("$data", f"<{transfer.data[0]}>")
                .replace("$day", today)
            )
            return [f"<{row[0].value}>" for row in _rows(store, text)]

        orders = run(orders_query, transfer.origin)
        inside = run(orders_query, transfer.destination)
        lists = run(lists_query, transfer.destination)
        text = (
            rules_query.replace("$orders", " ".join(o for o in orders if o not in inside))
            .replace("$lists", ", ".join(lists))
            .replace("$data", f"<{transfer.data[0]}>")
            .replace("$day", today)
        )
        applying: dict[str, list[Rule]] = {}
        for row in _rows(store, text):
            applying.setdefault(row["order"].value, []).append(book.records.rules[row["rule"].value])
        statuses = [order_status(rules, given) for rules in applying.values()]
        if not any(statuses) and any(
            c.extent is Extent.ADDS_NOTHING
            and c.action is v.Action.TRANSFER
            and (not c.data or not c.data.isdisjoint(book.broader[transfer.data[0]]))
            for order, _ in view.orders_of(transfer.origin)
            for c in view.coverage[order]
        ):
            return Status.FREE
        return combine(statuses)

    return ask
