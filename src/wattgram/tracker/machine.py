"""The machine under the run: its processors, memory and identity, and how the catalog names them."""

from __future__ import annotations

import os
import platform
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from wattgram.errors import WattgramError
from wattgram.tracker.cgroup import Allocation, allocation, read_text, tree_seconds

if TYPE_CHECKING:
    from wattgram.catalog import Catalog
    from wattgram.value import Value

__all__ = ["Machine", "Rated"]


class Rated(NamedTuple):
    """Rated power of all the processors that the system shows, and the words for it."""

    power_w: Value
    """Of all of them together [W]."""
    words: str
    """How a hardware word names them: `2xEPYC 7763`, `8 vCPU Xeon Gold 6148`, `8 vCPU`."""
    job_words: str
    """The same for the job's share of them."""
    known: bool


class Machine:
    """What the system says of itself.

    Parameters
    ----------
    proc, cgroups, cpus : where the system keeps what it says (other folders in tests)
    processor : a processor's name, in place of what the system says
    """

    def __init__(
        self,
        proc: str = "/proc",
        cgroups: str = "/sys/fs/cgroup",
        cpus: str = "/sys/devices/system/cpu",
        processor: str = "",
    ) -> None:
        self.proc, self.cgroups, self.cpus, self.stated = proc, cgroups, cpus, processor

    @cached_property
    def id(self) -> str:
        """Identity of the node: host name and the id of its boot; no serial number is read."""
        return f"{platform.node()}/{self.boot}" if self.boot else platform.node()

    @cached_property
    def boot(self) -> str:
        """Identity of this boot; empty where the system has none."""
        return read_text(f"{self.proc}/sys/kernel/random/boot_id").strip()[:8]

    @cached_property
    def allocation(self) -> Allocation:
        """What of the machine the job was given."""
        return allocation(self.proc, self.cgroups)

    @cached_property
    def _cpuinfo(self) -> dict[str, str]:
        first = read_text(f"{self.proc}/cpuinfo").partition("\n\n")[0]
        pairs = (line.partition(":") for line in first.splitlines())
        return {name.strip(): value.strip() for name, _, value in pairs}

    @property
    def processor(self) -> str:
        """The processor as the system names it; empty where it does not."""
        if self.stated:
            return self.stated
        named = self._cpuinfo.get("model name", "")
        return named or (_brand() if platform.system() == "Darwin" else "")

    @property
    def virtual(self) -> bool:
        """Whether a hypervisor stands below, so that processors are parts of sockets."""
        return "hypervisor" in self._cpuinfo.get("flags", "").split()

    @cached_property
    def sockets(self) -> int:
        """Sockets of the machine, 1 where the system does not say."""
        found = set()
        for number in range(os.cpu_count() or 1):
            package = read_text(f"{self.cpus}/cpu{number}/topology/physical_package_id").strip()
            if package:
                found.add(package)
        return max(1, len(found))

    def rated(self, catalog: Catalog) -> Rated:
        """Rated power of the machine's processors: sockets x TDP, or the vCPUs' share of one, or a typical vCPU."""
        threads, mine = self.allocation.machine_cpus, self.allocation.cpus
        row = _processor(self.processor, catalog)
        if row is None:
            each = catalog.default("vcpu-rated-w")
            return Rated(
                (each * float(threads)).as_unit("W"), f"{threads} vCPU", f"{_whole(mine)} vCPU", known=False
            )
        name, power_w, per_socket = row
        if self.virtual and per_socket:
            power = (power_w * (threads / per_socket)).as_unit("W")
            return Rated(power, f"{threads} vCPU {name}", f"{_whole(mine)} vCPU {name}", known=True)
        whole = name if self.sockets == 1 else f"{self.sockets}x{name}"
        part = whole if mine >= threads or not per_socket else f"{_whole(mine)} vCPU {name}"
        return Rated((power_w * float(self.sockets)).as_unit("W"), whole, part, known=True)

    def machine_seconds(self) -> float | None:
        """Time that all processors together were busy since boot [s]; None where the system does not tell."""
        words = read_text(f"{self.proc}/stat").partition("\n")[0].split()
        if len(words) < 8 or words[0] != "cpu":  # noqa: PLR2004 - user to softirq
            return None
        user, nice, system, _, _, irq, softirq = map(int, words[1:8])
        return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")

    def tree_seconds(self) -> float | None:
        """Processor time of this process and its descendants so far [s]."""
        return tree_seconds(None, self.proc)


def _whole(cpus: float) -> int:
    return max(1, round(cpus))


def _brand() -> str:
    """The processor's name on macOS, by the C library; no process is started."""
    try:
        import ctypes  # noqa: PLC0415 - only where /proc is not

        libc = ctypes.CDLL(None)
        size = ctypes.c_size_t(256)
        buffer = ctypes.create_string_buffer(256)
        failed = libc.sysctlbyname(b"machdep.cpu.brand_string", buffer, ctypes.byref(size), None, 0)
        return "" if failed else buffer.value.decode("utf-8", "replace")
    except (OSError, AttributeError, ImportError):
        return platform.processor()


def _processor(name: str, catalog: Catalog) -> tuple[str, Value, float] | None:
    """Name, rated power [W] and threads per socket of a processor the catalog has; None where it has not."""
    from wattgram.resolve.device import find_device  # noqa: PLC0415 - only a model asks

    if not any(character.isdigit() for character in name.partition("@")[0]):
        return None  # "AMD EPYC", "Intel(R) Xeon(R) CPU @ 2.20GHz": what a hypervisor says, no model
    try:
        device = find_device(name, catalog, [])
    except WattgramError:
        return None
    if device is None:
        return None
    if device.kind != "processor":
        return device.name, device.rated_power_w, 0.0
    threads = device.record.threads or (device.record.cores or 0) * catalog.figure("vcpu-per-core")
    return device.name, device.rated_power_w, float(threads)
