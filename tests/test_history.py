"""The history of a pair: dated events with the act that caused each."""

from __future__ import annotations

import json
from datetime import date

import pytest

from datarules import ask, cli, history
from datarules.decide import decide
from datarules.rulebook import RuleBook


def test_periods_say_what_each_day_says(book: RuleBook) -> None:
    question, _ = ask.transfer(book, "CN", "DE")
    periods = history.Periods()
    for day, found in history.walk(book, question, date(2015, 1, 1)):
        periods.add(day, found)
    for row in periods.rows:
        first = date.fromisoformat(row["from"]).toordinal()
        last = date.fromisoformat(row["until"]).toordinal() - 1 if row["until"] else first + 400
        for day_number in {first, (first + last) // 2, last}:
            found = decide(book, question, day_number)
            assert (found.status.value, found.best.value, found.worst.value) == (
                row["status"],
                row["best"],
                row["worst"],
            )
    assert len(periods.rows) > 3


@pytest.mark.parametrize(("origin", "destination"), [("KE", "DE"), ("US-TX", "CN"), ("AE-DIFC", "GB")])
def test_days_that_are_left_out_change_nothing(book: RuleBook, origin: str, destination: str) -> None:
    question, _ = ask.transfer(book, origin, destination)
    found = {day.toordinal(): one for day, one in history.walk(book, question, history.FIRST_DAY)}
    assert len(found) < len(book.epochs) / 3
    known = sorted(found)
    for day in [d for d in book.epochs if d > known[0]][::9]:
        said = found[max(d for d in known if d <= day)]
        truth = decide(book, question, day)
        assert (said.status, said.best, said.worst) == (truth.status, truth.best, truth.worst)


def test_the_fall_of_safe_harbour_is_told_with_its_judgment(capsys: pytest.CaptureFixture[str]) -> None:
    command = "diff EU US --from 2015-01-01 --to 2016-01-01 --fact recipient-safe-harbour-certified --json"
    assert cli.main(command.split()) == 0
    rows = json.loads(capsys.readouterr().out)
    (fall,) = [row for row in rows if row["before"] and row["before"]["status"] != row["after"]["status"]]
    assert (fall["before"]["status"], fall["after"]["status"]) == ("recognised", "safeguards")
    assert fall["date"] == "2015-10-06"
    assert any(c["event"] == "ends" and "C-362/14" in c["article"] for c in fall["causes"])


def test_a_wrong_day_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["diff", "EU", "US", "--to", "2016-02-30"]) == 2
    said = capsys.readouterr()
    assert not said.out
    assert "2016-02-30" in said.err
