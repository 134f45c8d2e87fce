"""track(): measures what runs inside, in every form, and its answer is a footprint."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path

import pytest

import wattgram
from wattgram.errors import InputError, NothingMeasuredError
from wattgram.report import FORMS
from wattgram.tracker.account import footprint_of
from wattgram.tracker.journal import read_run, read_runs


def lines(runs):
    """Every line of the one journal of a folder."""
    (path,) = Path(runs).iterdir()
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_an_hour_at_100_w_is_a_tenth_of_a_kwh(clock, runs, constant):
    """100 W for an hour: 0.1 kWh of the node, half of it the job's, with the range of a counter (5 %)."""
    with wattgram.track(runs=runs, meters=[constant(100.0)], clock=clock) as t:
        clock.advance(3600)
    run = read_runs(runs)[0]
    assert sum(run.joules("node").values()) == pytest.approx(360_000, rel=1e-9)
    assert sum(run.joules("job").values()) == pytest.approx(180_000, rel=1e-9)
    assert run.duration_h == pytest.approx(1.0, rel=1e-12)
    measured = t.footprint().assembled.factors.measured_energy_kwh
    assert (measured.central, measured.low, measured.high) == pytest.approx((0.05, 0.0475, 0.0525))
    assert t.footprint().run.measured_scope == "device"


def test_n_devices_give_n_times_the_energy(clock, runs, constant):
    """Eight devices of 100 W are 0.8 kWh an hour, and the parts sum to the total."""
    meters = [constant(100.0, f"gpu:{i}", f"GPU-{i}") for i in range(8)]
    with wattgram.track(runs=runs, meters=meters, clock=clock, scope="node") as t:
        clock.advance(3600)
    run = read_runs(runs)[0]
    assert run.covers == [f"gpu:{i}" for i in range(8)]
    assert sum(run.joules("node").values()) / 3.6e6 == pytest.approx(0.8, rel=1e-9)
    # processors and memory are not covered by these meters, so they stay in the server's overhead
    assert t.footprint().assembled.hardware.name == "8xA100-SXM4-80GB"
    assert t.footprint().assembled.factors.overhead.central == 1.5
    assert t.footprint().assembled.hardware.device_count == 8


def test_stop_gives_a_footprint_in_every_form(clock, runs, constant):
    """start and stop without `with`; a run with a place has carbon, and every report can be made of it."""
    tracker = wattgram.track("20 g/kWh", runs=runs, meters=[constant(720.0)], clock=clock).start()
    clock.advance(3600)
    footprint = tracker.stop()
    pue, overhead = footprint.assembled.factors.pue.central, footprint.assembled.factors.overhead.central
    assert footprint.energy.central == pytest.approx(0.36 * pue * overhead, rel=1e-9)
    assert footprint.operational.central == pytest.approx(footprint.energy.central * 0.02, rel=1e-12)
    assert tracker.stop() is footprint
    for form in FORMS:
        assert footprint.report(form).strip()


def test_an_unknown_place_is_said_and_energy_is_kept(clock, runs, constant):
    """Without a place there is energy, no carbon and no total, the warning says so, and every report can be made."""
    with wattgram.track(runs=runs, meters=[constant()], clock=clock) as t:
        clock.advance(60)
    footprint = t.footprint()
    assert footprint.operational is wattgram.UNKNOWN
    assert footprint.total is wattgram.UNKNOWN
    assert footprint.energy.central > 0
    assert "place-unknown" in {notice.code for notice in footprint.warnings}
    for form in FORMS:
        assert footprint.report(form).strip()


def test_the_place_comes_from_the_environment_or_the_config(clock, runs, constant, monkeypatch, tmp_path):
    """`WATTGRAM_WHERE` is the place, the config file where that is not set, and an argument goes before both."""
    config = tmp_path / "config.toml"
    config.write_text('where = "SE"\n', encoding="utf-8")
    monkeypatch.setenv("WATTGRAM_CONFIG", str(config))

    def place(where=None):
        with wattgram.track(where, runs=runs, meters=[constant()], clock=clock) as t:
            clock.advance(60)
        return t.header["where"]

    assert place() == "SE"
    monkeypatch.setenv("WATTGRAM_WHERE", "PL")
    assert place() == "PL"
    assert place("FR") == "FR"


def test_a_place_of_the_config_that_is_no_place_costs_the_carbon_alone(clock, runs, constant, monkeypatch):
    """A word in the environment that names nothing is said at the end; it stops nobody."""
    monkeypatch.setenv("WATTGRAM_WHERE", "Atlantis")
    with wattgram.track(runs=runs, meters=[constant()], clock=clock) as t:
        clock.advance(60)
    footprint = t.footprint()
    assert footprint.operational is wattgram.UNKNOWN
    assert "Atlantis" in footprint.report()


