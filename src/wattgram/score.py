"""Score: emissions per unit of what a run yields, as the Software Carbon Intensity and SCI for AI define it.

    SCI = (E * I + M) per R        M = TE * (TiR / EL) * (RR / ToR)

E is the energy at the facility, reserved hardware included; I the location-based intensity, never an instrument of the
market; M the making of the hardware over its life, without utilisation. Slots carry their share of the node, so RR / ToR
is 1. SCI for AI has two scores: the *provider's*, per training token, parameter or operation, which counts every run that
led to the model; and the *consumer's*, per token or request of the model in use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from wattgram import formula
from wattgram.value import UNKNOWN, Unknown, Value

if TYPE_CHECKING:
    from wattgram.chain import Factors
    from wattgram.run import Run

__all__ = ["PERS", "Score", "score"]

PERS = ("token", "parameter", "request", "flop")
"""What a score may be per: its functional unit R."""
STANDARD = "ISO/IEC 21031:2024"
LIFE_ALONE = Value(1.0, unit="1", origin="given", reason="SCI counts the whole service life as use")


class Score(NamedTuple):
    """A score with what it is made of."""

    role: str
    """`provider` or `consumer`, as SCI for AI names them."""
    per: str
    units: float
    """How many of them the emissions are divided by."""
    g_per_unit: Value | Unknown
    operational_kg: Value | Unknown
    embodied_kg: Value | Unknown
    """M of the standard: without utilisation, so it is below the embodied share of the answer."""
    development: float | None
    """Multiplier for failed and tuning runs, where it was stated; a provider's score counts them."""

    def to_dict(self) -> dict[str, Any]:
        """The score as JSON has it."""
        return {
            "standard": STANDARD,
            "score": self.role,
            "per": self.per,
            "units": self.units,
            "g_per_unit": self.g_per_unit.to_dict(),
            "operational_kg": self.operational_kg.to_dict(),
            "embodied_kg": self.embodied_kg.to_dict(),
            "development": self.development,
        }


def role_of(per: str, workload: str | None) -> str:
    """Whose score it is: requests, and the tokens of inference, are a consumer's; all else is a provider's."""
    return "consumer" if per == "request" or (per == "token" and workload == "inference") else "provider"


def score(
    run: Run, factors: Factors, operational_kg: Value | Unknown, duration_h: Value | Unknown
) -> Score | None:
    """The score of a run; None where no functional unit was asked for.

    Parameters
    ----------
    run : what the user said, `per` and `units` among it
    factors : the factors of the product
    operational_kg : location-based operational emissions [kg CO2e]
    duration_h : time the hardware was held [h]

    References
    ----------
    ISO/IEC 21031:2024; Green Software Foundation, SCI for AI, December 2025
    """
    if run.per is None or run.units is None:
        return None
    role = role_of(run.per, run.workload)
    embodied: Any = formula.embodied_kg(
        factors.slots_kg, duration_h, factors.hours_per_year, factors.service_life_years, LIFE_ALONE
    )
    operational: Any = operational_kg
    development = run.development if role == "provider" else None
    if development is not None:
        operational, embodied = operational * development, embodied * development
    if isinstance(operational, Value) and isinstance(embodied, Value):
        operational, embodied = operational.as_unit("kg"), embodied.as_unit("kg")
        whole = formula.sci_g_per_unit(operational, embodied, run.units).as_unit("g")
    else:
        whole = UNKNOWN
    return Score(role, run.per, run.units, whole, operational, embodied, development)
