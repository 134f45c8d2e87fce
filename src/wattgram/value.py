"""Value: a non-negative quantity known up to an error, and the two things done with it, product and sum.

A value has a central figure `c` and a 90 % range `low..high`. The range is kept as two squared log-deviations,

    low_sq  = (ln(c / low) / z)^2        high_sq = (ln(high / c) / z)^2        z = 1.6449

so a product of independent factors adds them, and a sum of independent terms adds the absolute deviations in
quadrature, each side by itself (lognormal error, as life-cycle databases have it). Central figures multiply and
add exactly: parts always sum to the total. Nothing is sampled and nothing is rounded.

The numbers inside may be floats or column expressions of a dataframe: only operators are used, and the
small functions at the end (`exp`, `ln`, `root`, `known`, `where`), so the arithmetic exists once for one run and for a table.
"""

from __future__ import annotations

import math
from typing import Any

__all__ = ["UNKNOWN", "Z_90", "Number", "Unknown", "Value", "exp", "known", "ln", "root", "where"]

Number = Any
"""A float, or a column expression that behaves like one under + * / **."""

Z_90 = 1.6449
"""Half-width of a central 90 % interval of the normal distribution; it cancels wherever a range is read back."""


class Unknown:
    """The absorbing null of one run: whatever it is combined with is unknown too, and it is never 0."""

    __slots__ = ()
    central = low = high = low_sq = high_sq = None
    unit = ""
    origin = "unknown"
    sources: tuple[str, ...] = ()
    reason = ""

    def __mul__(self, other: object) -> Unknown:
        return self

    __rmul__ = __add__ = __radd__ = __pow__ = __truediv__ = __rtruediv__ = __mul__

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "UNKNOWN"

    def certain(self) -> Unknown:
        """The unknown has no range to lose."""
        return self

    def as_unit(self, unit: str) -> Unknown:  # noqa: ARG002 - the same face as Value
        """The unknown has no unit."""
        return self

    def to_dict(self) -> None:
        """JSON's null."""
        return


UNKNOWN = Unknown()


class Value:
    """A central figure with its 90 % range, unit, origin and sources.

    Parameters
    ----------
    central : the central figure [unit], finite and >= 0
    low, high : ends of the 90 % range [unit]; left out, the value is certain
    unit : the unit, as printed
    origin : "given", "measured", "catalog", "assumed" or "derived"
    sources : ids of rows of sources.toml
    reason : one phrase that says why this figure was taken

    Raises
    ------
    ValueError : not low <= central <= high, a negative or non-finite figure, or a range that reaches 0
    """

    __slots__ = ("central", "ends", "high_sq", "low_sq", "origin", "reason", "sources", "unit")

    def __init__(
        self,
        central: Number,
        low: Number | None = None,
        high: Number | None = None,
        unit: str = "",
        origin: str = "given",
        sources: tuple[str, ...] = (),
        reason: str = "",
    ) -> None:
        self.central = central
        self.ends: tuple[Number, Number] | None = None
        self.unit, self.origin, self.sources, self.reason = unit, origin, sources, reason
        if isinstance(central, (int, float)):
            low = central if low is None else low
            high = central if high is None else high
            if not 0 <= low <= central <= high < math.inf:
                message = (
                    f"a value needs 0 <= low <= central <= high, all finite: {low!r}, {central!r}, {high!r}"
                )
                raise ValueError(message)
            if low == 0 < high:
                message = f"the range of a value cannot reach 0: {low!r}, {central!r}, {high!r}"
                raise ValueError(message)
        self.low_sq = 0.0 if low is None else _deviation_sq(central, low)
        self.high_sq = 0.0 if high is None else _deviation_sq(high, central)

    @classmethod
    def from_deviations(
        cls,
        central: Number,
        low_sq: Number = 0.0,
        high_sq: Number = 0.0,
        unit: str = "",
        origin: str = "derived",
        sources: tuple[str, ...] = (),
        reason: str = "",
        ends: tuple[Number, Number] | None = None,
    ) -> Value:
        """A value [as `unit` says] from its stored squared log-deviations [1] (how tables and columns carry it)."""
        value = cls.__new__(cls)
        value.central, value.low_sq, value.high_sq = central, low_sq, high_sq
        value.ends = ends
        value.unit, value.origin, value.sources, value.reason = unit, origin, sources, reason
        return value

    @property
    def low(self) -> Number:
        """Lower end of the 90 % range [unit]."""
        return self.ends[0] if self.ends else self.central * exp(root(self.low_sq) * -Z_90)

    @property
    def high(self) -> Number:
        """Upper end of the 90 % range [unit]."""
        return self.ends[1] if self.ends else self.central * exp(root(self.high_sq) * Z_90)

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Value):
            unit = self.unit if other.unit in ("", "1") else other.unit if self.unit in ("", "1") else ""
            return Value.from_deviations(
                self.central * other.central, self.low_sq + other.low_sq, self.high_sq + other.high_sq, unit
            )
        if isinstance(other, Unknown):
            return other
        ends = None if self.ends is None else (self.ends[0] * other, self.ends[1] * other)
        about = (self.unit, self.origin, self.sources, self.reason)
        return Value.from_deviations(self.central * other, self.low_sq, self.high_sq, *about, ends)

    __rmul__ = __mul__

    def __add__(self, other: Any) -> Any:
        """Sum of independent terms: absolute deviations add in quadrature, side by side."""
        if isinstance(other, Unknown):
            return other
        if not isinstance(other, Value):
            other = Value.from_deviations(other)
        unit = self.unit or other.unit
        if _nothing(other) or _nothing(self):
            return (self if _nothing(other) else other).as_unit(unit)
        central = self.central + other.central
        low = central + _quadrature(self.central - self.low, other.central - other.low) * -1.0
        high = central + _quadrature(self.high - self.central, other.high - other.central)
        low_sq, high_sq = _deviation_sq(central, low), _deviation_sq(high, central)
        if not isinstance(
            other.central, (int, float)
        ):  # a column takes its logarithms where something is added
            added = other.central > 0
            low_sq, high_sq = where(added, low_sq, self.low_sq), where(added, high_sq, self.high_sq)
        # The ends are kept as computed: a column need not take a logarithm to undo it.
        return Value.from_deviations(central, low_sq, high_sq, unit, ends=(low, high))

    __radd__ = __add__

    def __pow__(self, exponent: float) -> Value:
        """A power; a negative one turns the range round (1 / [2, 4] is [1/4, 1/2])."""
        low_sq, high_sq = self.low_sq * exponent**2, self.high_sq * exponent**2
        if exponent < 0:
            low_sq, high_sq = high_sq, low_sq
        return Value.from_deviations(self.central**exponent, low_sq, high_sq)

    def __truediv__(self, other: Any) -> Any:
        return self * other**-1

    def __rtruediv__(self, other: Any) -> Any:
        return self**-1 * other

    def certain(self) -> Value:
        """The same central figure without a range (to see what one factor alone does)."""
        return Value.from_deviations(
            self.central, 0.0, 0.0, self.unit, self.origin, self.sources, self.reason
        )

    def as_unit(self, unit: str) -> Value:
        """The same figures under this unit label (a formula's result gets the unit its name says)."""
        return Value.from_deviations(
            self.central, self.low_sq, self.high_sq, unit, self.origin, self.sources, self.reason, self.ends
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Value):
            return NotImplemented
        return (self.central, self.low_sq, self.high_sq, self.unit) == (
            other.central,
            other.low_sq,
            other.high_sq,
            other.unit,
        )

    def __hash__(self) -> int:
        return hash((self.central, self.low_sq, self.high_sq, self.unit))

    def __repr__(self) -> str:
        return f"Value({self.central:.6g}, {self.low:.6g}, {self.high:.6g}, {self.unit!r})"

    def to_dict(self) -> dict[str, float]:
        """Central, low and high [as the value's unit says], as every JSON answer has them."""
        return {"central": self.central, "low": self.low, "high": self.high}


