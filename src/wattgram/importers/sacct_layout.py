"""How `sacct` laid its table out: delimited (`-P`, `-p`, `--delimiter`) or fixed width, with any columns in any order.

The header is read, never assumed: a later header (files joined together) changes the layout from there on. Columns are
known by name in any case, and by the beginning of a name where a narrow column cut it off.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import combinations, pairwise

from wattgram.importers.reading import cells_of
from wattgram.importers.sacct_fields import NAMES, seconds_of, state_of, time_of, tres_of

__all__ = ["FIELDS", "FREE_TEXT", "Layout", "layout_of", "names_of"]

_FIELDS = (
    "Account AdminComment AllocCPUS AllocGRES AllocNodes AllocTRES AssocID AveCPU AveCPUFreq AveDiskRead "
    "AveDiskWrite AvePages AveRSS AveVMSize BlockID Cluster Comment Constraints ConsumedEnergy ConsumedEnergyRaw "
    "Container CPUTime CPUTimeRAW DBIndex DerivedExitCode Elapsed ElapsedRaw Eligible End ExitCode "
    "ExtraJobInfo Extra FailedNode Flags GID Group JobID JobIDRaw JobName Layout Licenses MaxDiskRead "
    "MaxDiskReadNode MaxDiskReadTask MaxDiskWrite MaxDiskWriteNode MaxDiskWriteTask MaxPages MaxPagesNode "
    "MaxPagesTask MaxRSS MaxRSSNode MaxRSSTask MaxVMSize MaxVMSizeNode MaxVMSizeTask McsLabel MinCPU MinCPUNode "
    "MinCPUTask NCPUS NNodes NodeList NTasks Partition Planned PlannedCPU PlannedCPURAW Priority QOS QOSRAW QOSREQ "
    "Reason ReqCPUFreq ReqCPUFreqGov ReqCPUFreqMax ReqCPUFreqMin ReqCPUS ReqGRES ReqMem ReqNodes ReqTRES "
    "Reservation ReservationId Reserved ResvCPU ResvCPURAW Restarts SLUID Start State StdErr StdIn StdOut Submit "
    "SubmitLine Suspended SystemComment SystemCPU Timelimit TimelimitRaw TotalCPU TRESUsageInAve TRESUsageInMax "
    "TRESUsageInMaxNode TRESUsageInMaxTask TRESUsageInMin TRESUsageInMinNode TRESUsageInMinTask TRESUsageInTot "
    "TRESUsageOutAve TRESUsageOutMax TRESUsageOutMaxNode TRESUsageOutMaxTask TRESUsageOutMin TRESUsageOutMinNode "
    "TRESUsageOutMinTask TRESUsageOutTot UID User UserCPU WCKey WCKeyID WorkDir"
)
FIELDS: dict[str, str] = {name.lower(): name for name in _FIELDS.split()}
"""Every field of sacct(1), by its name in lower case."""

FREE_TEXT = (
    "jobname",
    "submitline",
    "comment",
    "admincomment",
    "systemcomment",
    "workdir",
    "extra",
    "constraints",
    "nodelist",
)
"""Fields that may hold the delimiter itself, the likeliest first."""

CHECKS: dict[str, Callable[[str], object]] = {
    **dict.fromkeys(("elapsed", "elapsedraw", "cputime", "cputimeraw", "totalcpu"), seconds_of),
    **dict.fromkeys(("submit", "start", "end"), time_of),
    **dict.fromkeys(("alloctres", "reqtres"), tres_of),
    "ncpus": lambda cell: int(cell or 0),
}
"""What tells whether cells stand under their names."""

SHORTEST_STUMP = 3
SPREADSHEET = (",", ";", "\t")
"""What a spreadsheet, or a script, puts between cells, and quotes around a cell that holds it."""
_RESOURCE = re.compile(r"[a-z]+(?:/[\w:.+-]+)?=")
_WORD = re.compile(r"[A-Za-z]\w*")
_DASHES = re.compile(r"\s*-+(?:\s+-+)*\s*")


class Layout:
    """The columns of a table and how a line is cut into them.

    Parameters
    ----------
    names : field names in lower case
    delimiter : what stands between cells; empty for fixed width
    spans : where each column of a table of fixed width starts and ends
    trailing : whether a delimiter ends each line, as with `sacct -p`
    padded : whether there are blanks around the cells, as in a table that was lined up
    """

    __slots__ = ("at", "delimiter", "names", "padded", "spans", "trailing")

    def __init__(
        self,
        names: tuple[str, ...],
        delimiter: str,
        spans: tuple[tuple[int, int], ...] = (),
        *,
        trailing: bool = False,
        padded: bool = False,
    ) -> None:
        self.names, self.delimiter, self.spans, self.trailing = names, delimiter, spans, trailing
        self.padded = padded
        self.at = {name: number for number, name in reversed(list(enumerate(names)))}

    def place(self, name: str) -> int:
        """The position of a field; -1 where the table lacks it."""
        return self.at.get(name, -1)

    def cut(self, text: str) -> list[str]:
        """The cells of a line, as many as there are columns.

        Raises
        ------
        ValueError : a line with fewer cells, or with more that no free text explains
        """
        if not self.delimiter:
            return self._fixed(text)
        cells = text.split(self.delimiter)
        if self.padded:
            cells = [cell.strip() for cell in cells]
        wanted = len(self.names)
        if len(cells) != wanted and '"' in text and self.delimiter in SPREADSHEET:
            quoted = cells_of(text, self.delimiter)
            cells = quoted if len(quoted) == wanted else cells
        if self.trailing and len(cells) > wanted and not cells[-1].strip():
            cells.pop()
        if len(cells) == wanted:
            return cells
        if len(cells) < wanted:
            raise ValueError(f"{len(cells)} cells where the header has {wanted}")
        if not any(cells[wanted:]) and self._believable(cells[:wanted]):
            return cells[:wanted]
        return self._joined(cells, len(cells) - wanted)

    def _fixed(self, text: str) -> list[str]:
        if not self.spans:
            cells = text.split()
            if len(cells) != len(self.names):
                raise ValueError(
                    f"{len(cells)} words where the header has {len(self.names)}, and no line of dashes says how wide the columns are"
                )
            return cells
        if (
            len(text) <= self.spans[-1][0]
            and len(text.split()) < len(self.names)
            and not text[self.spans[0][0] :].strip()
        ):
            raise ValueError("the line is shorter than the columns")
        return [text[start:end].strip() for start, end in self.spans]

    def _joined(self, cells: list[str], extra: int) -> list[str]:
        """The cells with a delimiter inside a free text (a job called `a|b`) put back together: of one field, or of two."""
        if self.delimiter == ",":
            cells = self._lists_joined(cells)
            extra = len(cells) - len(self.names)
            if not extra:
                return cells
        places = [at for name in FREE_TEXT if (at := self.place(name)) >= 0]
        for at in places:
            joined = self._merged(cells, at, extra)
            if self._believable(joined):
                return joined
        for one, other in combinations(places, 2):
            first, second = min(one, other), max(one, other)
            for within in range(1, extra):
                joined = self._merged(self._merged(cells, first, within), second, extra - within)
                if self._believable(joined):
                    return joined
        raise ValueError(f"{len(cells)} cells where the header has {len(self.names)}")

    def _merged(self, cells: list[str], at: int, extra: int) -> list[str]:
        """The cells with `extra` more of them taken into the one at a place."""
        return [*cells[:at], self.delimiter.join(cells[at : at + extra + 1]), *cells[at + extra + 1 :]]

    def _lists_joined(self, cells: list[str]) -> list[str]:
        """The cells of a line cut at commas, with the lists that have commas of their own whole: cpu=4,mem=8G and n[1,3]."""
        for at, name in enumerate(self.names):
            while len(cells) > len(self.names) and at + 1 < len(cells):
                resources = "tres" in name and "=" in cells[at] and _RESOURCE.match(cells[at + 1])
                nodes = name == "nodelist" and cells[at].count("[") > cells[at].count("]")
                if not resources and not nodes:
                    break
                cells = self._merged(cells, at, 1)
        return cells

    def _believable(self, cells: list[str]) -> bool:
        try:
            for name, check in CHECKS.items():
                if (at := self.place(name)) >= 0:
                    check(cells[at])
        except ValueError:
            return False
        at = self.place("state")
        return at < 0 or state_of(cells[at]) in NAMES


def names_of(words: list[str]) -> tuple[str, ...]:
    """Field names in lower case; others stay as they are.

    A stump is the field that begins with it, where that is one alone, or one and its longer forms (ConsumedE+ is
    ConsumedEnergy, of which ConsumedEnergyRaw is one).
    """
    found: list[str] = []
    for word in words:
        name = word.strip().split("%")[0].lower()
        if name not in FIELDS and len(name) >= SHORTEST_STUMP:
            fits = [field for field in FIELDS if field.startswith(name.rstrip("+"))]
            shortest = min(fits, key=len, default="")
            name = shortest if shortest and all(field.startswith(shortest) for field in fits) else name
        found.append(name)
    return tuple(found)


def layout_of(text: str, following: str = "", delimiter: str | None = None) -> Layout | None:
    """The layout that a header line states (`following`: the line after it); None where the line is no header."""
    if "jobid" not in text.lower():
        return None
    if not delimiter and following.strip() and _DASHES.fullmatch(following):
        spans = [match.span() for match in re.finditer(r"-+", following)]
        cells = [text[start:end] for start, end in spans]
        found = _if_header(Layout(names_of(cells), "", _widened(spans)))
        if found is not None:
            return found
    if text.startswith('"') and not delimiter:  # every name in quotes: "JobID","State"
        text = text.replace('"', "")
    mark = delimiter or _delimiter(text)
    if mark is None:
        return _if_header(Layout(names_of(text.split()), ""))
    cells = text.split(mark)
    trailing = not cells[-1].strip()
    padded = any(cell != cell.strip() for cell in cells)
    names = names_of(cells[:-1] if trailing else cells)
    return _if_header(Layout(names, mark, trailing=trailing, padded=padded))


def _if_header(layout: Layout) -> Layout | None:
    """The layout, if its names are those of sacct: a line that says jobid somewhere is not enough."""
    known = sum(name in FIELDS for name in layout.names)
    ours = "jobid" in layout.names or "jobidraw" in layout.names
    return layout if ours and known * 2 > len(layout.names) else None


def _widened(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Each column up to the next one, since a cell may stand on the blank between them; the last to the end of the line."""
    ends = [start - 1 for start, _ in spans[1:]] + [1 << 30]
    return tuple((start, max(end, at)) for (start, at), end in zip(spans, ends, strict=True))


def _delimiter(text: str) -> str | None:
    """What stands between the first two names that sacct has; None where that is blanks alone."""
    words = [match for match in _WORD.finditer(text) if match[0].lower() in FIELDS]
    for one, other in pairwise(words):
        between = text[one.end() : other.start()]
        if between and between.strip(" ") and not any(letter.isalnum() for letter in between):
            return between
    return None if len(words) > 1 or not text.rstrip().endswith("|") else "|"
