"""Metrics: what the server did, as Prometheus reads it; nothing of who asked or what."""

from __future__ import annotations

import os
from collections import defaultdict
from typing import NamedTuple

__all__ = ["BUCKETS_S", "CONTENT_TYPE", "Metrics"]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the latency histogram [s]."""


class _Latency:
    """One histogram: how many requests took at most each bound, their number and their sum."""

    __slots__ = ("counts", "sum_s")

    def __init__(self) -> None:
        self.counts = [0] * (len(BUCKETS_S) + 1)
        self.sum_s = 0.0

    def add(self, seconds: float) -> None:
        self.sum_s += seconds
        for at, bound in enumerate(BUCKETS_S):
            if seconds <= bound:
                self.counts[at] += 1
                return
        self.counts[-1] += 1


class _Asked(NamedTuple):
    route: str
    method: str
    status: int


class Metrics:
    """Counts by route and status, latencies by route, requests in flight, memory of the process."""

    def __init__(self) -> None:
        self.requests: dict[_Asked, int] = defaultdict(int)
        self.latency: dict[str, _Latency] = defaultdict(_Latency)
        self.in_flight = 0
        self.remembered: dict[str, int] = {"hit": 0, "miss": 0}

    def add(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one answered request and its time [s]; `route` is a pattern of the app, never an address somebody typed."""
        self.requests[_Asked(route, method, status)] += 1
        self.latency[route].add(seconds)

    def text(self) -> str:
        """Everything in the text format of Prometheus."""
        lines = [
            "# HELP wattgram_requests_total Requests answered.",
            "# TYPE wattgram_requests_total counter",
        ]
        for asked, count in sorted(self.requests.items()):
            lines.append(
                f'wattgram_requests_total{{route="{asked.route}",method="{asked.method}",status="{asked.status}"}} {count}'
            )
        lines += [
            "# HELP wattgram_request_seconds Time from request to answer.",
            "# TYPE wattgram_request_seconds histogram",
        ]
        for route, latency in sorted(self.latency.items()):
            running = 0
            for bound, count in zip((*BUCKETS_S, "+Inf"), latency.counts, strict=True):
                running += count
                lines.append(f'wattgram_request_seconds_bucket{{route="{route}",le="{bound}"}} {running}')
            lines.append(f'wattgram_request_seconds_sum{{route="{route}"}} {latency.sum_s:.6f}')
            lines.append(f'wattgram_request_seconds_count{{route="{route}"}} {running}')
        lines += [
            "# HELP wattgram_requests_in_flight Requests being answered.",
            "# TYPE wattgram_requests_in_flight gauge",
            f"wattgram_requests_in_flight {self.in_flight}",
            "# HELP wattgram_remembered_total Pages found among those already made, or made anew.",
            "# TYPE wattgram_remembered_total counter",
            *(
                f'wattgram_remembered_total{{found="{name}"}} {count}'
                for name, count in self.remembered.items()
            ),
        ]
        memory_bytes = _resident_bytes()
        if memory_bytes is not None:
            lines += [
                "# HELP process_resident_memory_bytes Resident memory of the process.",
                "# TYPE process_resident_memory_bytes gauge",
                f"process_resident_memory_bytes {memory_bytes}",
            ]
        return "\n".join(lines) + "\n"


def _resident_bytes() -> int | None:
    """Resident memory of this process [B]; None where the system does not say (it is left out, never 0)."""
    try:
        with open("/proc/self/statm", encoding="ascii") as handle:
            return int(handle.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None
