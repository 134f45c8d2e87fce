"""Build what is released: wheel, sdist, SBOM and checksums, twice, byte for byte the same.

    python tools/release.py [--out dist]

The version is the newest heading of CHANGELOG.md. The time inside the archives is that of the last commit, so two builds
of one commit are equal; if they are not, nothing is released.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UV = str(ROOT / ".tools" / "bin" / "uv")


def version() -> str:
    """The newest version of the changelog.

    Raises
    ------
    ValueError : the changelog has no heading `## X.Y.Z (date)`, or the citation file names another version
    """
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    match = re.search(r"(?m)^## (\d+\.\d+\.\d+) \(\d{4}-\d{2}-\d{2}\)$", text)
    if not match:
        raise ValueError("CHANGELOG.md has no heading such as '## 0.2.0 (2026-12-01)'")
    cited = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    if f"version: {match[1]}\n" not in cited:
        raise ValueError(f"CITATION.cff does not name version {match[1]}")
    return match[1]


def build(folder: Path) -> dict[str, str]:
    """Wheel and sdist in a folder; their names and SHA-256 sums."""
    epoch = subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()
    subprocess.run(
        [UV, "build", "--quiet", "--out-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "SOURCE_DATE_EPOCH": epoch},
        check=True,
    )
    made = [path for path in sorted(folder.iterdir()) if path.name.endswith((".whl", ".tar.gz"))]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in made}


def bill_of_materials() -> str:
    """CycloneDX 1.5 of the locked dependencies of every extra, without the serial number and time of its making."""
    words = ["export", "--frozen", "--no-dev", "--all-extras", "--format", "cyclonedx1.5", "--quiet"]
    done = subprocess.run([UV, *words], cwd=ROOT, capture_output=True, text=True, check=True)
    bill = json.loads(done.stdout)
    bill.pop("serialNumber", None)
    bill["metadata"].pop("timestamp", None)
    bill["metadata"]["component"]["version"] = version()
    return json.dumps(bill, indent=2, sort_keys=True) + "\n"


def main() -> int:
    """Build twice, compare, and write dist/."""
    parser = argparse.ArgumentParser(description="Build wheel, sdist, SBOM and checksums, reproducibly.")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="where they go")
    out = parser.parse_args().out
    number = version()
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as second:
        sums, again = build(out), build(Path(second))
    if sums != again:
        print(f"two builds of one commit differ: {sums} {again}", file=sys.stderr)
        return 1
    name = f"wattgram-{number}.cdx.json"
    (out / name).write_text(bill_of_materials(), encoding="utf-8")
    sums[name] = hashlib.sha256((out / name).read_bytes()).hexdigest()
    lines = [f"{digest}  {file}\n" for file, digest in sorted(sums.items())]
    (out / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")
    print("".join(lines), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
