"""`nvidia-smi dmon`: its table of columns lined up by blanks, as the lines of a log that is parted by commas.

    #Date       Time        gpu    pwr  gtemp
    #YYYYMMDD   HH:MM:SS    Idx      W      C
     20240301   10:00:00      0     43     35

The header and the units come again every few lines; a dash is no reading. `-o DT` writes day and time, `-o T` the time
alone, of which the hours follow and no day; without either there is nothing to integrate over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from wattgram.importers.encoding import unusable
from wattgram.importers.reading import Line

__all__ = ["dmon_as_query"]

HEADER = "timestamp, index, power.draw [W]"
DAY_S, HALF_DAY_S = 86_400, 43_200
_BETWEEN = re.compile(r"[\s,]+")
_CLOCK = re.compile(r"(\d\d?):(\d\d):(\d\d)")
_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)")


def dmon_as_query(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines of a log; where it is one of dmon, as `nvidia-smi --query-gpu` would have written them.

    Raises
    ------
    InputError : dmon without the time of its readings, or without the power
    """
    names: dict[str, int] | None = None
    day_s = last_s = 0
    for line in lines:
        text = line.text.strip()
        if text[:1] == "#":
            words = _cells(text.lstrip("#").lower())
            if "gpu" in words and "power" not in text.lower():  # which dmon calls pwr
                if names is None:
                    yield line._replace(text=HEADER)
                names = _named(line, words)
                continue
        if names is None:
            yield line
            continue
        if not text or text[0] == "#":
            continue
        cells = _cells(text)
        if len(cells) < len(names):
            yield line._replace(text=text)  # torn: said as such where the lines are read
            continue
        time, watts = cells[names["time"]], cells[names["pwr"]]
        if "date" in names:
            time = " ".join((_DATE.sub(r"\1-\2-\3", cells[names["date"]]), time))
        elif (clock := _CLOCK.fullmatch(time)) is not None:
            at_s = int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3])
            day_s += DAY_S * (at_s < last_s - HALF_DAY_S)  # past midnight
            last_s, time = at_s, str(day_s + at_s)
        yield line._replace(text=f"{time}, {cells[names['gpu']]}, {'[N/A]' if watts == '-' else watts}")


def _cells(text: str) -> list[str]:
    return [cell for cell in _BETWEEN.split(text) if cell]


def _named(line: Line, words: list[str]) -> dict[str, int]:
    names = {word: at for at, word in reversed(list(enumerate(words)))}
    if "pid" in names:
        text = "it is nvidia-smi pmon, whose lines are processes and have no power; nvidia-smi dmon -s p -o DT writes that of the GPUs"
        raise unusable(line.file, text)
    lacks = [said for name, said in (("pwr", "power"), ("time", "time")) if name not in names]
    if lacks:
        text = f"line {line.number} is a header of nvidia-smi dmon without the {' and the '.join(lacks)} of its readings; nvidia-smi dmon -s p -o DT writes both"
        raise unusable(line.file, text)
    return names
