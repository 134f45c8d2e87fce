"""Meters: each joule once, each device by the right name, each trap of the counters."""

from __future__ import annotations

import os
from types import SimpleNamespace

import pytest

import wattgram
from wattgram.catalog import Catalog
from wattgram.testing import FakeDevice, FakeNvml, powercap_tree
from wattgram.tracker.journal import read_runs
from wattgram.tracker.machine import Machine
from wattgram.tracker.meters import Sensors, find_meters
from wattgram.tracker.meters.amd import Amd
from wattgram.tracker.meters.apple import Apple
from wattgram.tracker.meters.nvidia import Nvidia
from wattgram.tracker.meters.processor import LoadGauge, ProcessorModel, share_of_rated
from wattgram.tracker.meters.rapl import Rapl, zones
from wattgram.tracker.meters.visible import visible

CATALOG = Catalog.load()
UUIDS = ["GPU-aaaa1111", "GPU-bbbb2222", "GPU-bbbb3333"]


def rapl(folder, **options):
    return Rapl(Machine(), CATALOG, str(folder), **options)


# --- RAPL -----------------------------------------------------------------------------------------------------------


def test_psys_is_not_counted_beside_packages(tmp_path):
    """psys 15 J contains package-0 10 J and its dram 2 J: 12 J are counted, not 27 (PEERS 2.3: 25 J for 15 J)."""
    tree = powercap_tree(
        str(tmp_path),
        {"intel-rapl:0": "package-0", "intel-rapl:0/intel-rapl:0:0": "dram", "intel-rapl:1": "psys"},
    )
    meter = rapl(tmp_path)
    meter.read(0.0)
    tree.add("intel-rapl:0", 10)
    tree.add("intel-rapl:0/intel-rapl:0:0", 2)
    tree.add("intel-rapl:1", 15)
    readings = meter.read(1.0)
    assert {name: one.node_j for name, one in readings.items()} == pytest.approx({"cpu:0": 10, "dram:0": 2})
    assert [part.name for part in meter.parts] == ["cpu:0", "dram:0"]


def test_psys_alone_is_taken(tmp_path):
    """Where there is no package, psys is what there is."""
    tree = powercap_tree(str(tmp_path), {"intel-rapl:1": "psys"})
    meter = rapl(tmp_path)
    meter.read(0.0)
    tree.add("intel-rapl:1", 15)
    assert meter.read(1.0)["system"].node_j == pytest.approx(15)


def test_msr_and_mmio_list_one_package_twice(tmp_path):
    """Both trees have package-0 with 10 J: it is 10 J, and core and uncore are inside of it."""
    tree = powercap_tree(
        str(tmp_path),
        {
            "intel-rapl:0": "package-0",
            "intel-rapl:0:0": "core",
            "intel-rapl:0:1": "uncore",
            "intel-rapl-mmio:0": "package-0",
        },
    )
    meter = rapl(tmp_path)
    meter.read(0.0)
    for zone in ("intel-rapl:0", "intel-rapl:0:0", "intel-rapl-mmio:0"):
        tree.add(zone, 10)
    assert {name: one.node_j for name, one in meter.read(1.0).items()} == pytest.approx({"cpu:0": 10})
    assert "rapl-mmio" not in meter.zones[0].path


def test_flat_links_and_nested_folders_are_one_zone(tmp_path):
    """Linux shows a child both beside its parent and inside of it; dram of two sockets stays two."""
    tree = powercap_tree(
        str(tmp_path),
        {
            "intel-rapl:0": "package-0",
            "intel-rapl:0:0": "dram",
            "intel-rapl:0/intel-rapl:0:0": "dram",
            "intel-rapl:1": "package-1",
            "intel-rapl:1:0": "dram",
        },
    )
    found, closed = zones(str(tmp_path))
    assert [zone.part for zone in found] == ["cpu:0", "cpu:1", "dram:0", "dram:1"]
    assert closed == []
    assert tree.range_uj is not None


