"""The wider views of the explorer in a real browser: matrix, islands, laboratory, divide, obstacles, conflicts, SPARQL.

Each view's story from click to file; no error in the console, no failed request, none to another host.
"""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from .browsing import MARKS, Seen, too_much

pytestmark = MARKS
COUNTS = "SELECT ?place (COUNT(?r) AS ?n) { ?r <https://w3id.org/datarules/ns#ofJurisdiction> ?place } GROUP BY ?place"
VIEWS = {
    "matrix": "/matrix",
    "lab": "/lab?kind=recognition&by=KE&of=EU",
    "bridges": "/lab/bridges/IN/RU?level=recognised",
    "mechanisms": "/lab/mechanisms",
    "portfolio": "/lab/portfolio?k=2",
    "scenario": "/lab/scenario/dpf-falls",
    "islands": "/islands",
    "divide": "/divide",
    "obstacles": "/obstacles",
    "conflicts": "/conflicts?jurisdiction=CN&other=US&data=any",
    "sparql": f"/sparql?query={quote(COUNTS)}",
}


@pytest.mark.parametrize("seen", [{}, {"width": 390, "scheme": "dark"}], indirect=True, ids=("desk", "phone"))
def test_every_view_fits_and_satisfies_axe(seen: Seen) -> None:
    assert list(too_much(seen, VIEWS)) == []


def test_the_matrix_is_walked_by_keyboard_and_opens_a_pair(seen: Seen, client: TestClient) -> None:
    page = seen.open("/matrix?order=code")
    canvas = page.locator("main canvas")
    canvas.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowRight"):
        canvas.press(key)
    codes = sorted(client.get("/v1/grid").json()["codes"])
    told = page.locator("main .detail").inner_text()
    assert codes[1] in told and codes[2] in told
    canvas.press("Enter")
    page.wait_for_url(f"**/pair/{codes[1]}/{codes[2]}**")


def test_the_grid_says_what_the_matrix_says(client: TestClient) -> None:
    grid = client.get("/v1/grid?as_of=2020-01-01").json()
    row = grid["codes"].index("EU")
    for cell in client.get("/v1/matrix?as_of=2020-01-01&origin=EU").json():
        column = grid["codes"].index(cell["destination"])
        for name in ("status", "best", "worst"):
            assert grid["scale"][int(grid[name][row][column])] == cell[name], cell["destination"]


def test_a_scenario_is_built_shown_and_taken_away(seen: Seen) -> None:
    page = seen.open("/lab")
    for field, name in (("#lab-by", "Kenya"), ("#lab-of", "Brazil")):
        page.locator(field).fill(name)
        page.locator(field).press("Enter")
    page.locator("#effect").wait_for(timeout=120_000)
    seen.settle()
    assert seen.query["by"] == ["KE"] and seen.query["of"] == ["BR"]
    rows = seen.table()
    assert ["KE", "BR"] in [row[:2] for row in rows[1:]]
    assert "dr:Rule" in seen.file("Overlay (Turtle)").decode()


def test_bridges_name_the_article_to_change(seen: Seen, client: TestClient) -> None:
    page = seen.open("/lab/bridges/IN/RU?level=recognised")
    found = client.get("/v1/bridges/IN/RU?level=recognised").json()
    text = page.locator("main").inner_text()
    for change in found["both"]["changes"]:
        assert change["text"] in text
    assert page.locator("main .cites a").count() > 0


def test_islands_go_back_in_time_and_keep_the_address(seen: Seen, client: TestClient) -> None:
    page = seen.open("/islands?date=2010-01-01&form=map")
    found = client.get("/v1/islands?as_of=2010-01-01").json()
    rows = seen.table()[1:]
    assert {r[0] for r in rows if not r[2]} == set(found["alone"])
    page.get_by_role("button", name="network").click()
    page.locator("main canvas").wait_for()
    assert seen.query["date"] == ["2010-01-01"] and "form" not in seen.query


def test_the_divide_is_a_table_too(seen: Seen, client: TestClient) -> None:
    seen.open("/divide")
    best = client.get("/v1/reach").json()["places"]
    reach = {row[0]: float(row[3]) for row in seen.table()[1:]}
    assert reach == pytest.approx({p["code"]: p["reach"] for p in best})
    assert b"<svg" in seen.file("SVG")


def test_obstacles_and_conflicts_come_as_files(seen: Seen) -> None:
    seen.open("/obstacles")
    assert len(seen.table()) > 50
    page = seen.open("/conflicts?jurisdiction=CN&data=any")
    page.locator("#conflict-two").fill("United States")
    page.locator("#conflict-two").press("Enter")
    page.wait_for_url("**other=US**")
    seen.settle()
    assert {frozenset(row[1:3]) for row in seen.table()[1:]} == {frozenset(("CN", "US"))}


def test_a_competency_question_is_asked_and_kept_in_the_address(seen: Seen, client: TestClient) -> None:
    page = seen.open("/sparql")
    example = next(q for q in client.get("/v1/queries").json() if q["name"].startswith("02"))
    page.locator("#example").select_option(example["name"])
    page.wait_for_url("**query=**")
    page.locator("main table").wait_for()
    assert seen.query["query"] == [example["query"]]
    found = json.loads(seen.file("JSON"))
    accept = {"accept": "application/sparql-results+json"}
    direct = client.get("/sparql", params={"query": example["query"]}, headers=accept).json()
    assert found["results"]["bindings"] == direct["results"]["bindings"]


def test_the_language_map_shows_who_may_learn_a_language(seen: Seen, client: TestClient) -> None:
    page = seen.open("/divide")
    page.locator("#tongue").select_option("sw")
    seen.settle()
    assert seen.query["language"] == ["sw"]
    assert "Swahili" in page.locator(".languages h2").inner_text()
    found = client.get("/v1/languages/sw").json()["places"]
    fills = page.locator(".languages path[data-code]").evaluate_all(
        "nodes => Object.fromEntries(nodes.map(n => [n.dataset.code, n.getAttribute('fill')]))"
    )
    bands = {p["code"]: int(fills[p["code"]][8]) for p in found if p["code"] in fills}
    ordered = [bands[p["code"]] for p in sorted(found, key=lambda p: p["value"]) if p["code"] in bands]
    assert ordered == sorted(ordered) and len(set(ordered)) > 1
    first = page.locator(".languages tbody tr").first.inner_text()
    assert found[0]["code"] in first
    assert b"<svg" in seen.file("Language map")
