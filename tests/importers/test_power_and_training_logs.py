"""nvidia-smi, Weights & Biases, the Hugging Face Trainer and any CSV: hours, energy and hardware as they wrote them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattgram.errors import InputError
from wattgram.importers import read_columns, read_nvidia_smi, read_trainer, read_wandb

LOGS = Path(__file__).parents[3] / "shared" / "cases" / "logs"
real = pytest.mark.skipif(
    not LOGS.is_dir(), reason="the real logs stand beside the checkout, in ../shared/cases/logs"
)


def power(text, **options):
    """A power log read from memory."""
    return read_nvidia_smi(io.StringIO(text), **options)


def said(imported):
    """Findings by code; most of these logs count their seconds from zero, and that there is no date is said of each."""
    return {
        code: count for code, count in imported.summary["findings"].items() if code != "time-out-of-range"
    }


# --- nvidia-smi -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "timestamp, name, power.draw [W]\n2024/01/01 12:00:00.000, A100-SXM4-80GB, 100.00 W\n2024/01/01 12:00:10.000, A100-SXM4-80GB, 300.00 W\n",
        "timestamp,power.draw\n2024-01-01T12:00:00,100\n2024-01-01T12:00:10,300\n",
        "timestamp,power.draw\n1704110400,100\n1704110410,300\n",
        "#timestamp, gpu, power_w\n1704110400, 0, 100\n1704110410, 0, 300\n",
        "timestamp,power.draw\n1704110400000,100\n1704110410000,300\n",
        "time,power_mw\n1704110400.0,100000\n1704110410.0,300000\n",
        "timestamp;power.draw [W]\n2024-01-01T13:00:00+01:00;100,0 W\n2024-01-01T13:00:10+01:00;300,0 W\n",
    ],
)
def test_the_trapezoid_in_every_spelling(text):
    """100 W to 300 W in 10 s is 2,000 J, whatever the units and the clock."""
    (row,) = power(text, hardware="A100-SXM4-80GB", delimiter=";" if ";" in text else None)
    assert row["measured_energy_kwh"] == pytest.approx(2000 / 3.6e6, rel=1e-12)
    assert row["measured_scope"] == "device"
    assert row["hardware"] == "A100-SXM4-80GB"
    assert (row["hours"], row["mean_power_w"], row["peak_power_w"]) == pytest.approx((10 / 3600, 200, 300))
    assert (row["start"], row["end"]) == ("2024-01-01T12:00:00", "2024-01-01T12:00:10")


DMON = {
    "#Date       Time        gpu    pwr  gtemp\n#YYYYMMDD   HH:MM:SS    Idx      W      C\n": "20240301   23:59:{:02d}      {}    {}     35",
    "#Date, Time, gpu, pwr, gtemp\n#YYYYMMDD, HH:MM:SS, Idx, W, C\n": " 20240301, 23:59:{:02d}, {}, {}, 35",
}


@pytest.mark.parametrize("head", DMON)
def test_dmon_is_read_lined_up_or_with_commas(head):
    """Two GPUs at 100 and 300 W for 40 s, the header again half-way, and a dash that is no reading."""
    line = DMON[head]
    text = head + "".join(
        f"{line.format(at, gpu, watts)}\n" for at in (10, 30) for gpu, watts in ((0, 100), (1, 300))
    )
    text += (
        head
        + line.format(40, 0, "-")
        + "\n"
        + line.format(50, 0, 100)
        + "\n"
        + line.format(50, 1, 300)
        + "\n"
    )
    imported = power(text, hardware="A100-SXM4-80GB")
    found = [(row["device"], row["measured_energy_kwh"] * 3.6e6, row["start"]) for row in imported]
    assert found == [
        ("0", pytest.approx(4000), "2024-03-01T23:59:10"),
        ("1", pytest.approx(12000), "2024-03-01T23:59:10"),
    ]
    assert said(imported) == {"no-reading": 1}


def test_dmon_without_a_day_passes_midnight_and_without_a_time_is_refused():
    """`-o T` has hours and an energy and no start; without a time the sentence names the option that writes one."""
    head = "#Time        gpu    pwr\n#HH:MM:SS    Idx      W\n"
    imported = power(f"{head}23:59:50 0 100\n00:00:10 0 100\n", hardware="A100-SXM4-80GB")
    assert [(row["measured_energy_kwh"] * 3.6e6, row["start"]) for row in imported] == [
        (pytest.approx(2000), None)
    ]
    for head, lacks in (
        ("# gpu    pwr\n", "the time"),
        ("#Time gpu sm\n", "the power"),
        ("# gpu sm\n", "the power and the time"),
    ):
        with pytest.raises(
            InputError, match=f"dmon without {lacks} of its readings; nvidia-smi dmon -s p -o DT"
        ):
            list(power(f"{head}# Idx\n 0 43 1\n"))


def test_another_power_stands_in_for_one_that_is_no_reading():
    """`power.draw` is [N/A] from the second line on; the instant power beside it is read."""
    text = (
        "timestamp, index, power.draw [W], power.draw.instant [W]\n"
        "2024/01/01 12:00:00, 0, 100.00 W, 999.00 W\n"
        "2024/01/01 12:00:10, 0, [N/A], 300.00 W\n"
        "2024/01/01 12:00:20, 0, [N/A], [N/A]\n"
    )
    imported = power(text, hardware="A100-SXM4-80GB")
    assert [row["measured_energy_kwh"] * 3.6e6 for row in imported] == [pytest.approx(2000)]
    assert said(imported) == {"no-reading": 1}


T4 = "timestamp, index, name, power.draw [W]\n"


def test_a_gpu_without_one_reading_is_said():
    """Every power of GPU 1 is `[N/A]`: it is named and unusable, and GPU 0 has its row."""
    lines = [
        f"2024/01/01 12:00:{at}, {gpu}\n"
        for at in ("00", "10")
        for gpu in ("0, Tesla T4, 70 W", "1, Tesla P4, [N/A]")
    ]
    imported = power(T4 + "".join(lines))
    assert [row["device"] for row in imported] == ["0"]
    (found,) = (finding for finding in imported.findings if finding.code == "never-read")
    assert found.unusable
    assert "GPU 1 (Tesla P4)" in found.text
    assert imported.summary["unusable"] == 1


def test_the_same_power_log_twice_is_counted_once(tmp_path):
    """One file given twice, or a copy of it, is one energy, and that is said; another log of the GPU is its own."""
    paths = [tmp_path / name for name in ("a", "b", "c")]
    for path, watts in zip(paths, (70, 70, 71), strict=True):
        path.write_text(
            f"{T4}2024/01/01 12:00:00, 0, Tesla T4, {watts}\n2024/01/01 12:00:10, 0, Tesla T4, 70\n"
        )
    imported = read_nvidia_smi([str(paths[0]), str(paths[0]), str(paths[1]), str(paths[2])])
    assert [row["mean_power_w"] for row in imported] == [70, 70.5]
    assert imported.summary["findings"] == {"duplicate-row": 2}


def test_a_decimal_comma_between_commas_is_no_reading():
    """`33,5 W` in a log of commas is two cells: it is refused, not read as 33 W."""
    imported = power(
        T4 + "2024/01/01 12:00:00, 0, Tesla T4, 33,5 W\n2024/01/01 12:00:10, 0, Tesla T4, 33,5 W\n"
    )
    assert imported.rows == []
    assert imported.findings[0].code == "bad-row"
    assert "'33,5 W'" in imported.findings[0].text


def test_a_name_of_your_own_for_a_gpu():
    """--map gives the name in the log a meaning: the row is that GPU, and no mean draw stands for it."""
    from wattgram.importers import renamed

    lines = "2024/01/01 12:00:00, 0, Zork, 70 W\n2024/01/01 12:00:10, 0, Zork, 70 W\n"
    imported = renamed(power(T4 + lines), {"zork": "Tesla T4"})
    assert [row["hardware"] for row in imported] == ["Tesla T4"]
    assert imported.findings == []


@pytest.mark.parametrize(
    ("read", "name"), [(read_trainer, "trainer_state.json"), (read_wandb, "wandb-metadata.json")]
)
def test_a_folder_without_the_files_names_them(tmp_path, read, name):
    """An empty folder is an error that says which files would be read."""
    with pytest.raises(InputError, match=f"it is a folder without {name}"):
        assert read(str(tmp_path)).rows


@pytest.mark.parametrize(("read", "name"), [(read_trainer, "train_runtime"), (read_wandb, "_runtime")])
def test_a_runtime_that_is_none_is_said_as_it_stands(read, name):
    """-5 seconds are there, and no runtime; the finding says so."""
    imported = read(io.StringIO(json.dumps({name: -5})), hardware="A100")
    assert [row["hours"] for row in imported] == [None]
    (found,) = imported.findings
    assert f"its {name} is '-5'" in found.text


def test_several_gpus_are_told_apart():
    """By index, by uuid, and by their order where only the time repeats."""
    for head, ids in (
        ("timestamp,index,power.draw", ("0", "1")),
        ("timestamp,uuid,power.draw", ("GPU-a1", "GPU-b2")),
    ):
        lines = [f"{t},{one},{watts}" for t in (0, 10) for one, watts in zip(ids, (100, 200), strict=True)]
        rows = power("\n".join([head, *lines]), hardware="A100").rows
        assert [row["device"] for row in rows] == list(ids)
        assert [row["mean_power_w"] for row in rows] == [100, 200]
    rows = power("timestamp,power.draw\n0,100\n0,200\n10,100\n10,200\n", hardware="A100").rows
    assert [row["mean_power_w"] for row in rows] == [100, 200]


def burst(devices, queries, pause_s=1.0, jitter_s=0.003):
    """A log that names no GPU: one of 100 W, one of 200 W and so on, each line with a time of its own."""
    lines = [
        f"{query * pause_s + device * jitter_s:.3f},{100 * (device + 1)}"
        for query in range(queries)
        for device in range(devices)
    ]
    return "\n".join(["timestamp,power.draw", *lines])


@pytest.mark.parametrize(
    ("devices", "queries", "pause_s"), [(8, 500, 1.0), (2, 5, 1.0), (4, 30, 0.1), (8, 4, 60)]
)
def test_gpus_without_a_name_are_told_by_their_order(devices, queries, pause_s):
    """Lines that come eight at a time are eight GPUs, not one of an eighth of the energy; and that is said."""
    imported = power(burst(devices, queries, pause_s), hardware="A100")
    assert [row["mean_power_w"] for row in imported] == pytest.approx(
        [100 * (device + 1) for device in range(devices)]
    )
    assert said(imported) == {"gpus-by-order": 1}
    assert imported.summary["readings"] == devices * queries


@pytest.mark.parametrize("times", [[n * 0.01 for n in range(900)], [0, 1, 2, 3, 3600, 3601], [5], [1, 1, 1]])
def test_one_gpu_is_no_burst(times):
    """A steady log is one GPU, however fast, and whatever gap it has."""
    imported = power("timestamp,power.draw\n" + "".join(f"{t},100\n" for t in times), hardware="A100")
    assert len(imported.rows) <= 1
    assert "gpus-by-order" not in said(imported)


def test_a_reading_that_is_none_keeps_its_place():
    """[N/A] of the first GPU leaves the second one the second."""
    text = "timestamp,power.draw\n" + "".join(
        f"{t},{'[N/A]' if t == 2 else 100}\n{t}.002,300\n" for t in range(6)
    )
    rows = power(text, hardware="A100").rows
    assert [(row["mean_power_w"], row["readings"]) for row in rows] == [(100, 5), (300, 6)]


def test_gaps_are_said_and_not_integrated():
    """An hour without readings in a log of one a second is no hour at 100 W; one reading a minute-and-a-half is a slow log."""
    times = [*range(11), *range(3610, 3621)]
    imported = power("timestamp,power.draw\n" + "".join(f"{t},100\n" for t in times), hardware="A100")
    (row,) = imported
    assert (row["gaps"], row["gap_seconds"]) == (1, 3600)
    assert row["hours"] == pytest.approx(20 / 3600)
    assert said(imported) == {"gap": 1}
    slow = power("timestamp,power.draw\n" + "".join(f"{t * 90},100\n" for t in range(11)), hardware="A100")
    assert slow.rows[0]["hours"] == pytest.approx(900 / 3600)


@pytest.mark.parametrize(
    ("head", "cells"), [("power.draw [W]", "{}"), ("power.draw [W],power.limit [W]", "{},400.00 W")]
)
def test_milliwatts_labelled_watts(head, cells):
    """250,000 "W" on a board of 400 W is 250 W, and that is said."""
    lines = [f"{t},{cells.format('250000 W')}" for t in (0, 10)]
    imported = power("\n".join([f"timestamp,{head}", *lines]), hardware="A100-SXM4-80GB")
    assert imported.rows[0]["mean_power_w"] == pytest.approx(250)
    assert said(imported) == {"unit-trap": 1}


def test_readings_that_are_none():
    """[N/A] is left out, a torn line and a broken time are bad rows, a backward clock is said; the rest goes on."""
    text = "timestamp,power.draw\n0,100\n5,[N/A]\n10,100\n20\nnoon,100\n5,100\n15,100\n"
    imported = power(text, hardware="A100")
    (row,) = imported
    assert row["hours"] == pytest.approx(15 / 3600)
    assert said(imported) == {"bad-row": 2, "no-reading": 1, "time-backwards": 1}


def test_a_name_that_the_catalog_does_not_know():
    """The mean draw stands for it, or what --hardware says; the energy counts either way."""
    text = "timestamp,name,power.draw\n1700000000,Contraption 9,100\n1700000010,Contraption 9,300\n"
    imported = power(text)
    assert [(row["hardware"], row["mean_power_w"]) for row in imported] == [("200.0W", 200)]
    assert said(imported) == {"hardware-unknown": 1}
    assert "Contraption 9" in imported.findings[0].text
    assert power(text, hardware="A100").rows[0]["hardware"] == "A100"


def test_seconds_that_count_from_zero_have_no_date():
    """0 and 10 s are ten seconds of no known day: start and end stay blank, so that a batch can use the row."""
    (row,) = power("time,power_w\n0,100\n10,100\n", hardware="A100")
    assert (row["start"], row["end"], row["hours"]) == (None, None, 10 / 3600)


def test_no_time_is_counted_twice():
    """A file joined with itself is itself; two runs the wrong way round are both counted, and nothing between them."""
    lines = [f"{t},0,100" for t in range(0, 101, 10)]
    earlier = [f"{t},0,300" for t in range(-100_000, -99_899, 10)]
    head = "timestamp,index,power.draw"
    once = power("\n".join([head, *lines]), hardware="A100").rows[0]
    twice = power("\n".join([head, *lines, head, *lines]), hardware="A100")
    assert twice.rows[0]["measured_energy_kwh"] == once["measured_energy_kwh"] == pytest.approx(1e4 / 3.6e6)
    assert "time-backwards" in said(twice)
    start = 1_700_000_000
    moved = [
        line.replace(line.split(",")[0], str(start + int(line.split(",")[0])), 1) for line in lines + earlier
    ]
    both = power("\n".join([head, *moved]), hardware="A100").rows[0]
    assert both["measured_energy_kwh"] == pytest.approx((1e4 + 3e4) / 3.6e6)
    assert both["hours"] == pytest.approx(200 / 3600)


def test_a_summer_that_ends_takes_no_hour_away():
    """A local clock that goes from 02:59:50 back to 02:00:00 has run ten seconds: 20 minutes each side are 40."""
    times = [f"2024-10-27T02:{m:02d}:{s:02d}" for m in range(40, 60) for s in range(0, 60, 10)]
    times += [f"2024-10-27T02:{m:02d}:{s:02d}" for m in range(20) for s in range(0, 60, 10)]
    (row,) = power("timestamp,power.draw\n" + "".join(f"{t},100\n" for t in times), hardware="A100")
    assert row["hours"] == pytest.approx((40 * 60 - 10) / 3600)
    assert row["measured_energy_kwh"] == pytest.approx(100 * (40 * 60 - 10) / 3.6e6)


def test_a_log_without_a_header_is_read_by_its_form():
    """--format=csv,noheader: one cell is a time and one alone has W; that is said. With units elsewhere, what has none is no power."""
    text = "".join(
        f"2024/01/01 12:00:{s:02d}.000, {gpu}, NVIDIA A100-SXM4-80GB, 45 %, {100 + gpu}.00 W, 1129 MiB\n"
        for s in range(0, 30, 10)
        for gpu in (0, 1)
    )
    imported = power(text)
    assert [(row["hardware"], row["device"], row["mean_power_w"]) for row in imported] == [
        ("NVIDIA A100-SXM4-80GB", "0", 100),
        ("NVIDIA A100-SXM4-80GB", "1", 101),
    ]
    (finding,) = imported.findings
    assert finding.text == (
        "the log has no header; by their form the time is column 1, the power 5, the GPU 2, its name 3"
    )
    with pytest.raises(InputError, match="no header"):
        list(power(text.replace(" W", "")))
    with pytest.raises(InputError, match="no header"):
        list(power(text.replace("45 %", "400.00 W")))


def test_a_log_without_header_or_name():
    """--columns names the cells; a GPU of no name is its mean measured draw, which is said and can be used."""
    with pytest.raises(InputError, match="no header"):
        list(power("0,0,100\n10,0,200\n"))
    imported = power("0,0,100\n10,0,200\n", columns="timestamp,index,power.draw")
    assert imported.rows[0]["hardware"] == "150.0W"
    assert "--hardware" in imported.findings[0].text
    assert (imported.summary["usable"], imported.summary["unusable"]) == (1, 0)
    with pytest.raises(InputError, match="name a time and a power"):
        list(power("0,0,100\n", columns="a,b,c"))


def test_a_gpu_of_no_reading_but_zero():
    """0 W throughout is a sensor that is not there: modelled where the GPU is named, else unusable."""
    text = "timestamp,power.draw\n0,0\n10,0\n"
    imported = power(text)
    assert [row["measured_energy_kwh"] for row in imported] == [None]
    assert (imported.summary["usable"], imported.summary["unusable"]) == (0, 1)
    named = power(text, hardware="A100")
    assert [(row["hardware"], row["measured_energy_kwh"]) for row in named] == [("A100", None)]
    assert said(named) == {"energy-zero": 1}
    assert named.summary["usable"] == 1


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_header_shows_what_stands_between_cells(mark):
    """A spreadsheet's export of the same log reads the same."""
    text = "timestamp,index,power.draw [W]\n0,0,100 W\n10,0,300 W\n".replace(",", mark)
    assert power(text, hardware="A100").rows[0]["mean_power_w"] == 200


