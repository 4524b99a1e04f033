"""`decide` against SPARQL, Cedar and Rego: same law, same questions with facts given, same run.

Every engine is asked questions it has not seen, `decide` too (pair and category are compiled before, as the
engines' policies are; the facts are new). An answer that differs from that of `decide` ends the run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from datarules.decide import decide
from datarules.load import Dataset
from datarules.rulebook import RuleBook
from datarules.vocab import Action, Status, local

from . import policies, sparql
from . import questions as q
from .measure import Row, Sample, each, side_by_side

FASTER_THAN_SPARQL = 20.0
FASTER = 1.0
BLOCK = 20
"""Questions asked of one side before the other gets them."""
SPARQL, CEDAR, REGO = "SPARQL (pyoxigraph)", "Cedar (cedarpy)", "Rego (regopy)"


def single_orders(book: RuleBook, day: int) -> list[str]:
    """Return the places with law of their own and no other order above them."""
    view = book.at(day)
    return [p for p in q.places(book, day) if len(view.orders_of(p)) == 1]


def receivers(book: RuleBook, day: int, origins: Iterable[str]) -> list[str]:
    """Return the destinations asked about: every place without rules on data coming in, and no union."""
    view = book.at(day)
    unions = {entry.group for entry in book.records.memberships.values()}
    return [
        j
        for j in sorted(book.records.jurisdictions)
        if j not in unions
        and not any(view.rules.get((o, Action.IMPORT)) for o, _ in view.orders_of(j))
        and not any(o in dict(view.orders_of(j)) and o != j for o in origins)
    ]


def agree(name: str, asked: list[q.Question], found: Mapping[int, Any], wanted: Mapping[int, Any]) -> None:
    """Hold an engine to the same answers.

    Raises:
        RuntimeError: an answer differs; names the question.
    """
    for number, (transfer, _) in enumerate(asked):
        mine, right = found[number], wanted[number]
        if mine != right:
            raise RuntimeError(
                f"{name} differs on {local(transfer.origin)} to {local(transfer.destination)}, "
                f"{local(transfer.data[0])}: {mine} instead of {right}. Facts: {dict(transfer.facts)}"
            )


def _asked(book: RuleBook, count: int) -> tuple[list[str], list[q.Question]]:
    """Return origins and questions; what they are about is compiled, their facts were never asked."""
    day = q.LATEST.toordinal()
    origins = single_orders(book, day)
    seen = q.given(book, count * 2, origins, (q.LATEST,), receivers(book, day, origins))
    for question in seen:
        decide(book, *question)
    return origins, q.otherwise(book, seen)[:count]


def _row(part: str, name: str, found: dict[str, Sample], target: float, note: str) -> Iterable[Row]:
    for engine, sample in found.items():
        yield Row(part, f"{engine}, one question", sample.median, "s", note=f"{len(sample.times)} questions")
    ratio = found[name].median / found["decide"].median
    yield Row(part, f"decide is faster than {name}", ratio, "times", target, at_least=True, note=note)


def rows_sparql(dataset: Dataset, book: RuleBook, count: int) -> Iterable[Row]:
    """Compare with SPARQL on pyoxigraph."""
    _, asked = _asked(book, count)
    store = sparql.store_of(dataset)
    ask = sparql.asker(book, store, q.LATEST.toordinal())
    times: dict[str, list[float]] = {"decide": [], SPARQL: []}
    wanted: dict[int, Status] = {}
    found: dict[int, Status] = {}

    def mine(number: int) -> None:
        wanted[number] = decide(book, *asked[number]).status

    def theirs(number: int) -> None:
        found[number] = ask(*asked[number])

    for start in range(0, len(asked), BLOCK):
        block = range(start, min(start + BLOCK, len(asked)))
        times["decide"] += each(mine, block).times
        for number in block:
            quads = sparql.state(store, asked[number][0])
            times[SPARQL] += each(theirs, [number]).times
            for quad in quads:
                store.remove(quad)
    agree("SPARQL", asked, found, wanted)
    samples = {name: Sample(tuple(sorted(t))) for name, t in times.items()}
    note = f"same status on all {len(asked)}; overrides finished in Python in SPARQL's favour"
    yield from _row("SPARQL", SPARQL, samples, FASTER_THAN_SPARQL, note)


def rows_policy_engines(book: RuleBook, count: int) -> Iterable[Row]:
    """Compare with Cedar and Rego, all three in the same rounds."""
    from . import cedar, rego

    day = q.LATEST.toordinal()
    origins, asked = _asked(book, count)
    laws = {o: policies.Law(book, o, day, receivers(book, day, origins)) for o in origins}
    found: dict[str, dict[int, Any]] = {"decide": {}, CEDAR: {}, REGO: {}}

    def decider(number: int) -> None:
        found["decide"][number] = decide(book, *asked[number]).status

    calls: dict[str, Callable[[int], object]] = {"decide": decider}
    for name, engine in ((CEDAR, cedar), (REGO, rego)):
        askers = {o: engine.asker(law) for o, law in laws.items()}
        requests = [engine.request(laws[transfer.origin], transfer) for transfer, _ in asked]

        def ask(number: int, name: str = name, askers: Any = askers, requests: Any = requests) -> None:
            found[name][number] = askers[asked[number][0].origin](requests[number])

        calls[name] = ask
    samples = side_by_side(calls, len(asked))
    wanted = {number: policies.expected(status) for number, status in found["decide"].items()}
    count_of_policies = sum(len(law.policies) for law in laws.values())
    for name in (CEDAR, REGO):
        agree(name, asked, found[name], wanted)
        note = f"same answers on all {len(asked)}; {len(origins)} origins, {count_of_policies} policies"
        yield from _row(
            name.split()[0], name, {"decide": samples["decide"], name: samples[name]}, FASTER, note
        )
