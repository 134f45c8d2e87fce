"""The header of a journal: the commit without git, the command without secrets, the job of a rank."""

from __future__ import annotations

import subprocess

import pytest

from wattgram.tracker.environment import command_line, git_commit, loaded_versions, rank_and_group


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        (["train.py", "--lr", "0.1"], "train.py --lr 0.1"),
        (["train.py", "--token", "abc", "--epochs", "3"], "train.py --token *** --epochs 3"),
        (["train.py", "--hf-token=abc"], "train.py --hf-token=***"),
        (["env", "WANDB_API_KEY=abc", "train.py"], "env WANDB_API_KEY=*** train.py"),
        (["curl", "https://user:pass@host/x"], "curl https://***@host/x"),
        (["x", "hf_abcdefgh12345678"], "x ***"),
        (["x", "--key-file=sk-abcdefgh12345678"], "x --key-file=***"),
        (["x", "ghp_abcdefgh12345678"], "x ***"),
        (["x", "AKIAIOSFODNN7EXAMPLE"], "x ***"),
        (["mysql", "-p", "secret"], "mysql -p ***"),
        (["x", "--author", "me"], "x --author ***"),
        (["x", "d41d8cd98f00b204e9800998ecf8427e"], "x ***"),
        (["x", "--data", "s3://bucket/key"], "x --data s3://bucket/key"),
    ],
)
def test_a_command_without_its_secrets(words, kept):
    """Values of options named like secrets, keys by their form, passwords in addresses; rather one word too many."""
    assert command_line(words) == kept


def test_a_long_command_is_cut():
    """A header stays a line that one write takes."""
    assert len(command_line(["x" * 10_000])) == 1000


@pytest.fixture
def repository(tmp_path):
    """A repository with one commit; gives its folder and the commit."""

    def git(*words):
        done = subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main", *words],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-m", "first")
    return tmp_path, git


def test_the_commit_is_read_without_git(repository):
    """From a branch, from packed references, from a detached head, from a folder below, and from a worktree."""
    folder, git = repository
    commit = git("rev-parse", "HEAD")
    (folder / "a" / "b").mkdir(parents=True)
    assert git_commit(str(folder / "a" / "b")) == commit
    git("pack-refs", "--all")
    assert git_commit(str(folder)) == commit
    git("worktree", "add", "-q", "wt", "-b", "other")
    assert git_commit(str(folder / "wt")) == commit
    git("checkout", "-q", "--detach")
    assert git_commit(str(folder)) == commit


def test_outside_of_git_there_is_no_commit(tmp_path):
    """No repository, no commit, no fault."""
    assert git_commit(str(tmp_path)) is None


def test_versions_are_those_that_are_loaded(monkeypatch):
    """A library that the program has loaded is told with its version; nothing is loaded for it."""
    import sys
    from types import SimpleNamespace

    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(__version__="2.13.0"))
    assert loaded_versions()["torch"] == "2.13.0"
    assert "jax" not in loaded_versions() or "jax" in sys.modules


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, ("", "")),
        ({"RANK": "0", "WORLD_SIZE": "1"}, ("", "")),
        (
            {"RANK": "3", "WORLD_SIZE": "8", "MASTER_ADDR": "n1", "MASTER_PORT": "29500"},
            ("3", "torch-n1:29500"),
        ),
        ({"RANK": "3", "WORLD_SIZE": "8", "TORCHELASTIC_RUN_ID": "job"}, ("3", "torch-job")),
        (
            {"SLURM_JOB_ID": "7", "SLURM_PROCID": "1", "SLURM_NTASKS": "4", "SLURM_STEP_ID": "0"},
            ("1", "slurm-7.0"),
        ),
        ({"SLURM_JOB_ID": "7", "SLURM_PROCID": "0", "SLURM_NTASKS": "1"}, ("", "")),
    ],
)
def test_the_job_of_a_rank(monkeypatch, said, expected):
    """Ranks of torchrun and Slurm name their job; a process that is alone names none."""
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    assert rank_and_group() == expected
