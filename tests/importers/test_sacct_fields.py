"""The cells of sacct: every form that Slurm prints, and anything else answered with ValueError alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattgram.importers.sacct_fields import (
    Gpu,
    energy_of,
    gigabytes_of,
    gres_of,
    memory_of,
    seconds_of,
    state_of,
    time_of,
    tres_of,
)


@pytest.mark.parametrize(
    ("cell", "seconds"),
    [
        ("04:00:25", 14425),
        ("4-00:16:00", 4 * 86400 + 960),
        ("00:15.057", 15.057),
        ("1-02:03:04", 93784),
        ("120:00:00", 432000),
        ("3600", 3600),
        ("2-12", 216000),
        ("Unknown", None),
        ("", None),
        ("UNLIMITED", None),
        ("INVALID", None),
    ],
)
def test_durations(cell, seconds):
    """[DD-]HH:MM:SS, MM:SS.mmm, seconds, and the words that say nothing."""
    assert seconds_of(cell) == seconds


@given(st.integers(0, 40 * 86400))
def test_a_printed_duration_reads_back(total):
    """What sacct prints for n seconds is n seconds."""
    days, rest = divmod(total, 86400)
    text = f"{days}-" if days else ""
    assert seconds_of(f"{text}{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}") == total


@pytest.mark.parametrize(
    ("cell", "cpus", "nodes", "gigabytes"),
    [
        ("6760Mc", 4, 1, 4 * 6760 / 1024),
        ("250Gn", 32, 2, 500),
        ("1.5T", 8, 1, 1536),
        ("64G", 8, 2, 64),
        ("2252800K", 2, 1, 2252800 / 1024**2),
        ("16000", 1, 1, 15.625),
        ("0", 1, 1, None),
        ("0n", 1, 1, None),
        ("", 1, 1, None),
        ("4Gc", None, 1, None),
    ],
)
def test_requested_memory(cell, cpus, nodes, gigabytes):
    """Per core, per node, in all; zero is "all there is", which is not known."""
    assert memory_of(cell, cpus, nodes) == (pytest.approx(gigabytes) if gigabytes else None)


@given(st.integers(1, 10**6), st.sampled_from("KMGT"))
def test_a_size_reads_back(number, unit):
    """n units are n x 1024^k of a gigabyte."""
    assert gigabytes_of(f"{number}{unit}") == number * 1024.0 ** ("KMGT".index(unit) - 2)


@pytest.mark.parametrize(
    ("cell", "joules"),
    [("54156", 54156), ("20.54M", 20.54e6), ("12.3K", 12300), ("0", None), ("", None), ("0.00K", None)],
)
def test_energies(cell, joules):
    """Joules with decimal prefixes; zero is a counter that is not there."""
    assert energy_of(cell) == (pytest.approx(joules) if joules else None)


@pytest.mark.parametrize(
    ("cell", "gpus"),
    [
        ("billing=8,cpu=8,gres/gpu:h100=1,gres/gpu=1,mem=64G,node=1", (Gpu("h100", 1),)),
        ("cpu=8,gres/gpu:a100=4", (Gpu("a100", 4),)),
        ("cpu=8,gres/gpu=2", (Gpu("", 2),)),
        ("gres/gpu:a100=2,gres/gpu:v100=2,gres/gpu=4", (Gpu("a100", 2), Gpu("v100", 2))),
        ("gres/gpu:a100=2,gres/gpu=4", (Gpu("a100", 2), Gpu("", 2))),
        ("gres/gpu:a100_3g.20gb=1,gres/gpu=1", (Gpu("a100_3g.20gb", 1),)),
        ("cpu=8,gres/craynetwork=2,fs/disk=3,license/matlab=1", ()),
        ("gres/gpu:h100=0", ()),
        ("", ()),
    ],
)
def test_gpus_of_trackable_resources(cell, gpus):
    """Typed and untyped counts are the same GPUs; a rest is of no named type."""
    assert tres_of(cell).gpus == gpus


def test_the_other_trackable_resources():
    """CPUs, memory, nodes and energy of one cell."""
    found = tres_of("billing=320,cpu=320,energy=123456,gres/gpu=8,mem=1.5T,node=2")
    assert (found.cpus, found.memory_gb, found.nodes, found.energy_j) == (320, 1536, 2, 123456)


@pytest.mark.parametrize(
    ("cell", "gpus"),
    [
        ("gpu:4", (Gpu("", 4),)),
        ("gpu:v100:2(S:0-1)", (Gpu("v100", 2),)),
        ("gpu:tesla:2,craynetwork:1", (Gpu("tesla", 2),)),
        ("gres:gpu:2", (Gpu("", 2),)),
        ("gres/gpu:a100:1", (Gpu("a100", 1),)),
        ("gpu", (Gpu("", 1),)),
        ("gpu:0", ()),
        ("0", ()),
        ("", ()),
    ],
)
def test_gpus_of_older_gres(cell, gpus):
    """ReqGRES and AllocGRES of older versions."""
    assert gres_of(cell) == gpus


@pytest.mark.parametrize(
    ("cell", "state"),
    [
        ("CANCELLED by 1001", "CANCELLED"),
        ("CANCELLED+", "CANCELLED"),
        ("OUT_OF_ME+", "OUT_OF_MEMORY"),
        ("CD", "COMPLETED"),
        ("completed", "COMPLETED"),
        ("OOM", "OUT_OF_MEMORY"),
        ("", ""),
        ("NEWSTATE", "NEWSTATE"),
    ],
)
def test_states(cell, state):
    """Long, short, cut off, by somebody, and one that is not known."""
    assert state_of(cell) == state


def test_times():
    """ISO text as it stands, seconds since 1970, and what has not come yet."""
    assert time_of("2024-02-29T23:59:59") == "2024-02-29T23:59:59"
    assert time_of("1700000000") == "2023-11-14T22:13:20+00:00"
    assert time_of("Unknown") is time_of("None") is time_of("") is None


@given(st.text(max_size=60))
def test_no_text_raises_anything_but_value_error(text):
    """Whatever stands in a cell, a parser answers or says that it cannot."""
    for parser in (
        seconds_of,
        gigabytes_of,
        energy_of,
        tres_of,
        gres_of,
        state_of,
        lambda t: memory_of(t, 4, 2),
    ):
        try:
            parser(text)
        except ValueError as error:
            assert str(error)  # noqa: PT017 - the parser may also answer
