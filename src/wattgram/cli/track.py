"""`wattgram track -- CMD`: run a command, measure it, keep its exit code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import click

from wattgram.cli import SIGNAL_BASE, Command
from wattgram.errors import InputError, WattgramError

if TYPE_CHECKING:
    from wattgram.footprint import Footprint
    from wattgram.tracker.tracker import Tracker

__all__ = ["command"]

NOT_FOUND, NOT_EXECUTABLE = 127, 126
"""Exit codes of the shell: no such command, not executable."""
LONGEST_WAIT_S = 60.0
FORWARDED = ("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")


@click.command(
    cls=Command,
    name="track",
    context_settings={"allow_interspersed_args": False},
    options_metavar="[OPTIONS] --",
)
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="CMD...")
@click.option("--runs", metavar="DIR", default="runs", help="Folder of the journals.  [default: runs]")
@click.option("--where", metavar="WHERE", help="Where it runs; `auto` asks the cloud's metadata.")
@click.option(
    "--hardware", metavar="WORD", help="What runs it, where no sensor tells: 8xA100, TPU v3-8, 300W."
)
@click.option("--interval", "interval_s", metavar="S", type=float, help="Seconds between samples.")
@click.option("--budget", metavar="AMOUNT", help="Say when it is passed, or will be: '5 kg' or '10 kWh'.")
@click.option("--resume", metavar="ID", help="Continue the run of this id, as after a checkpoint.")
@click.option("--name", metavar="WORD", help="A word of your own for the run.")
@click.option("--scope", metavar="SCOPE", default="job", help="job or node.  [default: job]")
@click.option(
    "--format", "form", metavar="FORM", help="Print a report on standard error when it ends: text, json ..."
)
@click.option("--quiet", is_flag=True, help="Print nothing of our own.")
@click.option(
    "--calibrate",
    nargs=2,
    type=float,
    metavar="IDLE LOAD",
    help="Two readings of a wall meter [W], at rest and under load; CMD is the load, or all processors are kept busy.",
)
@click.option(
    "--seconds", type=float, default=10.0, help="How long --calibrate looks at each.  [default: 10]"
)
def command(words: tuple[str, ...], **options: Any) -> int:
    """Run a command and measure its energy and carbon; its output and its exit code stay as they are.

    \b
    wattgram track -- python train.py
    wattgram track --where aws:us-east-1 --runs /data/runs -- torchrun train.py
    wattgram track --calibrate 80 310
    """  # noqa: D301 - \b keeps the lines of a block apart in click
    if options["calibrate"]:
        from wattgram.tracker.calibrate import calibrate  # noqa: PLC0415 - only where it is asked for

        idle_w, load_w = options["calibrate"]
        click.echo(calibrate(idle_w, load_w, options["seconds"], list(words)))
        return 0
    if not words:
        raise InputError("command", "", "write it after --, as in wattgram track -- python train.py")
    return _run(list(words), options)


def _run(words: list[str], options: dict[str, Any]) -> int:
    from wattgram.report import FORMS  # noqa: PLC0415 - `--help` needs none of it
    from wattgram.tracker.track import track  # noqa: PLC0415

    form = options["form"]
    if form is not None and form not in FORMS:
        raise InputError("format", form, f"the formats are {', '.join(FORMS)}")
    named = ("where", "runs", "hardware", "interval_s", "budget", "resume", "name", "scope")
    tracker = track(**{name: options[name] for name in named})
    tracker.settings = tracker.settings._replace(command=tuple(words))
    with _catching() as caught:
        tracker.start()
        code = _child(words, caught)
        ended = signal.Signals(caught[0]).name if caught else ""
        if code > SIGNAL_BASE and not ended and code - SIGNAL_BASE in {one.value for one in signal.Signals}:
            ended = signal.Signals(code - SIGNAL_BASE).name
        tracker._finish("interrupted" if ended else "finished", ended, exit_code=code)  # noqa: SLF001 - one door of ours
        if not options["quiet"]:
            _say(tracker, form)
    return code


@contextmanager
def _catching() -> Iterator[list[int]]:
    """Signals that reach us, in their order, until the last line is said: a second Ctrl-C ends the command, not its record."""
    caught: list[int] = []
    before: dict[int, Any] = {}
    for number in (getattr(signal, name) for name in FORWARDED if hasattr(signal, name)):
        if signal.getsignal(number) != signal.SIG_IGN:
            before[number] = signal.signal(number, lambda number, _: caught.append(number))
    try:
        yield caught
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _child(words: list[str], caught: list[int]) -> int:
    """Run it to its end; signals that reach us are handed on, and its code is given as a shell gives it."""
    with _awake(caught) as wait:
        try:
            child = subprocess.Popen(words)  # noqa: S603 - running the user's command is the purpose
            handed = 0
            while (code := child.poll()) is None:
                for number in caught[handed:]:
                    handed += 1
                    if number != signal.SIGINT or not _from_terminal():
                        child.send_signal(number)
                wait(child, handed)
        except FileNotFoundError:
            click.echo(f"wattgram: there is no command '{words[0][:80]}'", err=True)
            return NOT_FOUND
        except OSError as error:
            click.echo(f"wattgram: '{words[0][:80]}' cannot be run: {error.strerror}", err=True)
            return NOT_EXECUTABLE
    return code if code >= 0 else SIGNAL_BASE - code


@contextmanager
def _awake(caught: list[int]) -> Iterator[Callable[[subprocess.Popen[bytes], int], None]]:
    """A wait that ends with the child or with a signal, whichever thread gets it and whenever it comes.

    A plain `wait` sleeps through a signal that arrives just before it; here each signal writes a byte into a pipe.
    """
    if not hasattr(signal, "SIGCHLD"):

        def plain(child: subprocess.Popen[bytes], _: int) -> None:
            child.wait()

        yield plain
        return
    import select  # noqa: PLC0415 - only where a command is run

    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    former = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    ended = signal.signal(signal.SIGCHLD, lambda *_: None)

    def wait(_: subprocess.Popen[bytes], handed: int) -> None:
        if len(caught) == handed:
            select.select([reading], [], [], LONGEST_WAIT_S)
        with suppress(BlockingIOError):
            os.read(reading, 4096)

    try:
        yield wait
    finally:
        signal.signal(signal.SIGCHLD, ended)
        signal.set_wakeup_fd(former)
        os.close(reading)
        os.close(writing)


def _from_terminal() -> bool:
    """Whether Ctrl-C was typed: then the terminal has sent it to the child as well."""
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError, AttributeError):
        return False


def _say(tracker: Tracker, form: str | None) -> None:
    try:
        footprint: Footprint = tracker.footprint()
        if form is not None:
            click.echo(footprint.report(form), nl=False, err=True)
            return
        from wattgram.tracker.summary import one_line  # noqa: PLC0415 - only where it is printed

        click.echo(one_line(footprint, tracker.run()), err=True)
    except WattgramError as error:
        click.echo(f"wattgram: {error}", err=True)