def test_a_wrap_is_a_step_forward(tmp_path):
    """From 5 J before its end a counter goes on to 5 J after: 10 J, not -262 kJ (PEERS 2.3)."""
    tree = powercap_tree(str(tmp_path), {"intel-rapl:0": "package-0"}, start_uj=262_143_328_850 - 5_000_000)
    meter = rapl(tmp_path)
    meter.read(0.0)
    tree.add("intel-rapl:0", 10.000001)
    assert meter.read(1.0)["cpu:0"].node_j == pytest.approx(10.000001, abs=1e-9)
    assert meter.period_s < 94


def test_a_counter_that_goes_back_without_a_range_drops_the_sample(tmp_path):
    """No range is known, so the step is unknown: dropped and said, and the next one counts again."""
    tree = powercap_tree(str(tmp_path), {"intel-rapl:0": "package-0"}, start_uj=50_000_000, range_uj=None)
    meter = rapl(tmp_path)
    meter.read(0.0)
    tree.set("intel-rapl:0", 10_000_000)
    assert "cpu:0" not in meter.read(1.0)
    tree.add("intel-rapl:0", 7)
    assert meter.read(2.0)["cpu:0"].node_j == pytest.approx(7)
    assert [notice.code for notice in meter.notices()] == ["sample-dropped"]


def test_mirrored_dies_are_one_counter(tmp_path):
    """Two dies that show the counter of their socket: 100 J once; two dies that differ: both."""
    tree = powercap_tree(
        str(tmp_path / "mirrored"), {"intel-rapl:0": "package-0-die-0", "intel-rapl:1": "package-0-die-1"}
    )
    meter = rapl(tmp_path / "mirrored")
    meter.read(0.0)
    tree.add("intel-rapl:0", 100)
    tree.add("intel-rapl:1", 100)
    assert {name: one.node_j for name, one in meter.read(1.0).items()} == pytest.approx({"cpu:0": 100})
    assert [notice.code for notice in meter.notices()] == ["sensor-mirrored"]
    tree = powercap_tree(
        str(tmp_path / "two"), {"intel-rapl:0": "package-0-die-0", "intel-rapl:1": "package-0-die-1"}
    )
    meter = rapl(tmp_path / "two")
    meter.read(0.0)
    tree.add("intel-rapl:0", 100)
    tree.add("intel-rapl:1", 60)
    assert sum(one.node_j for one in meter.read(1.0).values()) == pytest.approx(160)


def test_a_counter_that_may_not_be_read_is_said_and_modelled(tmp_path):
    """A closed counter (as for every user but root since 2020) is named, and the model covers the processor."""
    tree = powercap_tree(str(tmp_path), {"intel-rapl:0": "package-0"})
    tree.set("intel-rapl:0", "")
    os.chmod(tmp_path / "intel-rapl:0" / "energy_uj", 0)
    meters, notices = find_meters(Machine(), CATALOG, None, Sensors(powercap=str(tmp_path)))
    assert "sensor-unreadable" in {notice.code for notice in notices}
    assert [part.cover for meter in meters for part in meter.parts][:1] == ["cpu:0 (model)"]


def test_sensors_and_models_cover_each_part_once(tmp_path):
    """With package and dram counters nothing is modelled; without dram the memory is, and no name stands twice."""
    powercap_tree(str(tmp_path / "a"), {"intel-rapl:0": "package-0", "intel-rapl:0:0": "dram"})
    powercap_tree(str(tmp_path / "b"), {"intel-rapl:0": "package-0"})
    for folder, expected in (("a", ["cpu:0", "dram:0"]), ("b", ["cpu:0", "memory (model)"])):
        meters, _ = find_meters(Machine(), CATALOG, None, Sensors(powercap=str(tmp_path / folder)))
        assert [part.cover for meter in meters for part in meter.parts] == expected


