"""Load on the web calculator, next to a bare FastAPI hello page in the same run; a report, nothing fails here.

python benchmarks/web.py [--seconds 60] [--connections 16]

Each server is a process of its own on a free port of this machine; this process asks, over connections that are kept
and do not wait to fill a packet (TCP_NODELAY at both ends). CPU time of the server is what counts on a shared machine;
requests per second are told beside it. `same` asks one address again and again (a link that is shared), `varied` never
asks the same twice (every answer is computed), `mixed` asks three times in four for one of a hundred. Growth of memory
is that of the second half of a load, when what is remembered has filled.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

HELLO = """
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
app = FastAPI()
@app.get("/")
async def hello():
    return HTMLResponse("<!doctype html><title>hello</title><p>hello")
"""
PAGE = "from wattgram.web import create_app\napp = create_app()\n"
SERVE = """
import sys, threading, time, uvicorn
exec(sys.argv[1])
server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", access_log=False))
def tell():
    while not server.started:
        time.sleep(0.01)
    print(server.servers[0].sockets[0].getsockname()[1], flush=True)
threading.Thread(target=tell, daemon=True).start()
server.run()
"""
"""The server binds for itself, so that its connections have TCP_NODELAY; without it every answer waits for a delayed ACK."""
PLACES = ("aws:us-east-1", "gcp:europe-west4", "FR", "CA-QC", "Montreal", "azure:westus2", "DE", "20 g/kWh")
DEVICES = ("8xA100-SXM4-80GB", "H100-SXM5-80GB", "RTX 4090", "V100-SXM2-16GB", "TPU v3-8", "T4")


class Load(NamedTuple):
    """One load: its name, which server, and the addresses asked for."""

    name: str
    server: str
    addresses: Callable[[], Iterator[str]]


class Told(NamedTuple):
    """What one load took."""

    requests: int
    seconds: float
    cpu_s: float
    latencies_ms: list[float]
    memory_half_bytes: int
    memory_after_bytes: int


def same() -> Iterator[str]:
    """One address, again and again."""
    return itertools.repeat("/?hardware=8xA100-SXM4-80GB&duration=100h&where=aws:us-east-1")


def varied(path: str) -> Iterator[str]:
    """Addresses of which none comes twice."""
    for number in itertools.count(1):
        device, place = DEVICES[number % len(DEVICES)], PLACES[number % len(PLACES)]
        yield f"{path}?hardware={device}&duration={number}.5h&where={place}".replace(" ", "%20")


def mixed() -> Iterator[str]:
    """Three in four of a hundred addresses, one in four new."""
    new, known = varied("/"), list(itertools.islice(varied("/"), 100))
    for number in itertools.count():
        yield next(new) if number % 4 == 0 else known[number * 7 % len(known)]


LOADS = (
    Load("bare FastAPI hello", "hello", lambda: itertools.repeat("/")),
    Load("answer page, one shared link", "page", same),
    Load("answer page, three in four asked before", "page", mixed),
    Load("answer page, never the same twice", "page", lambda: varied("/")),
    Load("API estimate, never the same twice", "page", lambda: varied("/v1/estimate")),
    Load("comparison page, never the same twice", "page", lambda: varied("/compare")),
    Load("actions page, never the same twice", "page", lambda: varied("/act")),
)


def cpu_s(pid: int) -> float:
    """CPU time of a process so far [s]."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_bytes(pid: int) -> int:
    """Resident memory of a process [B]."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def ask(port: int, addresses: Iterator[str], until: float, latencies_ms: list[float]) -> None:
    """One connection that asks until the time is over; anything but 200 ends the run."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        while time.perf_counter() < until:
            address = next(addresses)
            begin = time.perf_counter()
            writer.write(
                f"GET {address} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nAccept-Encoding: gzip\r\n\r\n".encode()
            )
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(f"{address}: {head.splitlines()[0]!r}")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            await reader.readexactly(length)
            latencies_ms.append((time.perf_counter() - begin) * 1000)
    finally:
        writer.close()


async def loaded(port: int, pid: int, load: Load, seconds: float, connections: int) -> Told:
    """Ask over several connections at once, after a short warming."""
    addresses = load.addresses()
    await asyncio.gather(
        *(ask(port, addresses, time.perf_counter() + min(seconds / 10, 3), []) for _ in range(connections))
    )
    latencies_ms: list[float] = []
    cpu_before, begin = cpu_s(pid), time.perf_counter()

    async def halfway() -> int:
        await asyncio.sleep(seconds / 2)
        return memory_bytes(pid)

    half, *_ = await asyncio.gather(
        halfway(), *(ask(port, addresses, begin + seconds, latencies_ms) for _ in range(connections))
    )
    took, cpu = time.perf_counter() - begin, cpu_s(pid) - cpu_before
    return Told(len(latencies_ms), took, cpu, latencies_ms, half, memory_bytes(pid))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long each load lasts [s]")
    parser.add_argument("--connections", type=int, default=16, help="connections at once")
    asked = parser.parse_args()
    servers: dict[str, Any] = {}
    try:
        for name, code in (("hello", HELLO), ("page", PAGE)):
            process = subprocess.Popen([sys.executable, "-c", SERVE, code], stdout=subprocess.PIPE, text=True)
            servers[name] = (process, int(process.stdout.readline()) if process.stdout else 0)
        print(
            "| load | requests/s | of hello | CPU ms a request | of hello | p50 ms | p99 ms | memory MB | growth MB |"
        )
        print("|---|--:|--:|--:|--:|--:|--:|--:|--:|")
        rate = cpu_ms = 0.0
        for load in LOADS:
            process, port = servers[load.server]
            told = asyncio.run(loaded(port, process.pid, load, asked.seconds, asked.connections))
            mine, mine_ms = told.requests / told.seconds, 1000 * told.cpu_s / told.requests
            rate, cpu_ms = rate or mine, cpu_ms or mine_ms
            cuts = statistics.quantiles(told.latencies_ms, n=100)
            grown = (told.memory_after_bytes - told.memory_half_bytes) / 1e6
            print(
                f"| {load.name} | {mine:,.0f} | {mine / rate:.2f} | {mine_ms:.2f} | {mine_ms / cpu_ms:.2f} "
                f"| {cuts[49]:.1f} | {cuts[98]:.1f} | {told.memory_after_bytes / 1e6:.0f} | {grown:+.1f} |",
                flush=True,
            )
    finally:
        for process, _ in servers.values():
            process.terminate()
            process.wait()


if __name__ == "__main__":
    main()