@given(st.lists(st.text(alphabet=st.characters(exclude_characters="\n\r"), max_size=40), max_size=5))
def test_no_line_breaks_the_power_reader(lines):
    """Each line is a reading or a finding."""
    assert len(power("\n".join(["timestamp,index,power.draw", *lines])).rows) <= len(lines)


@real
def test_real_power_logs():
    """An RTX 4090 log integrates to 0.2239 kWh at 280 W; eight GPUs are eight; a log that lies about its unit is 6.5 W."""
    (row,) = read_nvidia_smi(str(LOGS / "nvidia_smi_rtx4090_units.csv"))
    assert row["measured_energy_kwh"] == pytest.approx(0.2239, abs=5e-5)
    assert row["mean_power_w"] == pytest.approx(280.1, rel=2e-3)
    assert len(read_nvidia_smi(str(LOGS / "nvidia_smi_8gpu_nounits.csv"), hardware="H100").rows) == 8
    trap = read_nvidia_smi(
        str(LOGS / "power_unit_trap_milliwatts_labelled_w.csv"), hardware="Jetson AGX Orin"
    )
    assert trap.rows[0]["mean_power_w"] == pytest.approx(6.5, abs=0.01)


# --- Weights & Biases -----------------------------------------------------------------------------------------------

METADATA = {
    "startedAt": "2024-01-01T00:00:00Z",
    "gpu": "NVIDIA A100-SXM4-80GB",
    "gpu_count": 4,
    "cpu_count": 16,
}