@pytest.mark.parametrize(
    "said",
    [
        {"where": "Atlantis"},
        {"interval_s": 0},
        {"interval_s": "often"},
        {"hardware": "no-such-device"},
        {"budget": "much"},
        {"budget": "-1 kg"},
        {"resume": "../x"},
        {"scope": "world"},
        {"expect": 0},
    ],
    ids=str,
)
def test_a_wrong_argument_is_said_before_anything_starts(said, runs):
    """Arguments are checked when track is called, with one sentence."""
    with pytest.raises(InputError) as caught:
        wattgram.track(runs=runs, **said)
    assert "\n" not in str(caught.value)
    assert not Path(runs).exists()


def test_tasks_nest_and_their_energy_is_theirs(clock, runs, constant):
    """Two epochs of 60 s at 100 W (50 W the job's) are 3000 J each; a validation of 20 s inside is 1000 J of them."""
    with wattgram.track(runs=runs, meters=[constant()], clock=clock) as t:
        for epoch in (1, 2):
            with t.task(f"epoch {epoch}"):
                clock.advance(40)
                with t.task("validation"):
                    clock.advance(20)
        clock.advance(30)
    tasks = read_runs(runs)[0].tasks()
    assert tasks["epoch 1"] == pytest.approx((60, 3000))
    assert tasks["epoch 1/validation"] == pytest.approx((20, 1000))
    assert tasks["epoch 2"] == pytest.approx((60, 3000))
    assert set(tasks) == {"epoch 1", "epoch 1/validation", "epoch 2", "epoch 2/validation"}


def test_a_thousand_tasks_take_few_samples(clock, runs, constant):
    """Tasks of milliseconds cost no sample each, and still have their time."""
    with wattgram.track(runs=runs, meters=[constant()], clock=clock) as t:
        for number in range(1000):
            with t.task("even" if number % 2 == 0 else "odd"):
                clock.advance(0.01)
    assert len(lines(runs)) < 40
    tasks = read_runs(runs)[0].tasks()
    assert tasks["even"] == pytest.approx((5, 250), rel=0.02)
    assert tasks["odd"] == pytest.approx((5, 250), rel=0.02)


def test_the_decorator_takes_functions_of_every_kind(clock, runs, constant):
    """Plain, async, generator and async generator: each run lasts as long as the work, and values pass through."""
    settings = {"runs": runs, "meters": [constant()], "clock": clock}

    @wattgram.track(**settings)
    def plain(x):
        clock.advance(10)
        return x + 1

    @wattgram.track(**settings)
    async def coroutine():
        clock.advance(10)
        await asyncio.sleep(0)
        clock.advance(10)
        return "done"

    @wattgram.track(**settings)
    def generator():
        for value in range(3):
            clock.advance(10)
            got = yield value
            assert got in (None, "sent")
        return "end"

    @wattgram.track(**settings)
    async def async_generator():
        try:
            for value in range(4):
                clock.advance(10)
                yield value
        finally:
            clock.advance(1)

    async def consume():
        return [value async for value in async_generator()]

    assert plain(1) == 2
    assert asyncio.run(coroutine()) == "done"
    assert list(generator()) == [0, 1, 2]
    assert asyncio.run(consume()) == [0, 1, 2, 3]
    durations = {run.header["name"].rpartition(".")[2]: run.duration_h * 3600 for run in read_runs(runs)}
    assert durations == pytest.approx({"plain": 10, "coroutine": 20, "generator": 30, "async_generator": 41})
    assert {run.state for run in read_runs(runs)} == {"finished"}
    assert plain.__name__ == "plain"
    assert plain.last.footprint().energy.central > 0


def test_a_generator_keeps_its_conversation(clock, runs, constant):
    """What is sent and thrown into a tracked async generator reaches it."""

    @wattgram.track(runs=runs, meters=[constant()], clock=clock)
    async def talk():
        said = []
        while len(said) < 2:
            try:
                said.append((yield len(said)))
            except ValueError as error:
                said.append(str(error))
        yield said

    async def speak():
        talker = talk()
        assert await anext(talker) == 0
        assert await talker.asend("hello") == 1
        answer = await talker.athrow(ValueError("thrown"))
        await talker.aclose()
        return answer

    assert asyncio.run(speak()) == ["hello", "thrown"]


def test_the_bare_decorator(runs, monkeypatch):
    """`@wattgram.track` without parentheses tracks into the folder of the environment."""
    monkeypatch.setenv("WATTGRAM_RUNS", runs)

    @wattgram.track
    def work():
        return 42

    assert work() == 42
    assert [run.state for run in read_runs(runs)] == ["finished"]