# --- NVIDIA ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (None, [0, 1, 2]),
        ("", []),
        ("-1", []),
        ("NoDevFiles", []),
        ("1", [1]),
        ("2,0", [2, 0]),
        ("0,7,1", [0]),
        ("0,0", []),
        ("GPU-aaaa1111", [0]),
        ("GPU-aa, GPU-bbbb3333", [0, 2]),
        ("GPU-bbbb", []),
        ("GPU-gone", []),
        ("MIG-GPU-bbbb2222/1/0", [1]),
        ("MIG-one", [2]),
        ("MIG-one,MIG-two", [2]),
        ("MIG-unknown", []),
    ],
)
def test_visible_devices_as_cuda_reads_them(said, expected):
    """Indices, UUIDs (whole and cut short), MIG instances, nothing: as CUDA documents it."""
    parents = {"MIG-one": "GPU-bbbb3333", "MIG-two": "GPU-bbbb3333"}
    assert visible(said, UUIDS, parents) == expected


def test_eight_devices_of_300_w(clock, runs, tmp_path):
    """8 x 300 W for an hour is 2.4 kWh of the node; with two of them visible the job has 0.6 kWh."""
    lib = FakeNvml([FakeDevice(300.0) for _ in range(8)], clock.monotonic_s)
    sensors = Sensors(powercap=str(tmp_path / "none"), nvml=lib)
    os.environ["CUDA_VISIBLE_DEVICES"] = "3,GPU-00000005"
    try:
        with wattgram.track(runs=runs, sensors=sensors, clock=clock) as t:
            clock.advance(3600)
    finally:
        del os.environ["CUDA_VISIBLE_DEVICES"]
    (run,) = read_runs(runs)
    names = {part.device: part.name for part in run.parts().values()}
    node = {names[device]: joules for device, joules in run.joules("node").items()}
    job = {names[device]: joules for device, joules in run.joules("job").items()}
    assert sum(j for name, j in node.items() if name.startswith("gpu")) / 3.6e6 == pytest.approx(
        2.4, rel=1e-6
    )
    assert {name: j / 3.6e6 for name, j in job.items() if name.startswith("gpu")} == pytest.approx(
        {"gpu:3": 0.3, "gpu:5": 0.3}, rel=1e-6
    )
    assert t.footprint().assembled.hardware.name.startswith("2xA100-SXM4-80GB")


def test_a_counter_is_read_seldom_once_it_is_checked(clock):
    """A counter that agrees with its power is read with the samples alone; a device without one every second."""
    lib = FakeNvml([FakeDevice()], clock.monotonic_s)
    meter = Nvidia(CATALOG, lib)
    assert meter.period_s == 1.0
    for second in range(30):
        clock.advance(1)
        meter.read(float(second))
    assert meter.period_s == 0.0
    assert meter.parts[0].method == "energy-counter"
    assert Nvidia(CATALOG, FakeNvml([FakeDevice(counter=False)], clock.monotonic_s)).period_s == 1.0


def test_a_counter_that_disagrees_is_not_believed(clock):
    """A counter at 1.5 times the power: after 20 s power is integrated, from the start, with its wider range."""
    lib = FakeNvml([FakeDevice(200.0, counter_factor=1.5)], clock.monotonic_s)
    meter = Nvidia(CATALOG, lib)
    joules = 0.0
    for _ in range(101):
        joules = meter.read(clock.monotonic_s())["gpu:0"].node_j
        clock.advance(1)
    assert joules == pytest.approx(200 * 100, rel=1e-6)
    assert meter.parts[0].method == "power-integral"
    assert meter.parts[0].low == pytest.approx(0.9)
    assert [notice.code for notice in meter.notices()] == ["counter-disagrees"]


def test_a_device_without_counter_is_integrated(clock):
    """Power that ramps from 100 to 300 W over 100 s is 20 kJ by the trapezoid rule."""
    device = FakeDevice(100.0, counter=False)
    meter = Nvidia(CATALOG, FakeNvml([device], clock.monotonic_s))
    for second in range(101):
        device.power_w = 100 + 2 * second
        joules = meter.read(float(second))["gpu:0"].node_j
    assert joules == pytest.approx(20_000, rel=1e-9)