def test_wandb_metadata_and_summary_are_one_run(tmp_path):
    """A folder of a run: GPUs by name and number, hours from the summary, the id from the folder."""
    files = tmp_path / "wandb" / "run-20240101_000000-ab12cd34" / "files"
    files.mkdir(parents=True)
    (files / "wandb-metadata.json").write_text(json.dumps(METADATA))
    (files / "wandb-summary.json").write_text(
        json.dumps({"_runtime": 7200.5, "loss": 1, "_wandb": {"runtime": 7200}})
    )
    for source in (
        str(tmp_path / "wandb"),
        [str(files / "wandb-summary.json"), str(files / "wandb-metadata.json")],
    ):
        (row,) = read_wandb(source, where="FR")
        assert (row["hardware"], row["count"], row["where"]) == ("NVIDIA A100-SXM4-80GB", 4, "FR")
        assert row["hours"] == 7200.5 / 3600
        assert (row["start"], row["run_id"]) == ("2024-01-01T00:00:00Z", "ab12cd34")


@pytest.mark.parametrize(
    ("metadata", "hardware", "count"),
    [
        ({"gpu_nvidia": [{"name": "NVIDIA L4"}, {"name": "NVIDIA L4"}], "gpu_count": 2}, "NVIDIA L4", 2),
        ({"gpu_devices": [{"name": "Tesla T4"}], "gpu": "Tesla T4"}, "Tesla T4", 1),
        ({"gpu_nvidia": [{"name": "A100"}, {"name": "V100"}]}, "1xA100 + 1xV100", 1),
        ({"gpu": "[NVIDIA A40, NVIDIA A40]"}, "NVIDIA A40", 2),
        ({"apple": {"name": "Apple M2 Max"}, "cpu_count": 12}, "Apple M2 Max", 1),
        ({"cpu_count": 12}, None, 1),
    ],
)
def test_wandb_machines(metadata, hardware, count):
    """Every way in which the metadata names what ran."""
    text = json.dumps([metadata, {"_runtime": 60}])
    (row,) = read_wandb(io.StringIO(text))
    assert (row["hardware"], row["count"], row["hours"]) == (hardware, count, 60 / 3600)


