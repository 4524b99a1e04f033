"""ASEAN and the model clauses: where they carry data, whose law would have to move first, and a bridge to the EU."""

from __future__ import annotations

from engine import DAY, Page, shares

from datarules import whatif, wording
from datarules.asked import read
from datarules.matrix import NUMBER, STATUSES, frame, matrix
from datarules.pictures.plots import Bar, bars
from datarules.vocab import Status

LEVEL = Status.SAFEGUARDS
KIND = "standard-contract"


def page(page: Page) -> None:
    """Put the study."""
    study = page.study
    asked = read(page.book, DAY, one=True)
    fit = study.fit(asked, KIND, LEVEL, "ASEAN")
    total = len(fit.members) * (len(fit.members) - 1)
    page.say(
        f"The Association of Southeast Asian Nations published model clauses for transfers between its members. "
        f"Clauses carry data only where the law of the exporter lets clauses carry data. Of the {len(fit.members)} "
        f"members in the graph {len(fit.accepts)} have a rule that accepts standard clauses "
        f"({', '.join(page.label(p) for p in fit.accepts) or 'none'})."
    )
    page.claim(
        len(fit.carried) <= len(fit.today) <= total,
        f"Of {total} ordered pairs of members {len(fit.today)} are open at `{LEVEL.value}` or freer on {DAY.isoformat()}; "
        f"{len(fit.carried)} of these can be carried by clauses, the others are open by other law or by having none.",
    )
    _matrix(page, list(fit.members))
    _needs(page, fit)
    _bridge(page)
    page.say(
        "## What is not said",
        "An open default is not protection: where a member has no general law, data leave freely and nothing follows "
        "them. `unknown` is no permission. The clauses themselves are guidance; whether an authority accepts them in "
        "the single case is not in the graph.",
    )


def _matrix(page: Page, members: list[str]) -> None:
    book = page.book
    asked = frame(book, places=members)
    found = matrix(book, asked, DAY.toordinal())
    codes = [book.records.jurisdictions[p].code for p in asked.places]
    page.say("## Pair by pair", "Rows send, columns receive; personal data, baseline profile.")
    rows = []
    for n, code in enumerate(codes):
        cells = [STATUSES[int(x)].value if n != m else "–" for m, x in enumerate(found.status[0, n])]
        rows.append((page.label(code), *cells))
    page.table(("from \\ to", *codes), rows)
    level = NUMBER[LEVEL]
    reached, low, high = {}, {}, {}
    for n, code in enumerate(codes):
        others = [m for m in range(len(codes)) if m != n]
        for grid, into in ((found.status, reached), (found.worst, low), (found.best, high)):
            into[code] = sum(grid[0, n, m] <= level for m in others) / len(others)
    drawn = [Bar(page.label(c), x, min(low[c], x), max(high[c], x)) for c, x in shares(reached)]
    heading = page.heading(
        "Where members of ASEAN let personal data go", "other members, at safeguards or freer"
    )
    page.figure(
        "open",
        bars(heading, drawn, "svg", measure="share of the other members"),
        "Share of the other members to which each lets personal data go, with best and worst case",
    )


def _needs(page: Page, fit: object) -> None:
    needs = fit.needs  # type: ignore[attr-defined]
    page.say("## Who would have to move first")
    if not needs:
        page.say("No single change that belongs to the clauses would open a further pair.")
    else:
        page.say("For pairs that are shut, the change that would let clauses carry them, the cheapest first:")
        rows = []
        for need in needs:
            rule = page.book.records.rules.get(need.change.rule)
            who = ", ".join(page.label(p) for p in need.origins)
            rows.append(
                (who, wording.change(page.book, need.change), page.cite(rule) if rule else "–", need.kind)
            )
        page.table(("by", "change", "article", "class of act"), rows)
    page.say(
        f"With every such change made and every pair decided again, {fit.after} ordered pairs are open "  # type: ignore[attr-defined]
        f"and {fit.after_mutual} pairs both ways ({fit.mutual} today). "  # type: ignore[attr-defined]
        f"{len(fit.blocked)} ordered pairs stay shut."  # type: ignore[attr-defined]
    )
    bans = {rule.iri: rule for one in fit.blocked for rule in one.bans}  # type: ignore[attr-defined]
    if bans:
        page.say("What blocks those:")
        page.listed(f"{rule.label} ({page.cite(rule)})" for rule in list(bans.values())[:8])


def _bridge(page: Page) -> None:
    study = page.study
    after = study.suppose("eu-asean-clauses")
    effect = study.effect(after, study.asked_of(after.scenario, {}), LEVEL)
    n = whatif.counts(effect)
    origins = sorted({page.label(one.origin) for one in effect.pairs})
    page.say(
        "## A bridge to the European Union",
        f"The scenario `eu-asean-clauses` (imagined, from {after.scenario.start.isoformat()}): {after.scenario.definition} "
        f"It changes {n['changed']:,} of {n['pairs']:,} ordered pairs; {n['opened']} open at `{LEVEL.value}`, "
        f"{n['closed']} close. The pairs that change start in {', '.join(origins) or 'no place'}. "
        f"{len(effect.arisen)} conflicts arise.",
    )
    page.claim(
        n["closed"] == 0,
        "A further route closes nothing: that is the point of recognition beside a closed default.",
    )
