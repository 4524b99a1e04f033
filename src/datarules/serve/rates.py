"""How many requests a client may send: a bucket of tokens for each address, off unless a rate is set.

The headers are those of the IETF draft "RateLimit header fields for HTTP" (draft-ietf-httpapi-ratelimit-headers,
version 9): ``RateLimit-Policy`` tells the rule, ``RateLimit`` what is left; a refusal also carries
``Retry-After`` (RFC 9110 10.2.3). An IPv6 client is known by its network of 64 bits. Each worker process
counts for itself.
"""

from __future__ import annotations

import ipaddress
import math
import re
import time
from collections import OrderedDict
from collections.abc import Callable

from ..errors import ConfigError, Problem

CLIENTS = 50_000
"""Most clients remembered; the one longest silent is forgotten first."""
WINDOWS = {"second": 1, "minute": 60, "hour": 3600}
_RATE = re.compile(r"(\d{1,9})/(second|minute|hour)")
Headers = list[tuple[bytes, bytes]]


class Rate:
    """Buckets of tokens, one a client, filled evenly.

    Args:
        quota: requests a client may send in one window, all at once if it likes.
        window: seconds in which an empty bucket fills up.
        clock: seconds that never go back.
    """

    def __init__(self, quota: int, window: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.quota = quota
        self.window = window
        self.clock = clock
        self.policy = (b"ratelimit-policy", f'"client";q={quota};w={window}'.encode())
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    @classmethod
    def read(cls, text: str) -> Rate:
        """Read a rate such as ``600/minute``.

        Raises:
            ConfigError: it is not one.
        """
        found = _RATE.fullmatch(text.strip())
        if not found or not int(found[1]):
            remedy = "Write a number, a slash and second, minute or hour, for example 600/minute."
            raise ConfigError.single("--rate-limit", text, "This is no rate of requests.", remedy)
        return cls(int(found[1]), WINDOWS[found[2]])

    def take(self, host: str) -> tuple[int, Headers]:
        """Count one request of a client.

        Returns:
            Seconds to wait (0: the request may pass), and the headers for the answer.
        """
        client, now, pace = network(host), self.clock(), self.quota / self.window
        tokens, last = self._buckets.pop(client, (float(self.quota), now))
        tokens = min(float(self.quota), tokens + (now - last) * pace)
        wait = 0 if tokens >= 1 else math.ceil((1 - tokens) / pace)
        tokens -= not wait
        self._buckets[client] = tokens, now
        if len(self._buckets) > CLIENTS:
            self._buckets.popitem(last=False)
        full = math.ceil((self.quota - tokens) / pace)
        headers = [self.policy, (b"ratelimit", f'"client";r={int(tokens)};t={full}'.encode())]
        return wait, [*headers, (b"retry-after", str(wait).encode())] if wait else headers

    def refusal(self, wait: int) -> Problem:
        """Return what a client is told that has to wait."""
        reason = f"More than {self.quota:,} requests in {self.window:,} seconds came from this address."
        return Problem("client", "", reason, f"Ask again in {wait:,} seconds, or send questions in batches.")


def network(host: str) -> str:
    """Return what a client is known by: its IPv4 address, the /64 network of its IPv6 address, else the name."""
    if ":" not in host:
        return host
    try:
        address = ipaddress.IPv6Address(host.partition("%")[0])
    except ValueError:
        return host
    return str(address.ipv4_mapped or ipaddress.IPv6Network((address, 64), strict=False))