def test_wandb_lists_and_strangers():
    """A list of runs is as many rows; a file of neither kind is one sentence."""
    text = "\n".join(json.dumps({"metadata": METADATA, "summary": {"_runtime": n}}) for n in (60, 120))
    assert [row["hours"] * 60 for row in read_wandb(io.StringIO(text))] == pytest.approx([1, 2])
    for bad in ("{}", "[1]", "not json", '{"a": 1}'):
        with pytest.raises(InputError):
            list(read_wandb(io.StringIO(bad)))


@real
def test_a_real_wandb_run():
    """6,270 s on one RTX 4090."""
    (row,) = read_wandb([str(LOGS / "wandb_metadata.json"), str(LOGS / "wandb_summary.json")])
    assert (row["hardware"], row["count"], row["project"]) == ("NVIDIA GeForce RTX 4090", 1, "TinyLM")
    assert row["hours"] == pytest.approx(6270.05 / 3600, rel=1e-6)


# --- Trainer --------------------------------------------------------------------------------------------------------


def test_trainer_files_of_one_folder_are_one_training(tmp_path):
    """The state has the FLOPs, the results have the runtime."""
    state = {
        "global_step": 375,
        "total_flos": 2e14,
        "epoch": 3.0,
        "log_history": [{"loss": 0.5}, {"train_loss": 0.4}],
    }
    (tmp_path / "trainer_state.json").write_text(json.dumps(state))
    (tmp_path / "all_results.json").write_text(
        json.dumps({"train_runtime": 7200.0, "train_samples_per_second": 2.0})
    )
    (row,) = read_trainer(str(tmp_path), hardware="A100", where="FR")
    assert (row["hours"], row["total_flops"], row["steps"], row["train_loss"]) == (2, 2e14, 375, 0.4)
    assert (row["hardware"], row["where"]) == ("A100", "FR")


