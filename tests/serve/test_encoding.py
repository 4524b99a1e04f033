"""Content codings, rates and hosts: what stands before every door."""

from __future__ import annotations

import gzip
import json
import zlib

import httpx2
import pytest
import zstandard
from fastapi.testclient import TestClient

from datarules.errors import ConfigError
from datarules.rulebook import RuleBook
from datarules.serve.app import create_app
from datarules.serve.encoding import chosen
from datarules.serve.rates import Rate, network

from .conftest import EU_US, TODAY, problem

ROWS = "/v1/jurisdictions"
CHOICES = [
    ("", ""),
    ("gzip", "gzip"),
    ("zstd", "zstd"),
    ("gzip, deflate, br, zstd", "zstd"),
    ("gzip;q=1.0, zstd;q=0.5", "gzip"),
    ("gzip;q=0, zstd;q=0", ""),
    ("*", "zstd"),
    ("zstd;q=0, *;q=0.5", "gzip"),
    ("identity, gzip;q=0.5", ""),
    ("identity;q=0.1, gzip;q=0.5", "gzip"),
    ("br", ""),
    ("gzip;q=x", ""),
]


@pytest.mark.parametrize(("accept", "coding"), CHOICES)
def test_the_coding_is_the_one_the_client_prefers(accept: str, coding: str) -> None:
    assert chosen(accept) == coding


def raw(client: TestClient, path: str, accept: str) -> tuple[httpx2.Response, bytes]:
    """Return a response and its bytes as they were sent."""
    with client.stream("GET", path, headers={"accept-encoding": accept}) as response:
        return response, b"".join(response.iter_raw())


@pytest.mark.parametrize("path", [ROWS, "/sparql", "/v1/matrix.csv?as_of=2026-05-01&origin=EU"])
@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_answers_come_coded_and_hold_the_same(coding: str, path: str, client: TestClient) -> None:
    plain, expected = raw(client, path, "identity")
    response, sent = raw(client, path, coding)
    assert "content-encoding" not in plain.headers
    assert response.headers["content-encoding"] == coding
    assert "Accept-Encoding" in response.headers["vary"] and "Accept-Encoding" in plain.headers["vary"]
    unpacked = (
        gzip.decompress(sent)
        if coding == "gzip"
        else zstandard.ZstdDecompressor().decompressobj().decompress(sent)
    )
    assert unpacked == expected
    assert len(sent) < len(expected) / 2
    assert response.headers["etag"] == f"W/{plain.headers['etag']}"
    again = client.get(path, headers={"accept-encoding": coding, "if-none-match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "Accept-Encoding" in again.headers["vary"]


def test_small_answers_and_pictures_go_as_they_are(client: TestClient) -> None:
    for path in ("/version", "/v1/pictures/map.png?place=EU&as_of=2026-05-01"):
        response, _ = raw(client, path, "gzip, zstd")
        assert response.status_code == 200
        assert "content-encoding" not in response.headers


def test_head_and_problems_keep_to_the_same_rules(client: TestClient) -> None:
    head = client.head(ROWS, headers={"accept-encoding": "gzip"})
    assert head.headers["content-encoding"] == "gzip" and head.content == b""
    assert problem(client.get("/nothing", headers={"accept-encoding": "gzip"}), 404)


@pytest.mark.parametrize("coding", ["gzip", "zstd", "br", "gzip, gzip"])
def test_coded_bodies_are_refused_before_they_are_unpacked(coding: str, client: TestClient) -> None:
    bomb = gzip.compress(b"[" + b" " * 50_000_000 + b"]")
    response = client.post(
        "/v1/check/batch",
        content=bomb,
        headers={"content-encoding": coding, "content-type": "application/json"},
    )
    assert "Content-Encoding" in problem(response, 415)
    assert response.headers["accept-encoding"] == "identity"
    body = json.dumps(EU_US).encode()
    plain = {"content-encoding": "identity", "content-type": "application/json"}
    assert client.post("/v1/check", content=body, headers=plain).status_code == 200
    assert zlib.crc32(bomb)


@pytest.mark.parametrize("host", ["a b", "x/<script>", "a,b", 'a"b'])
def test_a_host_that_is_none_is_refused(host: str, client: TestClient) -> None:
    assert "Host" in problem(client.get("/sparql", headers={"host": host}), 400)
    assert "Host" in problem(client.get("/.well-known/void", headers={"host": host}), 400)


def test_an_address_without_end_is_refused(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datarules.serve.guard.MAX_ADDRESS", 1000)
    assert "address" in problem(client.get("/v1/check?origin=" + "x" * 1000), 414)
    assert "origin" in problem(client.get("/v1/check?destination=US&origin=" + "x" * 900), 422)


# -- rates


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_no_rate_is_told_unless_one_is_set(client: TestClient) -> None:
    assert "ratelimit" not in client.get("/health").headers


def test_a_client_over_its_rate_waits_and_is_told_how_long(book: RuleBook) -> None:
    clock = Clock()
    client = TestClient(create_app(book, today=lambda: TODAY, rate=Rate(3, 60, clock)))
    for left in (2, 1, 0):
        response = client.get("/health")
        assert response.status_code == 200
        assert response.headers["ratelimit-policy"] == '"client";q=3;w=60'
        assert response.headers["ratelimit"].startswith(f'"client";r={left};t=')
    refused = client.get("/health")
    assert "client" in problem(refused, 429)
    wait = int(refused.headers["retry-after"])
    assert 0 < wait <= 20
    assert refused.headers["x-content-type-options"] == "nosniff"
    clock.now += wait
    assert client.get("/health").status_code == 200
    assert client.get("/health").status_code == 429
    clock.now += 3600
    assert [client.get("/health").status_code for _ in range(4)] == [200, 200, 200, 429]


def test_clients_are_counted_apart_and_ipv6_by_network() -> None:
    rate = Rate(1, 60, Clock())
    assert rate.take("192.0.2.1")[0] == 0
    assert rate.take("192.0.2.1")[0] > 0
    assert rate.take("192.0.2.2")[0] == 0
    assert rate.take("2001:db8::1")[0] == 0
    assert rate.take("2001:db8::2")[0] > 0
    assert rate.take("2001:db8:0:1::2")[0] == 0
    assert network("::ffff:192.0.2.1") == "192.0.2.1"


def test_what_is_remembered_of_clients_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datarules.serve.rates.CLIENTS", 10)
    rate = Rate(1, 60, Clock())
    for number in range(1000):
        rate.take(f"host-{number}")
    assert len(rate._buckets) == 10


@pytest.mark.parametrize(
    ("text", "rate"), [("600/minute", (600, 60)), ("5/second", (5, 1)), (" 1/hour ", (1, 3600))]
)
def test_rates_are_read(text: str, rate: tuple[int, int]) -> None:
    found = Rate.read(text)
    assert (found.quota, found.window) == rate


@pytest.mark.parametrize("text", ["", "0/minute", "ten/second", "5/fortnight", "-1/second", "5"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="no rate of requests"):
        Rate.read(text)
