"""The REST API as its users meet it: answers, lists, and errors that name every mistake at once."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
import rdflib
from fastapi.testclient import TestClient
from starlette.routing import Mount

from datarules import ask, cli, commands
from datarules.errors import ConfigError, DataError
from datarules.load import Dataset
from datarules.rulebook import RuleBook
from datarules.serve import run
from datarules.serve.app import create_app
from datarules.serve.schema import ANSWER

from .conftest import EU_US, TODAY, problem

SCHEMA = jsonschema.Draft202012Validator(ANSWER, format_checker=jsonschema.FormatChecker())


# -- answers


def test_get_and_post_give_the_same_answer(client: TestClient) -> None:
    query = {
        **EU_US,
        "data": ["personal", "health"],
        "purpose": "research",
        "as_of": "2016-05-01",
        "fact": "consent=yes",
    }
    by_get = client.get("/v1/check", params=query)
    body = {k: v for k, v in query.items() if k != "fact"} | {"facts": {"consent": True}}
    by_post = client.post("/v1/check", json=body)
    assert by_get.status_code == by_post.status_code == 200
    assert by_get.json() == by_post.json()
    assert by_get.json()["facts"] == {"consent": True}


def test_the_fall_of_safe_harbour_shows(client: TestClient) -> None:
    answers = [
        client.get("/v1/check", params={**EU_US, "as_of": day}).json() for day in ("2015-10-05", "2015-10-07")
    ]
    assert answers[0]["best"] == "recognised"
    assert answers[1]["best"] != "recognised"
    assert answers[0]["text"] != answers[1]["text"]


def test_without_a_day_the_question_is_about_today(client: TestClient) -> None:
    assert client.get("/v1/check", params=EU_US).json()["as_of"] == TODAY.isoformat()


def test_data_may_be_repeated_or_separated_by_commas(client: TestClient) -> None:
    repeated = client.get("/v1/check?origin=EU&destination=US&data=personal&data=health").json()
    commas = client.get("/v1/check?origin=EU&destination=US&data=personal,health").json()
    assert repeated == commas
    assert repeated["data"] == ["personal", "health"]


def test_open_gives_the_worst_case(client: TestClient) -> None:
    answer = client.get("/v1/check", params={"origin": "RU", "destination": "US", "open": "true"}).json()
    assert answer["open"] is True
    assert answer["status"] == answer["worst"]


def test_turtle_is_given_where_it_is_preferred(client: TestClient) -> None:
    turtle = client.get("/v1/check", params=EU_US, headers={"accept": "text/turtle"})
    assert turtle.headers["content-type"].startswith("text/turtle")
    graph = rdflib.Graph().parse(data=turtle.text, format="turtle")
    assert len(graph) > 5
    json_first = client.get(
        "/v1/check", params=EU_US, headers={"accept": "application/json, text/turtle;q=0.5"}
    )
    assert json_first.headers["content-type"] == "application/json"


QUESTIONS = [
    {"origin": o, "destination": d, "data": data, "as_of": day, "open": unknown}
    for o, d, data, day, unknown in [
        ("EU", "US", "personal", "2026-11-23", False),
        ("EU", "US", "personal", "2015-10-07", False),
        ("DE", "FR", "personal", "2026-11-23", False),
        ("GB", "EU", "personal", "2026-11-23", False),
        ("CN", "US", "important,personal", "2026-11-23", True),
        ("US", "CN", "health,genomic", "2026-11-23", False),
        ("RU", "US", "personal", "2026-11-23", True),
        ("IN", "SG", "payment", "2026-11-23", False),
        ("KR", "US", "geospatial", "2026-11-23", False),
        ("BR", "EU", "personal", "2026-11-23", False),
        ("VN", "JP", "personal", "2026-11-23", True),
        ("CH", "US", "personal", "2026-11-23", False),
        ("AD", "US", "open", "2026-11-23", False),
        ("JP", "JP", "personal", "1975-01-01", False),
        ("SG", "HK", "sensitive", "2026-11-23", True),
        ("HU", "US", "personal", "2003-01-01", False),
    ]
]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: f"{q['origin']}-{q['destination']}-{q['data']}")
def test_answers_keep_to_the_published_schema(client: TestClient, question: dict[str, Any]) -> None:
    answer = client.post("/v1/check", json=question)
    assert answer.status_code == 200
    assert [e.message for e in SCHEMA.iter_errors(answer.json())] == []


def test_the_published_schema_is_valid_and_strict(client: TestClient) -> None:
    published = client.get("/v1/schema/answer")
    assert published.headers["content-type"] == "application/schema+json"
    jsonschema.Draft202012Validator.check_schema(published.json())
    answer = client.get("/v1/check", params=EU_US).json()
    assert list(SCHEMA.iter_errors({**answer, "surplus": 1}))
    assert list(SCHEMA.iter_errors({**answer, "status": "fine"}))
    assert set(ANSWER["required"]) == set(answer)


def test_command_line_and_api_give_the_same_document(
    client: TestClient,
    dataset: Dataset,
    book: RuleBook,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(commands, "open_data", lambda args: (dataset, book))
    arguments = [
        "check",
        "CN",
        "US",
        "--data",
        "personal,important",
        "--date",
        "2024-04-01",
        "--fact",
        "consent=no",
        "--json",
    ]
    assert cli.main(arguments) == 0
    printed = json.loads(capsys.readouterr().out)
    query = "/v1/check?origin=CN&destination=US&data=personal,important&as_of=2024-04-01&fact=consent=no"
    served = client.get(query).json()
    for document in (printed, served):
        for key in ("asked_on", "stale"):  # the day of asking is fixed here only
            document.pop(key)
    assert printed == served


# -- batch and history


def test_a_batch_keeps_order_and_loses_nothing(client: TestClient) -> None:
    questions = [EU_US, {"origin": "XQ", "destination": "US"}, 7, {"origin": "DE", "destination": "FR"}]
    replies = client.post("/v1/check/batch", json=questions).json()
    assert [list(r) for r in replies] == [["answer"], ["problem"], ["problem"], ["answer"]]
    assert replies[0]["answer"] == client.get("/v1/check", params=EU_US).json()
    assert replies[1]["problem"]["errors"][0]["place"] == "origin"
    assert replies[3]["answer"]["status"] == "internal"


def test_a_batch_of_ten_thousand_is_answered_and_one_more_refused(client: TestClient) -> None:
    short = client.post("/v1/check/batch?form=short", json=[EU_US] * 10_000)
    assert len(short.json()) == 10_000
    assert "body" in problem(client.post("/v1/check/batch", json=[EU_US] * 10_001), 413)
    assert len(client.post("/v1/check/batch", json=[EU_US] * 300).json()) == 300
    assert client.post("/v1/check/batch", json=[]).json() == []
    assert "body" in problem(client.post("/v1/check/batch", json=EU_US), 422)
    assert "form" in problem(client.post("/v1/check/batch?form=long", json=[]), 422)
    assert "colour" in problem(client.post("/v1/check/batch?colour=red", json=[]), 422)


def test_short_answers_say_the_same_and_name_the_rule(client: TestClient) -> None:
    asked = [
        EU_US,
        {"origin": "RU", "destination": "US"},
        {"origin": "CN", "destination": "US", "data": "important"},
        7,
    ]
    short = client.post("/v1/check/batch?form=short", json=asked).json()
    full = client.post("/v1/check/batch", json=asked).json()
    assert list(short[3]) == ["problem"]
    for brief, whole in zip(short[:3], full[:3], strict=True):
        said, answer = brief["answer"], whole["answer"]
        assert {k: said[k] for k in ("status", "best", "worst")} == {
            k: answer[k] for k in ("status", "best", "worst")
        }
        rules = {one["rule"]: one["article"] for one in answer["routes"] + answer["obstacles"]}
        assert said["article"] and rules[said["rule"]] == said["article"]


def test_history_agrees_with_single_answers(client: TestClient) -> None:
    periods = client.get("/v1/history", params=EU_US).json()
    assert periods[0]["from"] == ask.EARLIEST.isoformat()
    assert [p["until"] for p in periods[:-1]] == [p["from"] for p in periods[1:]]
    assert periods[-1]["until"] is None
    for period in periods[1:]:
        answer = client.get("/v1/check", params={**EU_US, "as_of": period["from"]}).json()
        assert {k: answer[k] for k in ("status", "best", "worst")} == {
            k: period[k] for k in ("status", "best", "worst")
        }
    assert "as_of" in problem(client.get("/v1/history", params={**EU_US, "as_of": "2020-01-01"}), 422)


# -- lists


def test_jurisdictions_and_one_of_them(client: TestClient) -> None:
    codes = {row["code"] for row in client.get("/v1/jurisdictions").json()}
    assert {"EU", "US", "CN", "GB"} <= codes
    germany = client.get("/v1/jurisdictions/DE", params={"as_of": "2020-01-01"}).json()
    assert germany["as_of"] == "2020-01-01"
    assert "EU" in germany["orders"]
    assert client.get("/v1/jurisdictions/Germany").json()["code"] == "DE"
    assert problem(client.get("/v1/jurisdictions/DEU9"), 404)["code"]["value"] == "DEU9"
    assert "as_of" in problem(client.get("/v1/jurisdictions/DE?as_of=2020-13-01"), 422)


def test_a_rule_has_articles_and_an_unknown_one_suggests_its_neighbour(client: TestClient) -> None:
    rule = client.get("/v1/rules/EU/GDPR-46-2-c").json()
    assert rule["article"] == "GDPR art. 46(2)(c)"
    assert rule["address"].startswith("http")
    assert "EU/GDPR-46-2-c" in problem(client.get("/v1/rules/EU/GDPR-46-2-cc"), 404)["rule"]["remedy"]


def test_changes_lie_in_the_period_and_belong_to_the_jurisdiction(client: TestClient) -> None:
    query = {"since": "2015-01-01", "until": "2016-01-01", "jurisdiction": "EU"}
    rows = client.get("/v1/changes", params=query).json()
    assert rows
    assert all("2015-01-01" <= r["date"] < "2016-01-01" and r["jurisdiction"] == "EU" for r in rows)
    assert set(problem(client.get("/v1/changes?until=x&jurisdiction=nowhere9"), 422)) == {
        "since",
        "until",
        "jurisdiction",
    }
    assert "until" in problem(client.get("/v1/changes?since=2020-01-01&until=2019-01-01"), 422)


def test_facts_of_one_jurisdiction_are_some_of_all(client: TestClient) -> None:
    everything = {f["name"] for f in client.get("/v1/facts").json()}
    some = {f["name"] for f in client.get("/v1/facts?jurisdiction=CN").json()}
    assert some and some < everything


@pytest.mark.parametrize(
    ("path", "name"), [("categories", "personal"), ("purposes", "research"), ("sectors", "payments")]
)
def test_concepts_have_names_and_labels(client: TestClient, path: str, name: str) -> None:
    rows = {row["name"]: row for row in client.get(f"/v1/{path}").json()}
    assert rows[name]["label"]


def test_health_and_version(client: TestClient, book: RuleBook) -> None:
    health = client.get("/health").json()
    assert health["status"] == "ok" and health["rules"] == len(book.records.rules)
    assert client.get("/version").json()["data"] == book.release == health["release"]


def test_sparql_stands_beside_the_api(client: TestClient) -> None:
    response = client.get(
        "/sparql", params={"query": "ASK { ?s ?p ?o }"}, headers={"accept": "application/sparql-results+json"}
    )
    assert response.json()["boolean"] is True
    assert response.headers["x-content-type-options"] == "nosniff"
    assert problem(client.get("/sparql", params={"query": "SELECT"}), 400)


def test_without_an_endpoint_there_is_no_sparql(book: RuleBook) -> None:
    bare = TestClient(create_app(book, today=lambda: TODAY))
    assert bare.get("/sparql?query=ASK{}").status_code == 404
    assert "/sparql" not in bare.get("/openapi.json").json()["paths"]


# -- headers


def test_security_headers_stand_on_every_response(client: TestClient) -> None:
    for response in (
        client.get("/"),
        client.get("/v1/check", params=EU_US),
        client.get("/nothing"),
        client.post("/v1/check"),
    ):
        policy = response.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "no-referrer"


def test_reading_is_open_to_other_sites_and_writing_is_not(client: TestClient) -> None:
    origin = {"origin": "https://example.org"}
    assert client.get("/v1/check", params=EU_US, headers=origin).headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in client.post("/v1/check", json=EU_US, headers=origin).headers
    preflight = client.options("/v1/check", headers={**origin, "access-control-request-method": "GET"})
    assert preflight.status_code == 204 and "GET" in preflight.headers["access-control-allow-methods"]


def test_an_unchanged_answer_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/v1/check", params=EU_US)
    again = client.get("/v1/check", params=EU_US, headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304 and again.content == b""
    turtle = client.get(
        "/v1/check", params=EU_US, headers={"if-none-match": first.headers["etag"], "accept": "text/turtle"}
    )
    assert turtle.status_code == 200


# -- description


def test_the_description_names_every_route_and_no_other(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    app: Any = client.app
    pages = [r.path for r in app.state.explorer.routes()] + ["/openapi.json", "/docs"]
    shown = {path.replace(":path", "") for path in pages} - {"/sparql"}
    real = {r.path.replace(":path", "") for r in app.routes if not isinstance(r, Mount)} - shown
    assert set(described["paths"]) == real
    assert "not legal advice" in described["info"]["description"]
    for path, operations in described["paths"].items():
        routes = [r for r in app.routes if getattr(r, "path", "").replace(":path", "") == path]
        assert {m.upper() for m in operations} <= {m for r in routes for m in r.methods}


def test_every_example_of_the_description_works(client: TestClient) -> None:
    for path, operations in client.get("/openapi.json").json()["paths"].items():
        if "get" in operations and path.startswith("/v1"):
            parameters = operations["get"]["parameters"]
            address = path
            for p in parameters:
                if p["in"] == "path":
                    address = address.replace(f"{{{p['name']}}}", str(p["example"]))
            query = [
                (p["name"], str(v).lower() if isinstance(v, bool) else v)
                for p in parameters
                if p["in"] == "query" and "example" in p
                for v in (p["example"] if isinstance(p["example"], list) else [p["example"]])
            ]
            response = client.get(address, params=query)
            assert response.status_code == 200, f"{address}: {response.text}"


def test_references_in_the_description_resolve(client: TestClient) -> None:
    text = client.get("/openapi.json").text
    schemas = json.loads(text)["components"]["schemas"]
    named = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert named <= set(schemas)
    assert "#/$defs/" not in text


# -- starting


def test_the_server_refuses_invalid_data(tmp_path: Any) -> None:
    folder = tmp_path / "jurisdictions"
    folder.mkdir()
    (folder / "XX.ttl").write_text("this is not Turtle", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        run.run("127.0.0.1", 0, 1, str(tmp_path))
    assert "XX.ttl" in caught.value.problems[0].place


def test_the_server_refuses_a_folder_without_data(tmp_path: Any) -> None:
    with pytest.raises(ConfigError) as caught:
        run.run("127.0.0.1", 0, 1, str(tmp_path / "none"))
    assert "none" in caught.value.problems[0].value


@pytest.mark.parametrize(("port", "workers"), [(70000, 1), (-1, 1), (0, 0)])
def test_the_server_refuses_settings_that_cannot_work(
    monkeypatch: pytest.MonkeyPatch, port: int, workers: int
) -> None:
    monkeypatch.setattr(run, "_opened", lambda *where: None)
    with pytest.raises(ConfigError) as caught:
        run.run("127.0.0.1", port, workers, None)
    assert caught.value.problems[0].remedy
