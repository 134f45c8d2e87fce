"""An energy that the hardware cannot have drawn is said: what no node draws is left out, all else stays the user's measurement."""

from __future__ import annotations

import io

import pytest

from wattgram.importers import read_slurm

HEAD = "JobID|State|Start|End|Elapsed|NNodes|NodeList|AllocTRES|ConsumedEnergyRaw"
GPUS = "cpu=64,gres/gpu:{kind}=8,gres/gpu=8,mem=512G,node=1"


def read(energy, tres, *steps, elapsed="10:00:00", **options):
    """The row and the codes of one job."""
    times = "2024-03-01T10:00:00|2024-03-01T20:00:00"
    lines = [HEAD, f"1|COMPLETED|{times}|{elapsed}|1|n1|{tres}|{energy}"]
    lines += [f"1.{name}|COMPLETED|{times}|{elapsed}|1|n1|{tres}|{joules}" for name, joules in steps]
    imported = read_slurm(io.StringIO("\n".join(lines)), **options)
    (row,) = imported
    return row, {
        code: count for code, count in imported.summary["findings"].items() if code != "missing-columns"
    }


def test_two_kilowatt_hours_of_eight_gpus_for_ten_hours_are_kept_and_said():
    """200 W; eight A100 of 400 W draw 320 W at rest, of their rated power 8 %, and 1.25 for the node, the least of each."""
    row, said = read(7_200_000, GPUS.format(kind="a100"))
    assert row["measured_energy_kwh"] == 2
    assert said == {"energy-low": 1}
    assert read(11_500_000, GPUS.format(kind="a100"))[1] == {"energy-low": 1}  # 319 W
    assert read(11_530_000, GPUS.format(kind="a100"))[1] == {}  # 320.3 W
    assert read(100_000_000, GPUS.format(kind="a100"))[1] == {}  # 2.8 kW, as a node of A100 draws


def test_more_than_the_rated_power_of_everything_is_kept_and_said():
    """Eight A100 of 400 W and 1.8 for the node are 5,760 W; 6,000 W for 10 h are 60 kWh."""
    row, said = read(216_000_000, GPUS.format(kind="a100-sxm4-80gb"))
    assert row["measured_energy_kwh"] == 60
    assert said == {"energy-high": 1}
    assert read(200_000_000, GPUS.format(kind="a100-sxm4-80gb"))[1] == {}
    # One core of a node that others share: the whole node's 300 W are not its own.
    assert read(10_800_000, "cpu=1,mem=4G,node=1")[1] == {"energy-high": 1}


def test_what_no_node_can_draw_is_left_out():
    """25 kW for ten hours on one node."""
    row, said = read(900_000_000, GPUS.format(kind="a100"))
    assert row["measured_energy_kwh"] is None
    assert said == {"energy-implausible": 1}


@pytest.mark.parametrize(
    ("own", "steps"), [(0, ()), ("", (("batch", 0), ("extern", 0))), (0, (("0", 0),)), ("0.00", ())]
)
def test_a_node_without_a_sensor_says_0_and_is_modelled(own, steps):
    """Zero joules for ten hours are no measurement: unknown, and said once."""
    row, said = read(own, GPUS.format(kind="a100"), *steps)
    assert row["measured_energy_kwh"] is None
    assert said == {"energy-zero": 1}


def test_a_blank_says_nothing_and_a_step_that_counted_counts():
    """Neither is a zero."""
    assert read("", GPUS.format(kind="a100"))[1] == {}
    row, said = read(0, GPUS.format(kind="a100"), ("batch", 36_000_000), ("extern", 0))
    assert row["measured_energy_kwh"] == 10
    assert said == {}


def test_hardware_that_is_not_known_has_no_bounds():
    """Nothing is said against an energy where nobody knows what drew it."""
    assert set(read(7_200_000, GPUS.format(kind="wonder"))[1]) == {"unknown-gpu-type"}
    assert set(read(7_200_000, "cpu=64,gres/gpu=8,node=1")[1]) == {"hardware-unknown"}
