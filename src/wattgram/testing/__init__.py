"""Stand-ins for the hardware under a tracker, for the tests of this project and of yours.

`FakeClock`      time that passes when told to, with jumps of the wall clock and suspends
`FakeNvml`       NVIDIA's library with devices of your making
`powercap_tree`  a folder of RAPL counters, and the handle that moves them
"""

from __future__ import annotations

from wattgram.testing.clock import FakeClock
from wattgram.testing.nvml import FakeDevice, FakeNvml
from wattgram.testing.powercap import Powercap, powercap_tree

__all__ = ["FakeClock", "FakeDevice", "FakeNvml", "Powercap", "powercap_tree"]
