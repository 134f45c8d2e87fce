"""`wattgram serve`: the page on this machine, and one sentence for all that can go wrong before."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest

from wattgram.cli import main


def test_serve_answers_on_this_machine_and_stops_on_ctrl_c():
    """The command says its address, answers there, and ends without a traceback when it is interrupted."""
    words = [sys.executable, "-m", "wattgram", "serve", "--port", "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            address = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())[0]
            with urllib.request.urlopen(address + "healthz", timeout=120) as answer:  # noqa: S310 - our own address
                assert b'"ok"' in answer.read()
        finally:
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=120)
    assert "Traceback" not in errors
    assert process.returncode in (0, -signal.SIGINT, 130)


def test_a_missing_extra_is_one_sentence(monkeypatch, capsys):
    """Without uvicorn, and without FastAPI, the command says the pip line and exits with 2."""
    for module in ("uvicorn", "fastapi"):
        with monkeypatch.context() as patch:
            patch.setitem(sys.modules, module, None)
            for name in [name for name in sys.modules if name.startswith("wattgram.web.")]:
                patch.delitem(sys.modules, name)
            assert main(["serve", "--port", "0"]) == 2
        said = capsys.readouterr().err
        assert said.count("\n") == 1
        assert "pip install 'wattgram[web]'" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--port", "70000"], "65535"),
        (["--port", "x"], "whole number"),
        (["--cors", "lab.example.org"], "origin"),
        (["--seconds", "0"], "more than 0"),
        (["--overlay", "/nowhere/at/all.csv"], "overlay"),
    ],
)
def test_what_cannot_be_used_is_one_sentence(capsys, words, said):
    """A wrong port, origin, limit or overlay exits with 2 before anything is served."""
    assert main(["serve", *words]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_a_port_in_use_is_one_sentence(capsys):
    """An address somebody else listens on is named, with what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["serve", "--port", str(taken.getsockname()[1])]) == 2
    assert "--port 0" in capsys.readouterr().err


def test_every_limit_has_an_option(monkeypatch):
    """Each option sets the limit of its name, those of a table of runs too, and leaves the others."""
    import uvicorn

    from wattgram import web

    seen, make = [], web.create_app
    monkeypatch.setattr(web, "create_app", lambda **said: seen.append(said["limits"]) or make(**said))
    monkeypatch.setattr(uvicorn.Server, "run", lambda _, sockets: [one.close() for one in sockets])
    said = {
        "batch-bytes": 5_000,
        "batch-rows": 7,
        "batch-seconds": 1.5,
        "body-bytes": 900,
        "rows": 11,
        "seconds": 2.5,
    }
    words = [word for name, number in said.items() for word in (f"--{name}", str(number))]
    assert main(["serve", "--port", "0", *words]) == 0
    assert seen == [
        web.Limits()._replace(**{name.replace("-", "_"): number for name, number in said.items()})
    ]
    options = {option.name for option in main.__globals__["cli"].get_command(None, "serve").params}
    assert set(web.Limits._fields) - options == {"remembered_bytes", "remembered_words"}
