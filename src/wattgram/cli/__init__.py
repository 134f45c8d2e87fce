"""The command `wattgram`: a thin skin over the library, one file a command group, each loaded when it is called.

Exit codes: 0 done; 1 done, with findings; 2 bad input, in one sentence on standard error; 3 nothing could be measured;
130 stopped by Ctrl-C, 143 by SIGTERM.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from wattgram.errors import ECHO_CHARACTERS, NothingMeasuredError, WattgramError, echo
from wattgram.version import __version__

__all__ = ["COMMANDS", "MASK", "Command", "cli", "main"]

COMMANDS = {
    "advise": ("wattgram.cli.advise", "What to change about a run (or a table of runs), and what it saves."),
    "batch": ("wattgram.cli.batch", "A table of runs, of any size, to a table of answers and to totals."),
    "audit": (
        "wattgram.cli.audit",
        "Check published carbon statements against their own words.",
    ),
    "catalog": (
        "wattgram.cli.catalog",
        "Look into the catalog: hardware, regions, zones, sources, assumptions.",
    ),
    "compare": (
        "wattgram.cli.compare",
        "The same run elsewhere: by region, zone, provider, hardware at equal work, start, or year.",
    ),
    "inference": (
        "wattgram.cli.inference",
        "Serving a language model: energy and carbon per request and per million tokens.",
    ),
    "runs": ("wattgram.cli.runs", "The runs that were tracked: list, show, export, compare."),
    "track": ("wattgram.cli.track", "Run a command and measure it: wattgram track -- python train.py."),
    "estimate": ("wattgram.cli.estimate", "The carbon footprint of one run: what ran, how long, where."),
    "import": (
        "wattgram.cli.importing",
        "Logs that machines already write (Slurm, CodeCarbon, nvidia-smi, ...) as a table of runs.",
    ),
    "serve": ("wattgram.cli.serve", "The web calculator and its API, in your browser."),
}
"""Each command, the module it lives in, and the line `--help` gives it (so that `--help` loads none of them)."""

EXAMPLES = {
    "advise": "wattgram advise 8xA100 100h aws:us-east-1",
    "batch": "wattgram batch runs.csv",
    "audit": "wattgram audit paper.txt",
    "compare": "wattgram compare 8xA100 100h FR --by zone",
    "estimate": "wattgram estimate 8xA100 100h FR",
    "import": "wattgram import slurm sacct.txt",
}
"""What a command looks like, for whoever left out what it needs."""

_LOOKS_NEGATIVE = re.compile(r"-(?:\.?\d|$)")
MASK = "\N{WORD JOINER}"
SIGNAL_BASE = 128
"""What a shell adds to the number of a signal for the code of a command that it ended."""


class Command(click.Command):
    """A command whose arguments may start with a minus and a digit: `-73.6,45.5` is a place, `-1h` gets our sentence."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Hide such words from the option parser, then show them again."""
        masked = [MASK + word if _LOOKS_NEGATIVE.match(word) else word for word in args]
        rest = super().parse_args(ctx, masked)
        for name, value in ctx.params.items():
            if isinstance(value, str):
                ctx.params[name] = value.removeprefix(MASK)
            elif isinstance(value, tuple):
                ctx.params[name] = tuple(v.removeprefix(MASK) if isinstance(v, str) else v for v in value)
        return rest


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in sorted(COMMANDS)])


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, message="wattgram %(version)s")
def cli() -> None:
    """From watts to grams: the carbon footprint of machine learning, with a range and a source on every figure.

    \b
    wattgram estimate 8xA100 100h aws:us-east-1
    wattgram estimate "TPU v3-8" 3d4h Montreal --format json
    wattgram catalog regions montreal
    """  # noqa: D301 - \b keeps the lines of a block apart in click


def main(arguments: Sequence[str] | None = None) -> int:  # noqa: PLR0911 - one return per exit code
    """Run the command; every failure is one sentence on standard error and an exit code."""
    try:
        result: Any = cli.main(None if arguments is None else list(arguments), standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.Abort:
        from wattgram.cli.stopping import code_of_stop  # noqa: PLC0415 - only a command that was stopped

        return _say("stopped", code_of_stop())
    except click.ClickException as error:
        return _misused(error)
    except NothingMeasuredError as error:
        return _say(str(error), 3)
    except WattgramError as error:
        return _say(str(error), 2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _say(f"{error.strerror or error}: {echo(error.filename)}" if error.filename else str(error), 2)
    return result if isinstance(result, int) else 0


def _misused(error: click.ClickException) -> int:
    """The answer to a command that was not written as it is read: what is wrong, and what was meant."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message())
        return 2
    if isinstance(error, click.NoSuchOption):
        near = f"; did you mean {' or '.join(error.possibilities)}?" if error.possibilities else ""
        return _say(f"there is no option {echo(error.option_name)}{near}", 2)
    return _say(
        _missing(error) if isinstance(error, click.MissingParameter) else _short(error.format_message()), 2
    )


def _missing(error: click.MissingParameter) -> str:
    """What is missing, and a command that has it: the first example of the command's own help."""
    command = error.ctx.command.name if error.ctx and error.ctx.command else ""
    sentence = _short(error.format_message()).rstrip(".")
    example = EXAMPLES.get(command or "")
    return f"{sentence}; for example: {example}" if example else sentence


def _short(message: str) -> str:
    """A message of the option parser with every over-long word cut and nothing unprintable in it."""
    words = re.split(r"(\s+)", message[:2000].replace(MASK, ""))
    text = "".join(
        word if len(word) <= ECHO_CHARACTERS else word[: ECHO_CHARACTERS - 1] + "…" for word in words
    )
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= 4 * ECHO_CHARACTERS else text[: 4 * ECHO_CHARACTERS - 1] + "…"


def _say(sentence: str, code: int) -> int:
    sentence = " ".join(sentence.split())
    click.echo(f"wattgram: {sentence}", err=True)
    return code


def run() -> None:
    """The console script."""
    code = main()
    if code > SIGNAL_BASE:  # ended by a signal: another of them may not change the code in the last moments
        import signal  # noqa: PLC0415 - nothing else of this module needs it

        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), signal.SIG_IGN)
    sys.exit(code)
