"""What a journal says of where a run took place: hardware, software, commit, command; without secrets.

No process is started for it: the commit is read from the files of git, versions from what is loaded already.
"""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wattgram.tracker.machine import Machine

__all__ = ["command_line", "environment", "git_commit", "loaded_versions", "rank_and_group"]

HIDDEN = "***"
LONGEST_COMMAND = 1000
SHORTEST_KEY = 11
LIBRARIES = (
    "torch",
    "transformers",
    "lightning",
    "accelerate",
    "keras",
    "tensorflow",
    "jax",
    "numpy",
    "sklearn",
)
_SECRET_NAME = ("token", "secret", "passw", "pwd", "apikey", "accesskey", "auth", "credential", "private")
_KEY_FORMS = (
    r"(?:hf_|sk-|ghp_|gho_|github_pat_|glpat-|xox[abp]-|AKIA|AIza|wandb_|eyJ)[\w.-]{8,}|\b[0-9a-f]{32,}\b"
)
_IN_URL = r"(\w+://)[^/\s@]+@"
_SECRET_FLAGS = ("-p", "-u", "--user")


def command_line(words: Sequence[str]) -> str:
    """The command with every secret taken out: values of options named like one, keys, passwords in addresses."""
    said: list[str] = []
    hide_next = False
    for word in words:
        if hide_next:
            said.append(HIDDEN)
            hide_next = False
            continue
        name, equals, _ = word.partition("=")
        if equals and _secret(name):
            said.append(f"{name}={HIDDEN}")
        elif word.startswith("-") and (_secret(word) or word in _SECRET_FLAGS):
            said.append(word)
            hide_next = True
        else:
            said.append(_without_keys(word))
    text = " ".join(said)
    return text if len(text) <= LONGEST_COMMAND else text[: LONGEST_COMMAND - 1] + "…"


def _secret(name: str) -> bool:
    """Whether an option or a variable is named like a secret."""
    plain = name.lower().replace("-", "").replace("_", "")
    return any(mark in plain for mark in _SECRET_NAME)


def _without_keys(word: str) -> str:
    if len(word) < SHORTEST_KEY and "@" not in word:
        return word  # most words: no pattern is compiled for them
    return re.sub(_KEY_FORMS, HIDDEN, re.sub(_IN_URL, rf"\1{HIDDEN}@", word))


def git_commit(folder: str) -> str | None:
    """The commit that is checked out in a folder or above it; None outside of git."""
    here = os.path.abspath(folder)
    while True:
        git = os.path.join(here, ".git")
        if os.path.exists(git):
            return _head(git)
        above = os.path.dirname(here)
        if above == here:
            return None
        here = above


def _head(git: str) -> str | None:
    if os.path.isfile(git):
        pointed = _line(git).partition("gitdir:")[2].strip()
        git = os.path.normpath(os.path.join(os.path.dirname(git), pointed))
    head = _line(os.path.join(git, "HEAD"))
    if not head.startswith("ref:"):
        return head or None
    ref = head[4:].strip()
    shared = _line(os.path.join(git, "commondir"))
    folders = [git, os.path.normpath(os.path.join(git, shared))] if shared else [git]
    for one in folders:
        commit = _line(os.path.join(one, ref))
        if commit:
            return commit
    for one in folders:
        try:
            with open(os.path.join(one, "packed-refs"), encoding="utf-8", errors="replace") as handle:
                for line in handle:
                    commit, _, name = line.strip().partition(" ")
                    if name == ref:
                        return commit
        except OSError:
            continue
    return None


def _line(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as handle:
            return handle.readline().strip()
    except OSError:
        return ""


def loaded_versions() -> dict[str, str]:
    """Versions of the libraries that the program has loaded so far; nothing is loaded for it."""
    found = {}
    for name in LIBRARIES:
        version = getattr(sys.modules.get(name), "__version__", None)
        if version is not None:
            found[name] = str(version)
    return found


def rank_and_group() -> tuple[str, str]:
    """The rank of this process's rank and the job whose ranks belong together; empty for a process that is alone."""
    said = os.environ.get
    if int_or_0(said("SLURM_NTASKS", "")) > 1 and said("SLURM_JOB_ID") and said("SLURM_PROCID"):
        step = f"{said('SLURM_JOB_ID')}.{said('SLURM_STEP_ID', '0')}"
        return said("SLURM_PROCID", ""), f"slurm-{step}"
    if int_or_0(said("WORLD_SIZE", "")) > 1 and said("RANK"):
        job = said("TORCHELASTIC_RUN_ID", "none")
        meeting = f"{said('MASTER_ADDR', '')}:{said('MASTER_PORT', '')}"
        return said("RANK", ""), f"torch-{meeting if job in ('none', '') else job}"
    if int_or_0(said("OMPI_COMM_WORLD_SIZE", "")) > 1:
        return said(
            "OMPI_COMM_WORLD_RANK", ""
        ), f"mpi-{said('PMIX_NAMESPACE', said('OMPI_MCA_ess_base_jobid', ''))}"
    return "", ""


def int_or_0(text: str) -> int:
    """A whole number, 0 for anything else."""
    return int(text) if text.isdigit() else 0


def environment(machine: Machine, command: Sequence[str] | None = None) -> dict[str, Any]:
    """Hardware, software, commit and command, as the header of a journal has them."""
    from wattgram.version import __version__  # noqa: PLC0415 - as all that a header needs

    given = machine.allocation
    return {
        "host": platform.node(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "wattgram": __version__,
        "libraries": loaded_versions(),
        "processor": machine.processor or None,
        "sockets": machine.sockets,
        "virtual": machine.virtual,
        "cpus": given.machine_cpus,
        "cpus_of_job": given.cpus,
        "memory_gb": given.machine_memory_gb,
        "memory_gb_of_job": given.memory_gb,
        "allocation": given.reason,
        "commit": git_commit(os.getcwd()),
        "command": command_line(
            command if command is not None else [os.path.basename(sys.executable), *sys.argv]
        ),
    }
