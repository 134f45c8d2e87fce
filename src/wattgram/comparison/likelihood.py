"""How likely one footprint is truly lower than another: what they share moves both alike and cancels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from wattgram.chain import Factors, chain
from wattgram.value import Unknown, Value

if TYPE_CHECKING:
    from wattgram.footprint import Footprint

__all__ = ["alone", "apart", "probability_lower", "row_of"]

PRODUCT = ("rated_power_w", "load", "overhead", "duration_h", "pue", "intensity_g_per_kwh")
OF_HARDWARE = ("rated_power_w", "system_power_w", "host_power_w", "slots_kg", "peak_tflop_per_s")


def probability_lower(one: Footprint, other: Footprint, figure: str = "operational") -> float:
    """Probability that `one` is truly lower than `other`, in closed form; deviations of shared rows cancel.

    P = Phi(ln(c_other / c_one) / s)
    s^2 = sum over unshared (d_one^2 + d_other^2) + sum over shared (d_one - d_other)^2

    with d the log-deviation that one factor alone gives the result, on the side that would overturn the order.

    Parameters
    ----------
    one, other : the two footprints
    figure : `operational` or `total`

    Returns
    -------
    probability [1]; 0.5 where they cannot be told apart
    """
    a, b = getattr(one, figure).central, getattr(other, figure).central
    if a == b:
        return 0.5
    if a > b:
        return 1.0 - probability_lower(other, one, figure)
    mine, theirs = alone(one, figure), alone(other, figure)
    spread_sq = 0.0
    for key in mine.keys() | theirs.keys():
        down, up = mine.get(key, (0.0, 0.0))
        other_down, other_up = theirs.get(key, (0.0, 0.0))
        if key in mine and key in theirs:
            spread_sq += max(up - other_up, other_down - down, 0.0) ** 2
        else:
            spread_sq += up**2 + other_down**2
    if spread_sq == 0 or a == 0:
        return 1.0
    return 0.5 * (1.0 + math.erf(math.log(b / a) / math.sqrt(2 * spread_sq)))


def alone(footprint: Footprint, figure: str) -> dict[tuple[Any, ...], tuple[float, float]]:
    """Of each uncertain factor: its row, and the log-deviations [1] (down, up) it alone gives the result.

    A footprint keeps what was found: the run itself is compared with every one of its alternatives.
    """
    kept: dict[str, Any] = vars(footprint).setdefault("_deviations_alone", {})
    if figure not in kept:
        kept[figure] = _found_alone(footprint, figure)
    return kept[figure]  # type: ignore[no-any-return]


def _found_alone(footprint: Footprint, figure: str) -> dict[tuple[Any, ...], tuple[float, float]]:
    factors: Factors = footprint.assembled.factors
    if figure == "operational" and _is_product(factors):
        entering = ((name, getattr(factors, name)) for name in PRODUCT)
        return {
            row_of(name, value, footprint): (value.low_sq**0.5, value.high_sq**0.5)
            for name, value in entering
            if value.low_sq + value.high_sq > 0
        }
    certain = {n: v.certain() for n, v in zip(Factors._fields, factors, strict=True) if isinstance(v, Value)}
    found: dict[tuple[Any, ...], tuple[float, float]] = {}
    for name in certain:
        value = getattr(factors, name)
        if value.low_sq + value.high_sq == 0:
            continue
        result = getattr(chain(factors._replace(**{**certain, name: value})), f"{figure}_kg")
        if result.low_sq + result.high_sq > 0:
            found[row_of(name, value, footprint)] = (result.low_sq**0.5, result.high_sq**0.5)
    return found


def _is_product(factors: Factors) -> bool:
    """Whether the operational figure is a plain product, in which each factor alone gives its own deviation."""
    return (
        factors.host_power_w.central == 0
        and factors.use_system_power is False
        and isinstance(factors.measured_energy_kwh, Unknown)
        and isinstance(factors.training_flop, Unknown)
        and all(isinstance(getattr(factors, name), Value) for name in PRODUCT)
    )


def apart(ratio: float, spread_sq: float) -> float:
    """Probability that a figure is lower than another, where both have lognormal ranges that partly are the same.

    P = (1 + erf(-ln(r) / sqrt(2 s^2))) / 2

    Parameters
    ----------
    ratio : this figure over the other, r [1]
    spread_sq : squared log-deviations that they do not share, s^2 [1]

    Returns
    -------
    probability [1]; 0.5 where both are the same figure
    """
    if ratio == 1:
        return 0.5
    if ratio <= 0 or spread_sq == 0:
        return float(ratio < 1)
    return 0.5 * (1.0 + math.erf(-math.log(ratio) / math.sqrt(2 * spread_sq)))


def row_of(name: str, value: Value, footprint: Footprint) -> tuple[Any, ...]:
    """What makes two factors the same: the row of the catalog, and over what that row says it is shared."""
    found = footprint.assembled
    place = found.place.name if found.place else ""
    key = [name, value.reason, value.sources]
    shared_by = ""
    if value.origin == "assumed" and ":" in value.reason:
        identity = value.reason.partition(":")[0]
        if identity in footprint.catalog.table("assumptions").keys():  # noqa: SIM118 - keys() is ours
            shared_by = footprint.catalog.assumption(identity).shared_by
    if shared_by == "hardware" or name in OF_HARDWARE:
        key.append(found.hardware.name)
    if shared_by == "region":
        key.append(place)
    if name == "duration_h":
        key.append(found.hardware.name)
    return tuple(key)
