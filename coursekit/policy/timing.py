"""Moments and time zones: what a date in course.yml means, and what is late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from coursekit.model.outcome import Refused


def moment(text: str, zone: ZoneInfo) -> datetime | Refused:
    """The moment, in UTC, that `2027-01-24 23:59` means in a time zone.

    A text with an offset of its own (`2027-01-24T23:59:00+01:00`) is taken as it stands. A local time that the
    clocks skip or repeat when they change is refused, because nobody can know which moment was meant.
    """
    try:
        return _moment(text, zone)
    # OverflowError: within a day of the years 1 and 9999 there is no such moment in UTC.
    except (ValueError, OverflowError):
        return Refused("not-a-date", f"“{text}” is not a date and time.", "Write it like 2027-01-24 23:59.")


def _moment(text: str, zone: ZoneInfo) -> datetime | Refused:
    parsed = datetime.fromisoformat(text.strip())
    if parsed.tzinfo is not None:
        return parsed.astimezone(UTC)
    first, second = parsed.replace(tzinfo=zone, fold=0), parsed.replace(tzinfo=zone, fold=1)
    if first.utcoffset() != second.utcoffset():
        # A skipped time does not come back the same from UTC; a repeated one does.
        skipped = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != parsed
        what = "does not exist" if skipped else "happens twice"
        return Refused(
            "ambiguous-time",
            f"{text} {what} in {zone.key}: the clocks change there.",
            "Choose another hour, or add the offset, as in 2027-01-24T23:59:00+01:00.",
        )
    return first.astimezone(UTC)


def lateness(due: datetime | None, at: datetime) -> timedelta:
    """How late a submission is; zero when it is in time or nothing is due."""
    return max(at - due, timedelta(0)) if due is not None else timedelta(0)