def _deviation_sq(upper: Number, lower: Number) -> Number:
    """(ln(upper / lower) / z)^2, and 0 where both are 0: a zero has no deviation."""
    if isinstance(upper, (int, float)) and isinstance(lower, (int, float)):
        return 0.0 if upper == lower else (math.log(upper / lower) / Z_90) ** 2
    positive = where(lower > 0, lower, 1.0)
    deviation = ln(where(lower > 0, upper * positive**-1.0, 1.0)) * (1 / Z_90)
    return deviation * deviation


def _nothing(value: Value) -> bool:
    """Whether a term is a certain 0, which adds nothing; a column is never known to be."""
    return isinstance(value.central, (int, float)) and value.central == 0


def exp(x: Number) -> Number:
    """The exponential [1] of a number or of a column."""
    return math.exp(x) if isinstance(x, (int, float)) else x.exp()


def root(x: Number) -> Number:
    """Square root of a number or of a column [as its argument, to the power of a half]."""
    return math.sqrt(x) if isinstance(x, (int, float)) else x.sqrt()


def _quadrature(one: Number, other: Number) -> Number:
    return root(one * one + other * other)


def ln(x: Number) -> Number:
    """Natural logarithm [1] of a number or of a column."""
    return math.log(x) if isinstance(x, (int, float)) else x.log()


def known(x: Any) -> Any:
    """Whether x is there: True or False for one run, a condition for a column."""
    if x is None or x is UNKNOWN:
        return False
    if isinstance(x, Value):
        return known(x.central)
    return True if isinstance(x, (int, float)) else ~x.is_null()


def where(condition: Any, yes: Any, no: Any) -> Any:
    """`yes` where the condition holds, else `no`; numbers, values or columns."""
    if isinstance(condition, bool):
        return yes if condition else no
    if isinstance(yes, Value) or isinstance(no, Value):
        return Value.from_deviations(
            where(condition, _part(yes, "central"), _part(no, "central")),
            where(condition, _part(yes, "low_sq"), _part(no, "low_sq")),
            where(condition, _part(yes, "high_sq"), _part(no, "high_sq")),
        )
    import narwhals.stable.v2 as nw  # noqa: PLC0415 - only a column gets here, and then it is there

    return nw.when(condition).then(yes).otherwise(no)


def _part(x: Any, name: str) -> Any:
    if isinstance(x, (Value, Unknown)):
        return getattr(x, name)
    return x if name == "central" else 0.0