def test_an_exception_passes_through_and_is_written_down(clock, runs, constant):
    """The user's exception is the user's; the run reads as interrupted, with its energy so far and the reason."""

    @wattgram.track(runs=runs, meters=[constant()], clock=clock)
    def train():
        clock.advance(60)
        return 1 / 0

    with pytest.raises(ZeroDivisionError):
        train()
    run = read_runs(runs)[0]
    assert (run.state, run.reason) == ("interrupted", "ZeroDivisionError")
    assert sum(run.joules().values()) == pytest.approx(3000)


def test_a_meter_that_fails_reaches_nobody(clock, runs, constant):
    """A meter that raises costs its own samples; the run goes on, says so, and keeps what it had."""
    meter, other = constant(), constant(10.0, "cpu:0", "cpu")
    with wattgram.track(runs=runs, meters=[meter, other], clock=clock) as t:
        clock.advance(60)
        meter.fails = True
        clock.advance(60)
    run = read_runs(runs)[0]
    # the last sample that it answered was at 53 s: 8 s, then every 15 s; half of 100 W is the job's
    assert sorted(run.joules().values()) == pytest.approx([600, 53 * 50])
    assert any("on fire" in notice.text for notice in t.footprint().warnings)
    assert lines(runs)[-2]["missed"] == ["gpu:0"]


def test_a_meter_that_never_answers_is_named_with_its_error(clock, runs, constant):
    """With no figure at all, the sentence says which meter failed and with what."""
    meter = constant()
    meter.fails = True
    tracker = wattgram.track(runs=runs, meters=[meter], clock=clock).start()
    clock.advance(60)
    with pytest.raises(
        NothingMeasuredError, match=r"no sample was written.*the meter constant failed.*on fire"
    ):
        tracker.stop()
    with pytest.raises(NothingMeasuredError, match=r"the meter constant failed.*on fire"):
        footprint_of(read_runs(runs)[0])


def test_several_trackers_share_one_sampler_and_do_not_mix(clock, runs, constant):
    """An inner run counts its own hour alone; meters are read once for both."""
    meter = constant()
    meters = (meter,)
    with wattgram.track(runs=runs, meters=meters, clock=clock, name="outer"):
        clock.advance(3600)
        with wattgram.track(runs=runs, meters=meters, clock=clock, name="inner"):
            clock.advance(1800)
    energy = {run.header["name"]: sum(run.joules("node").values()) for run in read_runs(runs)}
    assert energy == pytest.approx({"outer": 540_000, "inner": 180_000})


def test_resume_continues_a_run(clock, runs, constant):
    """An hour, a crash, an hour: one journal, one run of two hours, and both energies."""
    first = wattgram.track(runs=runs, meters=[constant()], clock=clock, resume="job-7").start()
    clock.advance(3600)
    first._finish("interrupted", "KeyboardInterrupt")
    clock.advance(7200)
    with wattgram.track(runs=runs, meters=[constant()], clock=clock, resume="job-7") as t:
        clock.advance(3600)
    (run,) = read_runs(runs)
    assert (run.id, run.state, len(run.segments)) == ("job-7", "finished", 2)
    assert run.duration_h == pytest.approx(2.0)
    assert sum(run.joules("node").values()) == pytest.approx(720_000)
    assert t.footprint().assembled.factors.measured_energy_kwh.central == pytest.approx(0.1)


def test_resume_ends_a_torn_line_first(clock, runs, constant):
    """A journal that ends within a line is continued on a new one: only the torn line is lost."""
    with wattgram.track(runs=runs, meters=[constant()], clock=clock, resume="torn"):
        clock.advance(60)
    (path,) = Path(runs).iterdir()
    path.write_bytes(path.read_bytes() + b'{"type":"sample","t_s":99')
    with wattgram.track(runs=runs, meters=[constant()], clock=clock, resume="torn"):
        clock.advance(60)
    run = read_run(str(path))
    assert (run.torn, len(run.segments), run.state) == (1, 2, "finished")
    assert sum(run.joules("node").values()) == pytest.approx(12_000)


def test_predict_stretches_what_is_done(clock, runs, constant):
    """Two of ten epochs of an hour at 50 W: 0.5 kWh to expect, and equal epochs leave little spread."""
    with wattgram.track("20 g/kWh", runs=runs, meters=[constant()], clock=clock, expect=10) as t:
        assert t.predict().energy_kwh is wattgram.UNKNOWN
        for epoch in range(2):
            with t.task(f"epoch {epoch}"):
                clock.advance(3600)
        told = t.predict()
        said = t.predict(0.5)
    assert told.fraction == pytest.approx(0.2)
    assert told.measured_energy_kwh.central == pytest.approx(0.5)
    assert told.duration_h.central == pytest.approx(10)
    assert told.measured_energy_kwh.low <= 0.5 * 0.951
    assert told.measured_energy_kwh.high < 0.6
    assert told.operational_kg.central == pytest.approx(told.energy_kwh.central * 0.02)
    assert said.duration_h.central == pytest.approx(4)


