"""The table of people: built from CLDR as said, the same bytes each time, and read as it was written."""

from __future__ import annotations

from pathlib import Path

import pytest

from datarules import bundled, people, people_build
from datarules.errors import ConfigError

WEB = Path(__file__).parent.parent / "web"
CONTAINS = {
    "001": {"_contains": ["002", "009"]},
    "002": {"_contains": ["014"]},
    "014": {"_contains": ["KE"]},
    "009": {"_contains": ["QO"]},
    "QO": {"_contains": ["AQ"]},
    "003": {"_contains": ["KE"], "_grouping": "true"},
}


@pytest.mark.skipif(
    not (WEB / "node_modules" / "cldr-core").is_dir(), reason="the packages are not installed"
)
def test_building_again_gives_the_bundled_bytes() -> None:
    assert people_build.build(WEB) == bundled.people_file().read_text(encoding="utf-8")


def test_a_missing_package_is_named_with_the_command(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="make bundle"):
        people_build.build(tmp_path)


def test_a_missing_table_is_named_with_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bundled, "_HERE", tmp_path)
    assert people.at_hand() is None
    with pytest.raises(ConfigError, match="make bundle"):
        people.people()


def test_regions_follow_the_tree_and_not_the_groupings() -> None:
    assert people_build.regions(CONTAINS) == {"KE": ("002", "014"), "AQ": ("009", "QO")}


def test_the_script_is_the_one_likely_in_the_territory() -> None:
    likely = {"pa": "pa-Guru-IN", "pa-PK": "pa-Arab-PK"}
    assert people_build.script("pa", "PK", likely, {}) == "Arab"
    assert people_build.script("pa", "CA", likely, {}) == "Guru"
    assert people_build.script("uz_Cyrl", "UZ", likely, {}) == "Cyrl"
    assert people_build.script("xx", "KE", likely, {"xx": {"_scripts": ["Ethi"]}}) == "Ethi"
    assert people_build.script("yy", "KE", likely, {}) == people_build.UNWRITTEN


def test_every_share_is_one_and_parts_of_states_have_no_people() -> None:
    found = people.people()
    assert len(found.territories) > 240
    for one in found.territories.values():
        assert one.people > 0 and "-" not in one.code
        assert one.literacy is None or 0 < one.literacy <= 1
        assert all(0 < s.share <= 1 and len(s.script) == 4 for s in one.speech)
    assert found.region("XK") == "Europe" and found.subregion("KE") == "Eastern Africa"
    assert "CLDR" in found.source


@pytest.mark.parametrize("groups", [2, 3, 4])
def test_income_groups_are_equal_parts_in_the_order_of_product_per_head(groups: int) -> None:
    found = people.people()
    member = found.income(found.territories, groups)
    sizes = [list(member.values()).count(word) for word in people.GROUP_WORDS[groups]]
    assert max(sizes) - min(sizes) <= 1 and sum(sizes) == len(member)
    order = [member[c] for c in sorted(member, key=lambda c: found.territories[c].per_head or 0)]
    assert list(dict.fromkeys(order)) == list(people.GROUP_WORDS[groups])
