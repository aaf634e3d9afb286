"""Moments and time zones: what a date in course.yml means, and what is late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

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


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def in_words(when: datetime, zone: str) -> str:
    """A moment for people, on the clocks of a zone: “Sun 24 Jan 2027, 23:59 (Europe/Vienna)”.

    `when` is aware; `zone` is an IANA name, and UTC stands in for one that nobody knows. Seconds are shown where
    there are any; the offset where the clocks show that hour twice.
    """
    there = find_zone(zone)
    try:
        local = when.astimezone(there)
    except OverflowError:
        # Within a day of the years 1 and 9999: as its author wrote it.
        return f"{when:%Y-%m-%d}"
    # Not strftime: a host that sets a locale would mix two languages in one sentence.
    day = f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]} {local.year}"
    clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    offset = f"{local:%z}"
    return f"{day}, {clock} ({there.key}{f', UTC{offset[:3]}:{offset[3:5]}' if twice else ''})"


def find_zone(name: str) -> ZoneInfo:
    """The zone of that name; UTC where there is none, so that a time can always be said."""
    try:
        return ZoneInfo(name)
    # OSError: a name that is a folder of the database, or too long for a file.
    except (OSError, ValueError, ZoneInfoNotFoundError):
        return ZoneInfo("UTC")


def is_zone(name: str) -> bool:
    """Whether that is the name of a time zone."""
    return name == "UTC" or find_zone(name).key == name


def length_in_words(span: timedelta) -> str:
    """A length of time for people, in its two largest units: “2 days 3 h”, “25 min”, “less than a minute”."""
    minutes = int(span.total_seconds() // 60)
    days, hours, minutes = minutes // 1440, minutes % 1440 // 60, minutes % 60
    parts = [f"{days} day{'s' if days > 1 else ''}"] if days else []
    parts += [f"{hours} h"] if hours else []
    parts += [f"{minutes} min"] if minutes else []
    return " ".join(parts[:2]) or "less than a minute"
