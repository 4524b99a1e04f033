"""The explorer in a real browser: each view's story from click to file, on a desk and on a phone.

No error in the console, no failed request, none to another host, no violation found by axe.
"""

from __future__ import annotations

import csv
import json
import re
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient

from .browsing import DESK, MARKS, PHONE, Seen, too_much

pytestmark = MARKS
VIEWS = {
    "start": "/",
    "map": "/map/EU?date=2020-01-01",
    "pair": "/pair/EU/US",
    "pair-unknown": "/pair/KP/US",
    "jurisdictions": "/jurisdictions",
    "jurisdiction": "/jurisdiction/KE",
    "rule": "/rule/EU/GDPR-46-2-c",
    "search": "/search?q=gdpr+art+49",
    "changes": "/changes?since=2025-01-01",
    "coverage": "/coverage",
    "about": "/about",
    "nowhere": "/nowhere",
}


# -- every view


@pytest.mark.parametrize(
    "seen",
    [{"width": width, "scheme": scheme} for width, scheme in ((DESK, "light"), (PHONE, "dark"))],
    indirect=True,
    ids=("desk", "phone"),
)
@pytest.mark.mistakes
def test_every_view_fits_and_satisfies_axe(seen: Seen) -> None:
    assert list(too_much(seen, VIEWS)) == []
    wrong = [one for one in seen.complaints if "404" not in one]
    assert wrong == []
    assert [one for one in seen.failed if not one.endswith("/nowhere")] == []


@pytest.mark.parametrize("seen", [{"locale": "ar-EG", "width": PHONE}], indirect=True)
def test_arabic_runs_from_right_to_left(seen: Seen) -> None:
    page = seen.open("/pair/KE/DE")
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert "كينيا" in page.locator("h1").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("#language").select_option("fr")
    page.wait_for_selector("html[lang=fr][dir=ltr]")
    assert "Allemagne" in page.locator("h1").inner_text()
    assert seen.query["lang"] == ["fr"]
    page.reload()
    seen.settle()
    assert page.locator("html").get_attribute("lang") == "fr"


def test_the_appearance_can_be_chosen_and_is_kept(seen: Seen) -> None:
    page = seen.open("/about")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Appearance").click()
    page.get_by_role("button", name="Appearance").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    page.reload()
    seen.settle()
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_the_first_view_is_light(seen: Seen) -> None:
    names: dict[str, str] = {}
    sizes: dict[str, int] = {}

    def named(event: dict[str, Any]) -> None:
        names[event["requestId"]] = event["response"]["url"]

    def finished(event: dict[str, Any]) -> None:
        sizes[event["requestId"]] = int(event["encodedDataLength"])

    session = seen.page.context.new_cdp_session(seen.page)
    session.send("Network.enable")
    session.on("Network.responseReceived", named)
    session.on("Network.loadingFinished", finished)
    seen.open("/")
    scripts = sum(size for one, size in sizes.items() if names.get(one, "").endswith(".js"))
    assert 0 < scripts < 120_000


# -- map


def test_from_the_world_to_a_place_to_a_pair(seen: Seen) -> None:
    page = seen.open("/")
    page.locator("path[data-code=BR]").click()
    page.wait_for_url("**/map/BR")
    seen.settle()
    assert page.locator("h1").inner_text() == "Where data may go from Brazil"
    page.locator("path[data-code=CN]").hover()
    assert "China" in page.locator(".detail").inner_text()
    page.locator("path[data-code=CN]").click()
    page.wait_for_url("**/pair/BR/CN")
    page.go_back()
    page.wait_for_url("**/map/BR")


def test_the_map_is_what_the_service_says_on_that_day(seen: Seen, client: TestClient) -> None:
    page = seen.open("/map/EU?date=2015-10-07")
    rows = client.get("/v1/matrix?origin=EU&as_of=2015-10-07").json()
    fills = page.locator("path[data-code]").evaluate_all(
        "nodes => Object.fromEntries(nodes.map(n => [n.dataset.code, n.getAttribute('fill')]))"
    )
    for row in rows:
        if row["destination"] in fills:
            assert fills[row["destination"]] == f"url(#map-{row['status']})", row
    page.get_by_role("button", name="Show all").click()
    assert page.locator("main tbody tr").count() == len(rows)


