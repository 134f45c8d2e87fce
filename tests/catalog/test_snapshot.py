"""The whole catalog as text: a changed figure anywhere shows as one changed line in review."""

from __future__ import annotations

import pytest

from wattgram.catalog import Catalog
from wattgram.catalog.tables import SPECS

CATALOG = Catalog.load()


def _is_figure(cell):
    try:
        float(cell)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("table", sorted(SPECS))
def test_every_figure_of_a_table_is_the_reviewed_one(table, text_snapshot):
    """Each row's key and figures are those of the snapshot; `pytest --snapshot-update` after a wanted change."""
    spec = SPECS[table]
    lines = []
    for row in CATALOG.table(table).all_rows():
        figures = [
            f"{name}={cell}" for name, cell in row.items() if name not in spec.key and _is_figure(cell)
        ]
        lines.append(" ".join(["/".join(row[name] for name in spec.key), *figures]))
    assert "\n".join(lines) + "\n" == text_snapshot
