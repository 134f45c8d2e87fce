r"""Auditing: checking published carbon statements against their own words.

    >>> import wattgram
    >>> finding, = wattgram.audit("- **Hardware Type:** RTX 3080\n- **Hours used:** 10\n"
    ...                           "- **Cloud Provider:** Private Infrastructure\n- **Carbon Emitted:** 1.38 kg CO2eq")
    >>> finding.verdict
    'reproduces'

A statement is found (`statements`), its words are extracted (`extract`), every reading they admit is multiplied
(`readings`), and the figure is judged (`verdict`). What was assumed is said; nothing is called wrong on a guess.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wattgram.auditing.verdict import VERDICTS, Finding, judge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wattgram.auditing.claim import Claim
    from wattgram.catalog import Catalog

__all__ = ["VERDICTS", "Finding", "audit"]


def audit(
    text: str,
    *,
    hardware: str | None = None,
    hours: str | float | None = None,
    where: str | None = None,
    count: int | None = None,
    catalog: Catalog | None = None,
) -> list[Finding]:
    """Every carbon statement in a text, recomputed from its own words and judged.

    Parameters
    ----------
    text : a model card, LaTeX, plain text, YAML metadata, or CodeCarbon's `emissions.csv`
    hardware, hours, where, count : what the statements leave out, supplied; what they say is never replaced
    catalog : another catalog than the shipped one

    Returns
    -------
    one Finding per statement: `verdict`, `claimed_kg` and `recomputed_kg` [kg CO2e], `change`, `missing`, `assumed`,
    and `full`, today's estimate with its range

    Raises
    ------
    InputError : a text that is none, or a supplied word that cannot be used

    References
    ----------
    Lacoste, Luccioni, Schmidt, Dandres 2019, arXiv:1910.09700, and the calculator's page of March 2026
    """
    return list(audited(text, hardware=hardware, hours=hours, where=where, count=count, catalog=catalog))


def audited(
    text: str,
    *,
    hardware: str | None = None,
    hours: Any = None,
    where: str | None = None,
    count: Any = None,
    catalog: Catalog | None = None,
) -> Iterator[Finding]:
    """The findings of `audit` one after the other, for whoever may have to stop before the last."""
    from wattgram.auditing.statements import find_claims  # noqa: PLC0415 - importing wattgram opens nothing
    from wattgram.catalog import Catalog  # noqa: PLC0415
    from wattgram.errors import InputError  # noqa: PLC0415

    if not isinstance(text, str):
        raise InputError("text", text, "it takes the text of a model card or paper as a string")
    catalog = catalog if catalog is not None else Catalog.load()
    supplied = _supplied(hardware, hours, where, count, catalog)
    for claim in find_claims(text, catalog):
        yield judge(_completed(claim, supplied), catalog)


def _supplied(
    hardware: str | None, hours: Any, where: str | None, count: Any, catalog: Catalog
) -> dict[str, dict[str, Any]]:
    """The supplied words, checked, each with the words of a claim it fills."""
    from wattgram.auditing.devices import find_device  # noqa: PLC0415
    from wattgram.auditing.places import find_provider  # noqa: PLC0415
    from wattgram.resolve import resolve_hardware, resolve_place  # noqa: PLC0415
    from wattgram.run import MOST_DEVICES, check_number, parse_duration  # noqa: PLC0415

    out: dict[str, dict[str, Any]] = {}
    if hardware is not None:
        found = find_device(hardware, catalog)
        if found is None:
            resolved = resolve_hardware(hardware, catalog)
            out["hardware"] = {"hardware": "", "powers_w": (resolved.rated_power_w.central,)}
        else:
            out["hardware"] = {"hardware": found.word, "chips": found.chips, "count": found.number}
    if hours is not None:
        out["hours"] = {"hours": parse_duration(hours)}
    if where is not None:
        place = resolve_place(where, catalog)
        if place.intensity_g_per_kwh is not None:
            out["where"] = {"intensities_g_per_kwh": (place.intensity_g_per_kwh,)}
        else:
            out["where"] = {
                "region": place.region or where,
                "provider": place.provider or find_provider(where),
            }
    if count is not None:
        out["count"] = {"count": int(check_number("device count", count, 1, MOST_DEVICES, whole=True))}
    return out


def _completed(claim: Claim, supplied: dict[str, dict[str, Any]]) -> Claim:
    """The claim with what was supplied in place of what it leaves out."""
    from wattgram.auditing.places import absent  # noqa: PLC0415

    open_words = {
        "hardware": not claim.hardware and not claim.powers_w,
        "hours": claim.hours is None,
        "where": absent(claim.region) and not claim.intensities_g_per_kwh,
        "count": claim.count is None,
    }
    words: dict[str, Any] = {}
    said = []
    for name, values in supplied.items():
        if open_words[name]:
            words |= {
                key: value
                for key, value in values.items()
                if not (key == "provider" and claim.provider and not value)
            }
            said.append(name)
    if not said:
        return claim
    return claim.with_words(**words, assumed=(*claim.assumed, f"{', '.join(said)} as supplied"))
