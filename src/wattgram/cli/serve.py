"""`wattgram serve`: the web calculator and its API, on this machine unless told otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from wattgram.cli import Command
from wattgram.cli.run_options import catalog_options
from wattgram.errors import InputError, MissingExtraError
from wattgram.run import check_number

if TYPE_CHECKING:
    from wattgram.web import Limits

__all__ = ["command"]

LIMITS = (
    "body_bytes",
    "query_bytes",
    "concurrent",
    "workers",
    "seconds",
    "rows",
    "batch_bytes",
    "batch_rows",
    "batch_seconds",
)
"""The limits that can be set from the command, each an option of its name."""
DOOR = "wattgram serve"
MOST_PORT = 65_535
BACKLOG = 2_048


@click.command(cls=Command, name="serve")
@click.option("--host", metavar="ADDRESS", default="127.0.0.1", help="Where to listen.  [default: 127.0.0.1]")
@click.option("--port", metavar="N", default="8000", help="The port; 0 takes a free one.  [default: 8000]")
@click.option("--open", "browse", is_flag=True, help="Open the page in a browser.")
@click.option(
    "--cors", metavar="ORIGIN", multiple=True, help="Let pages of this origin read the API; may be repeated."
)
@click.option("--body-bytes", metavar="N", help="Largest body of a request.")
@click.option("--query-bytes", metavar="N", help="Longest address of a request.")
@click.option("--concurrent", metavar="N", help="Most requests computed or waiting at once.")
@click.option("--workers", metavar="N", help="Threads that compute.")
@click.option("--seconds", metavar="S", help="Longest time an answer may take.")
@click.option("--rows", metavar="N", help="Most rows of a table in one answer.")
@click.option("--batch-bytes", metavar="N", help="Largest table of runs that is posted.  [default: 50000000]")
@click.option("--batch-rows", metavar="N", help="Most rows of it.  [default: 1000000]")
@click.option("--batch-seconds", metavar="S", help="Longest time it may take.  [default: 300]")
@click.option(
    "--access-log",
    is_flag=True,
    help="Print a line a request; off by default, since it holds what was asked.",
)
@click.option("--runs", metavar="DIR", help="Show the tracked runs of this folder, live, under /runs.")
@catalog_options
def command(host: str, port: str, *, browse: bool, cors: tuple[str, ...], **options: Any) -> int:
    """Open the web calculator and its API.

    \b
    wattgram serve --open                           the page in a browser, for this machine alone
    wattgram serve --host 0.0.0.0 --port 80         for the network
    wattgram serve --runs runs/                     with the tracked runs of a folder, live
    wattgram serve --cors https://lab.example.org   let that site's pages read the API
    """  # noqa: D301 - \b keeps the lines of a block apart in click
    number = int(check_number("port", port, 0, MOST_PORT, whole=True))
    try:
        import uvicorn  # noqa: PLC0415 - the extra may be missing
    except ModuleNotFoundError:
        raise MissingExtraError(DOOR, "web") from None
    from wattgram.web import create_app  # noqa: PLC0415 - `--help` needs no server

    for origin in cors:
        if origin != "*" and not origin.startswith(("http://", "https://")):
            raise InputError(
                "cors", origin, "an origin is written as in https://lab.example.org, or * for all"
            )
    app = create_app(
        limits=_limits(options),
        cors_origins=cors,
        overlay=options["overlay"],
        as_of=options["as_of"],
        runs=options["runs"],
    )
    config = uvicorn.Config(
        app,
        host=host,
        port=number,
        log_level="warning",
        access_log=options["access_log"],
        server_header=False,
        date_header=True,
        timeout_keep_alive=5,
        limit_concurrency=None,
    )
    sock = _bound(host, number)
    shown = "localhost" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host  # noqa: S104 - asked for
    address = f"http://{shown}:{sock.getsockname()[1]}/"
    click.echo(f"wattgram is at {address} (Ctrl-C stops it)")
    if options["runs"] is not None:
        click.echo(f"the runs of {options['runs']} are at {address}runs")
    if browse:
        _open_soon(address + ("runs" if options["runs"] is not None else ""))
    try:
        uvicorn.Server(config).run(sockets=[sock])
    except KeyboardInterrupt:
        click.echo("stopped", err=True)
    return 0


def _limits(options: dict[str, Any]) -> Limits:
    """The limits with what was said put in."""
    from wattgram.web import Limits  # noqa: PLC0415 - `--help` needs no server

    usual = Limits()
    said = {
        name: type(getattr(usual, name))(
            check_number(
                name.replace("_", " "), options[name], 0, 1e12, above=True, whole=not name.endswith("seconds")
            )
        )
        for name in LIMITS
        if options[name] is not None
    }
    return usual._replace(**said)


def _bound(host: str, port: int) -> Any:
    """The socket, bound before anything is announced.

    Raises
    ------
    InputError : the address is in use or is none
    """
    import socket  # noqa: PLC0415 - only a server needs it

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(
        family, socket.SOCK_STREAM, socket.IPPROTO_TCP
    )  # named, so that answers are not delayed
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
        sock.listen(BACKLOG)  # from here on a browser may knock; it is answered when the app is up
    except OSError as error:
        sock.close()
        raise InputError(
            "address",
            f"{host}:{port}",
            f"it cannot be listened on ({error.strerror or error}); --port 0 takes a free port",
        ) from None
    sock.set_inheritable(True)
    return sock


def _open_soon(address: str) -> None:
    import threading  # noqa: PLC0415 - only with --open
    import webbrowser  # noqa: PLC0415

    threading.Timer(0.8, webbrowser.open, (address,)).start()