def test_checkpoints_given_one_by_one_are_one_training(tmp_path):
    """Of 50, 500 and 100 steps, in any order, 500 count; and none beside the training itself: its FLOPs hold theirs."""
    for steps in (50, 500, 100):
        folder = tmp_path / "a" / f"checkpoint-{steps}"
        folder.mkdir(parents=True)
        (folder / "trainer_state.json").write_text(json.dumps({"global_step": steps, "total_flos": steps}))
    given = [str(one) for one in (tmp_path / "a").iterdir()]
    found = read_trainer(given, hardware="A100")
    assert [one["total_flops"] for one in found] == [500]
    assert found.summary["findings"] == {"duplicate-row": 2, "hours-modelled": 1}
    (tmp_path / "a" / "all_results.json").write_text('{"train_runtime": 3600}')
    found = read_trainer([*given, str(tmp_path / "a")], hardware="A100")
    assert [(one["name"], one["hours"]) for one in found] == [("a", 1)]


@pytest.mark.parametrize(
    ("last_log_s", "whole_s", "hours"),
    [
        (100, 5000, 5000 / 3600),
        (6270.05, 6270, 6270.05 / 3600),
        (7200, 60, 2),
        (7200, None, 2),
        (None, 7200, 2),
    ],
)
def test_a_wandb_run_took_the_longer_of_its_runtimes(tmp_path, last_log_s, whole_s, hours):
    """`_runtime` ends with the last metric, `_wandb.runtime` with the run; a resumed one may count its last part alone there."""
    path = tmp_path / "wandb-summary.json"
    path.write_text(json.dumps({"_step": 1, "_runtime": last_log_s, "_wandb": {"runtime": whole_s}}))
    assert [one["hours"] for one in read_wandb(str(path), hardware="T4")] == pytest.approx([hours])