def test_a_device_that_falls_off_the_bus_keeps_what_it_had(clock, runs, tmp_path):
    """An hour at 300 W, then the device is lost: 0.3 kWh stay, the loss is said, nothing raises."""
    device = FakeDevice(300.0)
    sensors = Sensors(powercap=str(tmp_path / "none"), nvml=FakeNvml([device], clock.monotonic_s))
    with wattgram.track(runs=runs, sensors=sensors, clock=clock) as t:
        clock.advance(3600)
        t.sample()
        device.lost = True
        clock.advance(3600)
    (run,) = read_runs(runs)
    assert run.joules("node")[device.uuid] / 3.6e6 == pytest.approx(0.3, rel=1e-6)
    assert "sample-dropped" in {notice.code for notice in t.footprint().warnings}


def test_mig_counts_the_whole_device_and_says_so(clock):
    """A MIG instance has no sensor: its device counts whole, once, and is said to be shared."""
    devices = [FakeDevice(), FakeDevice(mig=("MIG-1", "MIG-2"))]
    meter = Nvidia(CATALOG, FakeNvml(devices, clock.monotonic_s), "MIG-1,MIG-2")
    meter.read(0.0)
    clock.advance(10)
    readings = meter.read(10.0)
    assert readings["gpu:0"].job_j == 0
    assert readings["gpu:1"].job_j == pytest.approx(3000)
    assert [notice.code for notice in meter.notices()] == ["shared-device"]


def test_a_driver_that_fails_is_said(monkeypatch, tmp_path):
    """NVML that raises when it is asked for its devices costs the devices alone."""

    class Broken:
        def nvmlDeviceGetCount(self):  # noqa: N802 - the library's name
            raise RuntimeError("driver/library version mismatch")

    sensors = Sensors(powercap=str(tmp_path / "none"), nvml=Broken())
    meters, notices = find_meters(Machine(), CATALOG, None, sensors)
    assert any("version mismatch" in notice.text for notice in notices)
    assert [meter.name for meter in meters] == ["processor-model", "memory-model"]


# --- AMD and Apple --------------------------------------------------------------------------------------------------


class FakeAmd:
    """amdsmi with two packages of two dies, the second die of each a mirror or silent."""

    def __init__(self, second):
        self.joules = 1000.0
        self.second = second

    def amdsmi_get_processor_handles(self):
        return [0, 1, 2, 3]

    def amdsmi_get_gpu_device_uuid(self, handle):
        return f"amd-{handle}"

    def amdsmi_get_gpu_asic_info(self, _handle):
        return {"market_name": "AMD Instinct MI250X"}

    def amdsmi_get_energy_count(self, handle):
        own = self.joules + 5000 * (handle // 2)
        if handle % 2:
            own = own if self.second == "mirror" else 0.0
        return {"energy_accumulator": own * 1e6 / 15.3, "counter_resolution": 15.3}

    def amdsmi_get_power_info(self, _handle):
        return {"current_socket_power": "N/A", "average_socket_power": "N/A"}


@pytest.mark.parametrize("second", ["mirror", "silent"])
def test_two_dies_of_a_package_are_counted_once(second):
    """Four dies, two packages of 500 J: 1000 J, and the dies without a counter of their own are named."""
    lib = FakeAmd(second)
    meter = Amd(CATALOG, lib, "0,1,2,3")
    meter.read(0.0)
    lib.joules += 500
    readings = meter.read(1.0)
    assert {name: one.job_j for name, one in readings.items()} == pytest.approx({"gpu:0": 500, "gpu:2": 500})
    assert [notice.code for notice in meter.notices()] == ["sensor-mirrored"]


def test_apple_adds_up_windows():
    """Windows of 1, 2 and 3 J of the processor are 6 J; a field that the chip has not is left out."""

    class Monitor:
        def __init__(self):
            self.given = iter((1000, 2000, 3000))

        def begin_window(self, name):
            assert name

        def end_window(self, name):
            assert name
            return SimpleNamespace(cpu_total_mj=next(self.given), gpu_mj=500, dram_mj=None)

    meter = Apple(Machine(), CATALOG, SimpleNamespace(AppleEnergyMonitor=Monitor))
    for _ in range(3):
        readings = meter.read(0.0)
    assert {name: one.node_j for name, one in readings.items()} == pytest.approx({"cpu:0": 6, "gpu:0": 1.5})


# --- models ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("load", "share"),
    [(0, 0.12), (0.05, 0.22), (0.1, 0.32), (0.5, 0.75), (0.75, 0.885), (1, 1.02), (2, 1.02)],
)
def test_the_load_curve_of_a_processor(load, share):
    """Teads 2021: 0.12, 0.32, 0.75 and 1.02 of rated power at 0, 10, 50 and 100 %, linear between."""
    assert share_of_rated(load, CATALOG) == pytest.approx(share)