def test_uneven_epochs_widen_a_prediction(clock, runs, constant):
    """Epochs of 1 h and 3 h leave a wide range for the other eight; what is spent already is its floor."""
    with wattgram.track(runs=runs, meters=[constant()], clock=clock, expect=10) as t:
        for hours in (1, 3):
            with t.task(f"epoch {hours}"):
                clock.advance(hours * 3600)
        told = t.predict()
    assert told.duration_h.central == pytest.approx(20)
    assert told.duration_h.high / told.duration_h.low > 2
    assert told.duration_h.low >= 4


def test_a_budget_calls_back_once_when_it_will_be_passed(clock, runs, constant, caplog):
    """5 g at 20 g/kWh: with 10 % done it is known long before it is spent."""
    called = []
    tracker = wattgram.track(
        "20 g/kWh",
        runs=runs,
        meters=[constant(2000.0)],
        clock=clock,
        budget="5 g",
        on_budget=called.append,
    )
    with tracker as t:
        t.progress(1, 100)
        clock.advance(600)
        assert len(called) == 1
        clock.advance(600)
    assert len(called) == 1
    assert called[0].operational_kg.central > 0.005
    assert t.footprint().operational.central > 0.005
    with (
        caplog.at_level(logging.WARNING, "wattgram"),
        wattgram.track(runs=runs, meters=[constant(2000.0)], clock=clock, budget="1 Wh"),
    ):
        clock.advance(600)
    assert "budget of 1 Wh is passed" in caplog.text


def test_a_callback_that_fails_ends_nothing(clock, runs, constant):
    """The user's own fault in on_budget is noted; the run goes on."""

    def broken(_):
        raise RuntimeError("mine")

    with wattgram.track(runs=runs, meters=[constant()], clock=clock, budget="1 Wh", on_budget=broken) as t:
        clock.advance(3600)
    assert read_runs(runs)[0].state == "finished"
    assert any("mine" in notice.text for notice in t.footprint().warnings)


def test_stop_before_start_says_that_nothing_was_measured(runs):
    """A tracker that never started has no answer, and says so in a sentence."""
    with pytest.raises(NothingMeasuredError, match="never started"):
        wattgram.track(runs=runs).stop()


def test_a_machine_without_sensors_is_modelled_and_never_0(runs, bare):
    """No sensor: processor and memory are modelled, the figure is above 0, its range wide, and all of it is said."""
    with wattgram.track(runs=runs, sensors=bare) as t:
        sum(range(1_000_000))
    run = read_runs(runs)[0]
    assert run.covers[0] == "cpu:0 (model)"
    assert "memory (model)" in run.covers
    energy = t.footprint().assembled.factors.measured_energy_kwh
    assert energy.central > 0
    assert energy.high / energy.low > 1.3
    assert {"energy-modelled", "covers"} <= {notice.code for notice in t.footprint().warnings}


def test_stated_hardware_is_modelled_where_no_sensor_tells(clock, runs, bare):
    """`hardware="8xA100"` without NVML: eight devices at rated power and a usual load, said to be modelled."""
    with wattgram.track(runs=runs, hardware="8xA100-SXM4-80GB", sensors=bare, clock=clock) as t:
        clock.advance(3600)
    run = read_runs(runs)[0]
    devices = {part.device: part.name for part in run.parts().values()}
    modelled = sum(j for device, j in run.joules().items() if devices[device].startswith("gpu:"))
    assert modelled / 3.6e6 == pytest.approx(8 * 0.4 * 0.65, rel=1e-6)
    assert run.covers.count("gpu:0 (model)") == 1
    assert len([one for one in run.covers if one.startswith("gpu:")]) == 8
    assert t.footprint().assembled.hardware.device_count == 8


def test_stated_watts_are_the_whole(clock, runs, bare):
    """`hardware="300W"` is 0.3 kWh an hour, of IT equipment, and nothing is modelled beside it."""
    with wattgram.track(runs=runs, hardware="300W", sensors=bare, clock=clock) as t:
        clock.advance(3600)
    assert t.footprint().assembled.factors.measured_energy_kwh.central == pytest.approx(0.3)
    assert t.footprint().run.measured_scope == "it"


def test_a_meter_of_ones_own_is_not_called_stated_watts(constant, runs, clock):
    """A board that the catalog has not: its energy is metered, and so is the overhead of 1 that is shown beside it."""
    meter = constant(part="board:0", device="board")
    meter.parts = (meter.parts[0]._replace(what="Own board"),)
    with wattgram.track("FR", runs=runs, meters=[meter], clock=clock) as t:
        clock.advance(3600)
    shown = t.footprint().report("text")
    assert "measured, the draw at the meter" in shown
    assert "stated watts" not in shown
