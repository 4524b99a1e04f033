"""Whose languages can AI learn from? Lawful data reach by language, and what would open most."""

from __future__ import annotations

from engine import DAY, Page, interval

from datarules import draw_reach, wording
from datarules.portfolio import Limit
from datarules.vocab import Status

LEVEL = Status.SAFEGUARDS
SHOWN = 12
CHANGES = 5


def page(page: Page) -> None:
    """Put the study."""
    study = page.study
    asked = study.ask_reach(DAY.isoformat())
    found = study.languages(asked, LEVEL)
    names = study.inhabitants().languages
    closed = [one for one in found if one.closed]
    law = [one for one in closed if one.closed_by_law]
    sure = [one for one in closed if one.surely_closed]
    spoken = sum(one.speakers for one in closed) / sum(one.speakers for one in found)
    page.say(
        f"A model learns the languages whose speakers' data it may lawfully be fed. For personal data gathered to train a "
        f"model, sent for AI training, on {DAY.isoformat()}: whose languages may builders outside the speakers' own "
        f"island learn from?"
    )
    page.claim(
        0 < len(sure) <= len(law) <= len(closed) < len(found),
        f"Of {len(found)} languages that {study.inhabitants().source} counts speakers of, {len(closed)} are closed: no one "
        f"outside their island can lawfully learn them at `{LEVEL.value}` or freer, pairs whose law is not encoded taken "
        f"as shut. {len(law)} of these stay closed with such pairs taken as open, so that encoded law does it; "
        f"{len(sure)} are closed in every variant. Closed languages have {spoken:.1%} of all speakers (people who speak "
        f"several are counted for each).",
    )
    page.figure(
        "chart",
        draw_reach.language_chart(study, asked, "svg", LEVEL),
        "Share of speakers whose data may leave their island, for the largest languages and the largest closed ones",
    )
    page.say(
        "## The largest closed languages", "Speakers whose data may leave their island, with the interval:"
    )
    page.table(
        ("language", "speakers", "spoken in", "may be learnt abroad", "by encoded law"),
        [
            (
                names.get(one.code, f"`{one.code}`"),
                f"{one.speakers / 1e6:,.1f} million",
                ", ".join(page.label(c) for c in one.places[:4]),
                interval(one.abroad),
                "yes" if one.closed_by_law else "not known",
            )
            for one in sorted(law, key=lambda x: -x.speakers)[:SHOWN]
        ],
    )
    _who(page)
    _rules(page)
    page.say(
        "## What is not said",
        "Speakers are today's, from CLDR, which counts people and not the texts they write. Public and published texts "
        "may be free to gather under rules on text and data mining that are not rules on transfer; data opened by states "
        "have rules of their own. A rule that closes a language may protect its speakers: reach does not weigh that.",
    )


def _who(page: Page) -> None:
    study = page.study
    asked = study.ask_reach(DAY.isoformat())
    divide = study.divide(asked, LEVEL)
    now = divide.actual
    page.say(
        "## Who can learn",
        f"The mean inhabitant of the world lives where builders may use the data of {interval(now.mean)} of the world's "
        f"people. The Gini coefficient of that reach is {now.gini.value:.3f} ({now.gini.low:.3f} to {now.gini.high:.3f}); "
        f"{now.size.value:.3f} of it is size (own people), {now.law.value:.3f} is law. Under full localisation it would be "
        f"{divide.localised.gini.value:.3f}, without rules {divide.no_rules.gini.value:.3f}.",
    )
    page.figure(
        "lorenz",
        draw_reach.lorenz_curve(study, asked, "svg", LEVEL),
        "Lorenz curves of data reach: under the profile, in the worst case, and under full localisation",
    )


def _rules(page: Page) -> None:
    study = page.study
    asked = study.ask_reach(DAY.isoformat())
    chooser = study.chooser(asked, LEVEL, "languages", mutual=False)
    found = chooser.exact(Limit(CHANGES))
    page.say(
        "## What would open most",
        f"Counted as pairs of a place and a language not its own that builders there may learn, today's law joins "
        f"{found.base:,.0f}. The {len(found.choices)} changes of law that join most add {found.decided:,.0f}, decided "
        f"again as a whole; the choice is exact (gap {found.gap:.2%}):",
    )
    page.claim(
        found.gain > 0 and found.gap == 0, "It is a choice among changes any one legal order could make."
    )
    rows = []
    for one in found.choices:
        rule = page.book.records.rules.get(one.change.rule)
        rows.append(
            (
                wording.change(page.book, one.change),
                page.cite(rule) if rule else "–",
                one.kind,
                f"{one.alone:,.0f}",
            )
        )
    page.table(("change", "article", "class of act", "adds alone"), rows)
    page.say(
        "The table names what stands in the way; it does not say that the rule should go. A recognition or a list entry "
        "beside the rule can do the same for chosen destinations (`datarules bridges`)."
    )