class Still(Machine):
    """A machine whose times are set by hand: 8 processors, of which the job was given some."""

    def __init__(self, given=8.0, name="AMD EPYC 7763 64-Core Processor"):
        super().__init__(processor=name)
        self.busy_s = self.job_s = 0.0
        self.given = given

    @property
    def allocation(self):
        from wattgram.tracker.cgroup import Allocation

        return Allocation(self.given, 8, 16.0, 64.0, "", "as set")

    sockets = 1
    virtual = False

    def machine_seconds(self):
        return self.busy_s

    def tree_seconds(self):
        return self.job_s


def test_a_processor_is_modelled_by_rated_power_and_load():
    """EPYC 7763, 280 W: at half load over an hour 280 x 0.75 = 210 Wh, and the range is that of the model (/2, x2)."""
    machine = Still()
    meter = ProcessorModel(machine, CATALOG, [0])
    meter.read(0.0)
    machine.busy_s = machine.job_s = 8 * 3600 * 0.5
    reading = meter.read(3600.0)["cpu:0"]
    assert reading.node_j / 3600 == pytest.approx(210)
    assert reading.job_j == pytest.approx(reading.node_j)
    assert (meter.parts[0].low, meter.parts[0].high) == pytest.approx((0.5, 2.0))


def test_a_job_has_the_processors_it_was_given():
    """2 of 8 processors, both busy, the others idle: 2/8 x 280 x 1.02 W of the job, 280 x 0.4275 W of the machine."""
    machine = Still(given=2.0)
    meter = ProcessorModel(machine, CATALOG, [0])
    meter.read(0.0)
    machine.busy_s = machine.job_s = 2 * 100.0
    reading = meter.read(100.0)["cpu:0"]
    assert reading.job_j == pytest.approx(0.25 * 280 * 1.02 * 100)
    assert reading.node_j == pytest.approx(280 * share_of_rated(0.25, CATALOG) * 100)
    assert reading.job_j <= reading.node_j


def test_a_measured_processor_is_split_as_the_model_would():
    """Alone on the machine the job has all that the sensor says; with the machine busy by others it has its part."""
    machine = Still()
    gauge = LoadGauge(machine, CATALOG)
    gauge.look(0.0)
    machine.busy_s = machine.job_s = 8 * 10 * 0.5
    assert gauge.job_of_measured(10.0) == pytest.approx(1.0)
    machine.busy_s += 8 * 10 * 1.0
    assert gauge.job_of_measured(20.0) == pytest.approx(0.12 / 1.02)


def test_a_vcpu_is_its_part_of_a_socket():
    """8 vCPUs of an EPYC 7763 (128 threads, 280 W) are rated 17.5 W; 8 of a processor nobody knows, 22.4 W."""
    machine = Still()
    machine.virtual = True
    assert machine.rated(CATALOG).power_w.central == pytest.approx(17.5)
    assert machine.rated(CATALOG).words == "8 vCPU EPYC 7763"
    unknown = Still(name="QEMU Virtual CPU version 2.5+")
    assert unknown.rated(CATALOG).power_w.central == pytest.approx(22.4)
    assert not unknown.rated(CATALOG).known