def test_the_slider_goes_from_change_to_change_and_writes_the_address(seen: Seen) -> None:
    page = seen.open("/map/EU?date=2016-07-01")
    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**date=2016-07-12**")
    seen.settle()
    assert page.locator("#ask-date").input_value() == "2016-07-12"
    page.keyboard.press("Home")
    page.wait_for_url("**date=1995-01-01**")


def test_the_map_answers_to_the_keyboard(seen: Seen) -> None:
    page = seen.open("/map/DE?direction=to")
    assert page.locator("h1").inner_text() == "From where data may come to Germany"
    page.get_by_role("application").focus()
    page.keyboard.press("ArrowUp")
    told = page.locator(".detail strong").inner_text()
    assert told
    page.keyboard.press("+")
    drawing = page.locator("svg[role=application] > g")
    seen.expect(drawing).to_have_attribute("transform", re.compile(r"scale\(1\.6"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/pair/**")
    assert seen.path.endswith("/DE")


def test_files_of_the_map(seen: Seen) -> None:
    seen.open("/map/KE")
    shown = ElementTree.fromstring(seen.file("SVG as shown"))
    assert shown.tag.endswith("svg")
    assert b"var(" not in seen.file("SVG as shown")
    assert seen.file("PNG").startswith(b"\x89PNG")
    rows = list(csv.DictReader(seen.file("CSV").decode().splitlines()))
    assert {row["origin"] for row in rows} == {"KE"}
    seen.open("/map")
    listed = list(csv.DictReader(seen.file("CSV").decode("utf-8-sig").splitlines()))
    assert {row["code"] for row in listed} >= {"EU", "KE"}


# -- pair


@pytest.mark.parametrize("seen", [{"width": DESK}, {"width": PHONE}], indirect=True, ids=("desk", "phone"))
def test_a_person_asks_reads_and_finds_the_law(seen: Seen) -> None:
    page = seen.open("/pair")
    page.get_by_role("combobox", name="From", exact=True).fill("Europaen Unoin")
    page.locator("[role=option]").first.click()
    page.get_by_role("combobox", name="To", exact=True).fill("us")
    page.keyboard.press("Enter")
    page.wait_for_url("**/pair/EU/US")
    seen.settle()
    assert page.locator("[data-status]").evaluate_all("nodes => nodes.map(n => n.dataset.status)") == [
        "safeguards",
        "free",
    ]
    hrefs = page.locator("main .cites a").evaluate_all("links => links.map(a => a.href)")
    assert any("eur-lex.europa.eu" in h or "data.europa.eu" in h for h in hrefs)
    assert all(urlsplit(h).scheme in ("http", "https") for h in hrefs)
    rows = list(csv.DictReader(seen.file("CSV").decode("utf-8-sig").splitlines()))
    assert {(row["origin"], row["destination"]) for row in rows} == {("EU", "US"), ("US", "EU")}


def test_links_of_articles_are_those_of_the_api(seen: Seen, client: TestClient) -> None:
    page = seen.open("/pair/EU/US")
    text = json.dumps(client.get("/v1/pairs/EU/US").json(), ensure_ascii=False)
    shown = set(page.locator("main .cites a").evaluate_all("links => links.map(a => a.getAttribute('href'))"))
    assert shown
    assert [one for one in shown if json.dumps(one, ensure_ascii=False) not in text] == []


def test_the_address_restores_the_question(seen: Seen) -> None:
    path = "/pair/EU/US?date=2015-10-07&data=health&data=financial&purpose=research&fact=consent=no&way=back"
    page = seen.open(path)
    assert page.locator("#ask-date").input_value() == "2015-10-07"
    assert page.locator("#ask-data").input_value() == "health"
    page.get_by_role("button", name="Circumstances").click()
    assert page.locator("#ask-data-1").input_value() == "financial"
    assert page.locator("#ask-purpose").input_value() == "research"
    assert (
        page.get_by_role("link", name="United States → European Union").get_attribute("aria-current")
        == "true"
    )
    page.locator("#ask-date").fill("2015-10-05")
    page.wait_for_url("**date=2015-10-05**")
    assert seen.query["fact"] == ["consent=no"]
    page.go_back()
    page.wait_for_url("**date=2015-10-07**")
    assert page.locator("#ask-date").input_value() == "2015-10-07"


def test_addresses_of_the_former_page_still_lead_there(seen: Seen) -> None:
    seen.open("/?origin=EU&destination=US&as_of=2015-10-07")
    assert seen.path == "/pair/EU/US"
    assert seen.query["date"] == ["2015-10-07"]


def test_a_deciding_fact_asks_again(seen: Seen) -> None:
    page = seen.open("/pair/EU/US")
    fact = page.get_by_role("group", name="recipient is on the Data Privacy Framework list").first
    fact.get_by_role("button", name="Yes").press("Enter")
    page.locator("[data-status=recognised]").wait_for()
    assert "recipient-dpf-certified=yes" in seen.query["fact"]
    assert fact.locator("[aria-pressed=true]").inner_text() == "Yes"


def test_swapping_turns_the_question_round(seen: Seen) -> None:
    page = seen.open("/pair/EU/GB")
    page.get_by_role("button", name="Turn the direction round").click()
    page.wait_for_url("**/pair/GB/EU")
    assert page.get_by_role("combobox", name="From", exact=True).input_value().endswith("(GB)")


def test_a_period_of_the_history_asks_about_its_first_day(seen: Seen) -> None:
    page = seen.open("/pair/EU/US")
    page.locator("main .past details").first.locator("summary").click()
    period = page.locator("main .past details").first.get_by_role("button").nth(2)
    day = period.inner_text().split(" to ")[0]
    period.press("Enter")
    page.wait_for_url(f"**date={day}**")
    seen.settle()
    assert day in page.locator("main section", has_text="European Union → United States").first.inner_text()


@pytest.mark.mistakes
def test_mistakes_are_told_with_the_remedy(seen: Seen) -> None:
    page = seen.open("/pair/Frnce/US")
    assert "France" in page.get_by_role("alert").first.inner_text()
    assert page.locator("#ask-from").get_attribute("aria-invalid") == "true"
    assert page.locator("[data-status]").count() == 0
    assert all("/v1/" in one for one in seen.failed)


@pytest.mark.mistakes
def test_a_silent_service_is_told_and_asked_again(seen: Seen) -> None:
    page = seen.open("/pair/EU/US")
    page.route("**/v1/check**", lambda route: route.abort())
    page.locator("#ask-date").fill("2019-01-01")
    page.get_by_role("alert").wait_for()
    assert "does not answer" in page.get_by_role("alert").inner_text()
    page.unroute("**/v1/check**")
    page.get_by_role("button", name="Try again").click()
    page.locator("[data-status]").first.wait_for()


def test_unknown_is_an_answer_of_its_own(seen: Seen) -> None:
    page = seen.open("/pair/KP/US")
    assert page.locator("[data-status]").first.get_attribute("data-status") == "unknown"
    assert "Unknown is not permission" in page.locator("main").inner_text()


def test_on_paper_the_answer_stands_alone(seen: Seen) -> None:
    page = seen.open("/pair/EU/US")
    page.emulate_media(media="print")
    assert not page.locator("header").is_visible()
    assert not page.locator("#ask-from").is_visible()
    assert page.locator("[data-status]").first.is_visible()
    assert "not legal advice" in page.locator("footer").inner_text()
    after = page.locator("main .cites a").first.evaluate("a => getComputedStyle(a, '::after').content")
    assert "http" in after


# -- jurisdiction, rule, search, changes, coverage


@pytest.mark.parametrize("seen", [{"width": DESK}, {"width": PHONE}], indirect=True, ids=("desk", "phone"))
def test_from_a_search_to_a_place_to_a_rule_to_its_article(seen: Seen, client: TestClient) -> None:
    page = seen.open("/about")
    page.keyboard.press("/")
    page.keyboard.type("kenia")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=kenia")
    page.locator("main ol").get_by_role("link", name="Kenya", exact=True).first.click()
    page.wait_for_url("**/jurisdiction/KE")
    seen.settle()
    rules = client.get("/v1/jurisdictions/KE").json()["rules"]
    assert page.locator("main .rules > li").count() == len(rules)
    saved = list(csv.DictReader(seen.file("Rules as CSV").decode("utf-8-sig").splitlines()))
    assert {row["rule"] for row in saved} == {rule["rule"] for rule in rules}
    first = page.locator("main .rules > li a").first
    label = first.inner_text()
    first.click()
    page.wait_for_url("**/rule/KE/**")
    seen.settle()
    assert page.locator("h1").inner_text() == label
    assert page.evaluate("document.activeElement.id") == "main"
    href = page.locator("main .articles a").first.get_attribute("href")
    assert href in {c["address"] for rule in rules for c in rule["citations"]}


def test_a_rule_says_what_it_decides_and_stands_in_turtle(seen: Seen) -> None:
    page = seen.open("/rule/EU/GDPR-46-2-c")
    assert "Carries the answer for" in page.locator("main").inner_text()
    page.get_by_text("The same in Turtle").click()
    page.locator("pre").wait_for()
    assert "dr:Permission" in page.locator("pre").inner_text()
    assert b"dr:Rule" in seen.file("Turtle")
    assert json.loads(seen.file("JSON"))["rule"] == "EU/GDPR-46-2-c"


def test_an_article_is_found_though_mistyped(seen: Seen) -> None:
    page = seen.open("/search")
    page.locator("#find").fill("gpdr art 49")
    page.wait_for_url("**q=gpdr**")
    seen.settle()
    page.locator("main ol li").first.wait_for()
    assert "art. 49" in page.locator("main ol li").first.inner_text()
    page.locator("#find").fill("qqqqxxxx")
    page.get_by_text("Nothing is called").wait_for()


def test_changes_can_be_narrowed_followed_and_taken_away(seen: Seen, client: TestClient) -> None:
    page = seen.open("/changes?since=2010-01-01")
    page.locator("#changes-place").fill("India")
    page.keyboard.press("Enter")
    page.wait_for_url("**jurisdiction=IN**")
    seen.settle()
    rows = list(csv.DictReader(seen.file("CSV").decode("utf-8-sig").splitlines()))
    assert rows and {row["jurisdiction"] for row in rows} == {"IN"}
    feed = page.get_by_role("link", name="Atom").first.get_attribute("href")
    assert client.get(feed).headers["content-type"] == "application/atom+xml"


def test_coverage_names_what_is_old(seen: Seen, client: TestClient) -> None:
    page = seen.open("/coverage")
    total = client.get("/v1/coverage").json()["totals"]["rules"]["all"]
    assert f"{total:,}" in page.locator("main").inner_text()
    page.get_by_role("button", name="over 365 days").click()
    page.wait_for_url("**stale=365**")
    seen.settle()
    assert "No reading is that old." in page.locator("main").inner_text()


# -- cases, freshness


def test_a_rule_shows_its_cases_and_each_opens_as_its_question(seen: Seen, client: TestClient) -> None:
    page = seen.open("/rule/EU/GDPR-46-2-c")
    cases = client.get("/v1/cases?rule=EU/GDPR-46-2-c").json()
    shown = page.locator("main .cases li")
    assert shown.count() < len(cases)
    page.get_by_role("button", name=f"Show all {len(cases)}").click()
    seen.settle()
    assert shown.count() == len(cases)
    at = next(n for n, case in enumerate(cases) if case["facts"])
    case = cases[at]
    shown.nth(at).get_by_role("link").click()
    page.wait_for_url("**/pair/**")
    seen.settle()
    assert seen.path == f"/pair/{case['origin']}/{case['destination']}"
    assert seen.query["date"] == [case["date"]]
    assert len(seen.query["fact"]) == len(case["facts"])
    status = page.locator("main [data-status]").first.get_attribute("data-status")
    assert status == case["status"]


def test_a_jurisdiction_shows_the_cases_written_for_it(seen: Seen, client: TestClient) -> None:
    page = seen.open("/jurisdiction/KE")
    first = client.get("/v1/cases?jurisdiction=KE").json()[0]
    assert page.locator("main .cases li").first.get_by_role("link").inner_text() == first["name"]


def test_the_footer_tells_release_and_freshness(seen: Seen, client: TestClient) -> None:
    page = seen.open("/about")
    told = page.locator("footer").inner_text()
    assert client.get("/version").json()["data"] in told
    days = sorted(p["reviewed_on"] for p in client.get("/v1/jurisdictions").json() if p["rules"])
    assert days[0] in told and days[-1] in told
    page.locator("footer").get_by_role("link", name="How fresh is it?").click()
    page.wait_for_url("**/coverage")


def test_an_answer_on_an_old_reading_is_marked(seen: Seen) -> None:
    def old(route: Any) -> None:
        reply = route.fetch()
        route.fulfill(response=reply, json={**reply.json(), "stale": True, "oldest_reading": "2020-02-02"})

    seen.page.route("**/v1/check?*", old)
    page = seen.open("/pair/EU/US")
    assert "2020-02-02" in page.locator("main .stale").first.inner_text()
    seen.page.unroute("**/v1/check?*")
    seen.open("/pair/EU/JP")
    assert page.locator("main .stale").count() == 0