def test_a_link_to_a_wandb_run_is_that_run(tmp_path):
    """`latest-run` and the run that it leads to are one run of an hour, under the id of its folder."""
    folder = tmp_path / "run-20240101_120000-ab12" / "files"
    folder.mkdir(parents=True)
    (folder / "wandb-metadata.json").write_text('{"gpu": "Tesla T4", "gpu_count": 1, "host": "n"}')
    (folder / "wandb-summary.json").write_text('{"_runtime": 3600}')
    (tmp_path / "latest-run").symlink_to(folder.parent.name)
    found = read_wandb(sorted(str(one) for one in tmp_path.glob("*/files/*.json")))
    assert [(one["run_id"], one["hours"]) for one in found] == [("ab12", 1)]


def test_a_folder_of_checkpoints_is_its_last_one(tmp_path):
    """Without a state of its own a folder has that of the checkpoint with the most steps."""
    for steps in (500, 1500, 1000):
        folder = tmp_path / f"checkpoint-{steps}"
        folder.mkdir()
        (folder / "trainer_state.json").write_text(
            json.dumps({"global_step": steps, "total_flos": steps * 1e15})
        )
    (tmp_path / "checkpoint-9000").mkdir()
    (row,) = read_trainer(str(tmp_path), hardware="A100")
    assert (row["steps"], row["total_flops"]) == (1500, 1.5e18)
    with pytest.raises(InputError):
        list(read_trainer(str(tmp_path / "checkpoint-9000"), hardware="A100"))


def test_a_runtime_inside_the_state():
    """The last log of a finished training holds train_runtime."""
    text = json.dumps({"global_step": 1, "log_history": [{"train_runtime": 3600.0, "total_flos": 1e15}]})
    (row,) = read_trainer(io.StringIO(text), hardware="A100")
    assert (row["hours"], row["total_flops"]) == (1, 1e15)


def test_a_state_without_runtime_takes_the_hours_of_its_flops():
    """1e18 FLOP on an A100 (312 TFLOP/s dense, MFU 0.4) are 1e18 / (312e12 x 0.4 x 3600) h; without hardware, none yet."""
    text = '{"global_step": 1, "total_flos": 1e18, "log_history": []}'
    imported = read_trainer(io.StringIO(text), hardware="A100")
    assert imported.rows[0]["hours"] == pytest.approx(1e18 / (312e12 * 0.4 * 3600))
    assert imported.summary["findings"] == {"hours-modelled": 1}
    assert imported.summary["usable"] == 1
    unknown = read_trainer(io.StringIO(text))
    assert [(row["hours"], row["total_flops"]) for row in unknown] == [(None, 1e18)]
    assert unknown.summary["findings"] == {"hardware-unknown": 1, "hours-unknown": 1}
    assert (unknown.summary["usable"], unknown.summary["unusable"]) == (0, 1)
    assert "with --hardware it follows from its 1e+18 FLOP" in unknown.findings[1].text
    watts = read_trainer(io.StringIO(text), hardware="300W")
    assert [row["hours"] for row in watts] == [None]
    assert watts.summary["unusable"] == 1
    with pytest.raises(InputError):
        list(read_trainer(io.StringIO('{"a": 1}')))


# --- any CSV --------------------------------------------------------------------------------------------------------


def test_a_map_of_columns():
    """hardware=gpu,hours=duration_h: mapped columns are read, the others pass through."""
    text = 'gpu,duration_h,team,n\nA100,"10",red,2\n"8xV100",3d4h,"blue, dark",1\n'
    imported = read_columns(io.StringIO(text), "hardware=gpu,hours=duration_h,count=n", where="FR")
    first, second = imported
    assert (first["hardware"], first["hours"], first["count"], first["where"], first["team"]) == (
        "A100",
        10,
        2,
        "FR",
        "red",
    )
    assert (second["hardware"], second["hours"], second["team"]) == ("8xV100", 76, "blue, dark")
    assert imported.columns[-1] == "team"


