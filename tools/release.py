"""Build what is released: wheel and sdist, twice, byte for byte the same, and their SBOM and checksums.

    python tools/release.py [--out dist] [--uncommitted | --public]

The version is the newest heading of CHANGELOG.md, which version.py and CITATION.cff must name as well, the latter with the heading's
date, and the pages that show what the program prints. Only what is
committed is released; `--uncommitted` builds the tree as it lies, for a try. `--public`, which the workflow says, refuses a
package that tells nobody where its source is. The time inside the archives is that of the
last commit, so two builds of one commit are equal; if they are not, nothing is released. What `--out` held of an earlier
release is replaced; a folder that holds anything else is left alone.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UV = str(ROOT / ".tools" / "bin" / "uv")


OURS = re.compile(r"wattgram-[\w.+-]+(\.whl|\.tar\.gz|\.cdx\.json)|SHA256SUMS|\.gitignore")
"""What a folder of a release holds (build writes the .gitignore)."""
SHOWN = re.compile(r"\bwattgram (\d+\.\d+\.\d+)(?=,? \(?catalog )")
"""How an output names the version that it is of."""


def version() -> str:
    """The newest version of the changelog.

    Raises
    ------
    ValueError : the changelog has no heading `## X.Y.Z (date)`, version.py or the citation file names another version, the latter
        another date, or a page shows the output of another version
    """
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    match = re.search(r"(?m)^## (\d+\.\d+\.\d+) \((\d{4}-\d{2}-\d{2})\)$", text)
    if not match:
        raise ValueError("CHANGELOG.md has no heading such as '## 0.2.0 (2026-12-01)'")
    for file, pattern in (
        ("CITATION.cff", r"(?m)^version: (\S+)$"),
        ("src/wattgram/version.py", r'(?m)^__version__ = "(.+)"$'),
    ):
        said = re.findall(pattern, (ROOT / file).read_text(encoding="utf-8"))
        if said != [match[1]]:
            raise ValueError(
                f"{file} names version {', '.join(said) or 'none'}, the newest of CHANGELOG.md is {match[1]}"
            )
    dates = re.findall(r"(?m)^date-released: (\S+)$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    if [date.strip("'\"") for date in dates] != [match[2]]:
        raise ValueError(
            f"CITATION.cff has date-released {', '.join(dates) or 'none'}, the newest of CHANGELOG.md is of {match[2]}"
        )
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        text = page.read_text(encoding="utf-8") if page.exists() else ""
        for shown in SHOWN.finditer(text):
            if shown[1] != match[1]:
                line = text.count("\n", 0, shown.start()) + 1
                raise ValueError(
                    f"{page.relative_to(ROOT).as_posix()}:{line} shows what wattgram {shown[1]} prints, not {match[1]}; "
                    "run make docs-write"
                )
    return match[1]


def check_committed() -> None:
    """Nothing of what is released differs from the last commit.

    Raises
    ------
    ValueError : a file is changed, or new and not ignored; or there is no commit, this being no checkout
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    released = project["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    paths = [name.lstrip("/") for name in released]
    words = ["git", "-c", "core.fileMode=false", "status", "--porcelain", "--", "pyproject.toml"]
    done = subprocess.run([*words, *paths], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ValueError("this is no checkout of git, and a release is of a commit")
    changed = [line[3:] for line in done.stdout.splitlines()]
    if changed:
        more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
        raise ValueError(f"not committed: {', '.join(changed[:3])}{more}; commit, or say --uncommitted")


def check_addresses() -> None:
    """The package says where its source is.

    Raises
    ------
    ValueError : pyproject.toml has no table [project.urls], or it has no `Source` that is an address
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    source = project.get("urls", {}).get("Source", "")
    if not source.startswith("https://"):
        raise ValueError(
            'pyproject.toml has no [project.urls] with Source = "https://..."; write the repository\'s public address'
        )


def emptied(out: Path) -> None:
    """The folder, there and without the files of an earlier release.

    Raises
    ------
    ValueError : it is a file, or holds something that no release of ours puts there
    """
    if out.exists() and not out.is_dir():
        raise ValueError(f"--out {out} is a file; name a folder")
    there = sorted(out.iterdir()) if out.exists() else []
    other = [path.name for path in there if path.is_dir() or not OURS.fullmatch(path.name)]
    if other:
        raise ValueError(
            f"--out {out} holds {other[0]}, which is of no release; name a new or an empty folder"
        )
    for path in there:
        path.unlink()
    out.mkdir(parents=True, exist_ok=True)


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
    parser = argparse.ArgumentParser(
        description="Build wheel and sdist reproducibly, with SBOM and checksums."
    )
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="where they go")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--uncommitted", action="store_true", help="build the tree as it lies, for a try")
    kind.add_argument(
        "--public", action="store_true", help="refuse a package without an address of its source"
    )
    asked = parser.parse_args()
    out = asked.out.resolve()
    try:
        number = version()
        if not asked.uncommitted:
            check_committed()
        if asked.public:
            check_addresses()
        emptied(out)
    except ValueError as error:
        print(f"release: {error}", file=sys.stderr)
        return 2
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
