"""Times of a log as a table of runs can have them: with a date, in the years that there are data for, and not ahead of now.

Most logs have the local time of their machine and no zone, and a table reads that as UTC. East of Greenwich a fresh log
is then ahead of the clock by up to fourteen hours: its day is what can be kept.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from wattgram.run import FIRST_YEAR

__all__ = ["Clock"]

FURTHEST_AHEAD = timedelta(hours=14)
"""No zone is further ahead of UTC."""
DAY = len("2024-01-01")
SECOND = len("2024-01-01T00:00:00")


class Clock:
    """The moment at which a log is read.

    Parameters
    ----------
    now : that moment, where it is not the present one
    """

    def __init__(self, now: datetime | None = None) -> None:
        self.now = now or datetime.now(UTC)
        self._first, self._last = str(FIRST_YEAR), self.now.strftime("%Y-%m-%dT%H:%M:%S")

    def checked(self, start: str | None, end: str | None) -> tuple[str | None, str | None, str]:
        """Start and end without what cannot be, and a sentence on that; empty where both stay as they are."""
        said = ""
        if start is not None and not self._stands(start):
            start, said = self._without(start)
        if end is not None and not self._stands(end):
            end, of_end = self._without(end)
            end = None if of_end else end
            said = said or of_end
        return start, end if start is not None else None, said

    def _stands(self, text: str) -> bool:
        """Whether a time in the usual form is between the first year and now, which texts of that form compare as."""
        try:
            datetime.fromisoformat(text)
        except ValueError:
            return False
        return len(text) in (DAY, SECOND) and self._first <= text <= self._last[: len(text)]

    def _without(self, text: str) -> tuple[str | None, str]:
        try:
            moment = datetime.fromisoformat(text)
            moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        except (ValueError, OverflowError):
            return None, f"'{text[:40]}' is no time; it is left out"
        if moment.year < FIRST_YEAR or moment > self.now + FURTHEST_AHEAD:
            return (
                None,
                f"{text[:40]} is no date of a run, before {FIRST_YEAR} or ahead of now; it is left out",
            )
        if moment > self.now:
            text = f"{text[:40]} has no zone and is ahead of UTC; its day alone is taken"
            return self._last[:DAY], text
        return text, ""