@pytest.mark.parametrize(
    ("columns", "cell", "hours"),
    [
        ("seconds=t", "7200", 2),
        ("minutes=t", "90", 1.5),
        ("days=t", "0.5", 12),
        ("hours=t", "12:30:00", 12.5),
    ],
)
def test_durations_in_other_units(columns, cell, hours):
    """Seconds, minutes, days, or a duration as it is typed."""
    (row,) = read_columns(io.StringIO(f"hardware;t\nA100;{cell}\n"), columns)
    assert row["hours"] == pytest.approx(hours)


def test_energies_in_other_units():
    """3.6 MJ and 1,000 Wh are 1 kWh."""
    for columns, cell in (("measured_energy_j=e", "3600000"), ("measured_energy_wh=e", "1000")):
        (row,) = read_columns(io.StringIO(f"hardware,e\nA100,{cell}\n"), columns)
        assert row["measured_energy_kwh"] == pytest.approx(1)


def test_bad_cells_and_bad_maps():
    """A bad cell is a finding with its line; a map that fits nothing is one sentence with the nearest name."""
    imported = read_columns(io.StringIO("hardware,hours,x\nA100,1,a\nA100,soon,b\nA100\n,2,c\n"))
    assert [row["x"] for row in imported] == ["a", "b", "c"]
    assert [(f.line, f.unusable) for f in imported.findings] == [(3, True), (4, True), (5, True)]
    with pytest.raises(InputError, match="names no column"):
        read_columns(io.StringIO("<html>\n<body>\n"))
    for bad in ("hardwear=x", "hardware=y", "hardware"):
        with pytest.raises(InputError):
            read_columns(io.StringIO("hardware,x\nA100,1\n"), bad)


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("hours", "-5"),
        ("hours", "inf"),
        ("count", "-1"),
        ("count", "2.5"),
        ("count", "0"),
        ("load", "7"),
        ("pue", "0.5"),
        ("overhead", "much"),
        ("measured_energy_kwh", "-3"),
        ("measured_energy_kwh", "0"),
        ("measured_energy_kwh", "1e300"),
    ],
)
def test_a_figure_out_of_range_is_unusable_and_stands_as_it_was(column, cell):
    """What a batch could not use is said here with its line; the cell stays, so that the batch says the same."""
    names = dict.fromkeys(("hardware", "hours", column))
    cells = {"hardware": "A100", "hours": "1"} | {column: cell}
    text = (
        ",".join(names) + "\n" + ",".join(cells[name] for name in names) + "\nV100" + ",1" * (len(names) - 1)
    )
    imported = read_columns(io.StringIO(text))
    first, second = imported
    assert first[column] == cell
    assert second["hours"] == 1
    assert [(finding.line, finding.unusable) for finding in imported.findings] == [(2, True)]
    assert (imported.summary["usable"], imported.summary["unusable"]) == (1, 1)


@pytest.mark.parametrize("columns", ["seconds=t", "measured_energy_j=t"])
def test_a_negative_figure_in_another_unit_is_unusable(columns):
    """-5 s are no -0.0014 h."""
    imported = read_columns(io.StringIO("hardware,t\nA100,-5\n"), columns)
    assert [row["hours"] for row in imported] == [None]
    assert imported.summary["unusable"] == 1


def test_a_quoted_cell_over_several_lines():
    """A comment with an end of line is one cell of one row; a quote that nothing closes costs its own line alone."""
    text = 'hardware,hours,note\nA100,1,"two\nlines, one ""cell"""\nA100,2,"torn\nA100,3,whole\nA100,4,"x"\n'
    imported = read_columns(io.StringIO(text))
    assert [(row["hours"], row["note"]) for row in imported] == [
        (1, 'two\nlines, one "cell"'),
        (2, "torn"),
        (3, "whole"),
        (4, "x"),
    ]
    late = 'hardware,hours,note\n"A100,2,torn\nA100,3,whole\n'
    imported = read_columns(io.StringIO(late))
    assert [row["hours"] for row in imported] == [3]
    assert [finding.line for finding in imported.findings] == [2]


def test_a_header_that_stands_twice():
    """Files joined together have their header in the middle, which is no row."""
    imported = read_columns(io.StringIO("hardware,hours\nA100,1\nhardware,hours\nV100,2\n"))
    assert [row["hours"] for row in imported] == [1, 2]
    assert imported.summary["unusable"] == 0


def test_several_files_with_one_map(tmp_path):
    """Each file has its own header and order."""
    (tmp_path / "a.csv").write_text("hardware,hours\nA100,1\n")
    (tmp_path / "b.csv").write_text("hours,hardware\n2,V100\n")
    rows = read_columns([str(tmp_path / "a.csv"), str(tmp_path / "b.csv")]).rows
    assert [(row["hardware"], row["hours"]) for row in rows] == [("A100", 1), ("V100", 2)]


def test_the_trainings_below_a_folder_are_found(tmp_path):
    """A folder of output folders is as many trainings, each by its own files; one without any says so."""
    for name, text in (
        ("a/all_results.json", '{"train_runtime": 3600.0}'),
        ("b/c/checkpoint-5/trainer_state.json", '{"log_history": [], "global_step": 5, "total_flos": 1e18}'),
        (
            "b/c/checkpoint-50/trainer_state.json",
            '{"log_history": [], "global_step": 50, "total_flos": 2e18}',
        ),
        (".cache/all_results.json", '{"train_runtime": 1.0}'),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    rows = list(read_trainer(str(tmp_path), hardware="8xA100-SXM4-80GB"))
    assert [(row["name"], row["total_flops"]) for row in rows] == [("a", None), ("checkpoint-50", 2e18)]
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="in it or below it"):
        list(read_trainer(str(tmp_path / "empty")))


@pytest.mark.parametrize(
    ("line", "joules"),
    [
        ("2024/01/01 12:00:{}0.000, 0, Tesla T4, 60.00 W", 600),
        ("2024/01/01 12:00:{}0.000, 0, Tesla T4, 60.00, 41, 98", 600),
        ("2024/01/01 12:00:{0}0.000, Tesla T4, 60.00 W, 4{0}", 600),
        ("2024/01/01 12:00:{}0.000, 0, Tesla T4, 60.00, 70.00", None),
        ("2024/01/01 12:00:{}0.000, 0, Tesla T4, 60.00 W, 70.00 W", None),
        ("2024/01/01 12:00:{}0.000, 0, Tesla T4, 41, 98", None),
    ],
)
def test_a_log_without_a_header_is_read_where_one_power_alone_is_there(line, joules):
    """By its unit, or without units by its two decimals; a limit beside it is not told from it, and is asked about."""
    text = "".join(line.format(at) + "\n" for at in (0, 1))
    if joules is None:
        with pytest.raises(InputError, match="--columns"):
            list(power(text))
        return
    imported = power(text)
    assert [row["measured_energy_kwh"] * 3.6e6 for row in imported] == [pytest.approx(joules)]
    assert said(imported) == {"no-header": 1}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('<?xml version="1.0" ?>\n<nvidia_smi_log>\n', "XML of nvidia-smi -q -x.*--query-gpu="),
        ("\n==============NVSMI LOG==============\n\nTimestamp : x\n", "nvidia-smi -q,.*--query-gpu="),
        ("Fri Mar  1 10:00:00 2024\n+------+\n| NVIDIA-SMI 525 |\n", "line 1 is no header.*--query-gpu="),
        ("# gpu  pid  type  sm\n# Idx  #  C/G  %\n  0  12  C  50\n", "nvidia-smi pmon.*dmon -s p -o DT"),
    ],
)
def test_what_nvidia_smi_writes_beside_logs_is_refused_with_the_command_that_writes_one(text, said):
    """A state, a table, and the list of processes have no power over time."""
    with pytest.raises(InputError, match=said):
        list(read_nvidia_smi(io.StringIO(text)))


def test_metadata_in_either_spelling():
    """gpuCount is gpu_count: eight GPUs for an hour."""
    metadata = {"startedAt": "2025-01-01T10:00:00Z", "gpu": "NVIDIA H100 80GB HBM3", "gpuCount": 8}
    text = f"{json.dumps(metadata)}\n{json.dumps({'_runtime': 3600})}"
    (row,) = read_wandb(io.StringIO(text))
    assert (row["count"], row["hours"]) == (8, 1)


def test_what_a_script_said_before_its_log_and_the_times_that_date_writes():
    """Six readings of 50 W, ten seconds apart, below a line of prose: 2,500 J."""
    lines = [f"Fri Mar  1 10:00:{second:02d} 2024, 0, Tesla T4, 50.00 W" for second in range(0, 60, 10)]
    text = "\n".join(["starting monitor", "timestamp, index, name, power.draw [W]", *lines])
    imported = read_nvidia_smi(io.StringIO(text))
    (row,) = imported
    assert row["measured_energy_kwh"] == pytest.approx(2500 / 3.6e6, rel=1e-12)
    assert (row["start"], imported.summary["unusable"]) == ("2024-03-01T10:00:00", 0)
    with pytest.raises(InputError, match="line 1 is no header"):
        list(read_nvidia_smi(io.StringIO("prose\n" * 30 + text)))


def test_the_settings_of_a_run_are_no_runtime(tmp_path):
    """config.yaml is refused with the names of the files that say it."""
    path = tmp_path / "config.yaml"
    path.write_text("lr:\n  value: 1\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"wandb-summary\.json say"):
        list(read_wandb(str(path)))


def test_a_spreadsheet_that_says_its_separator():
    """sep=; is no header: 1,5 hours are an hour and a half."""
    (row,) = read_columns(io.StringIO("sep=;\nhardware;hours;where\nA100;1,5;FR\n"))
    assert (row["hardware"], row["hours"], row["where"]) == ("A100", 1.5, "FR")
