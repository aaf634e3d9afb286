"""A table of dates: what each text means in which zone, and which mean nothing."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.model.outcome import Refused
from coursekit.policy.timing import in_words, is_zone, length_in_words, moment


@pytest.mark.parametrize(
    ("text", "zone", "utc"),
    [
        ("2027-01-24 23:59", "Europe/Berlin", "2027-01-24 22:59"),
        ("2027-07-24 23:59", "Europe/Berlin", "2027-07-24 21:59"),
        ("2027-01-24T23:59", "Europe/Berlin", "2027-01-24 22:59"),
        ("  2027-01-24 23:59\n", "UTC", "2027-01-24 23:59"),
        ("2027-01-24 23:59:30", "UTC", "2027-01-24 23:59:30"),
        ("2027-01-24", "UTC", "2027-01-24 00:00"),
        ("2027-01-24 23:59", "Asia/Kathmandu", "2027-01-24 18:14"),
        ("2027-01-24 23:59", "Pacific/Kiritimati", "2027-01-24 09:59"),
        ("2027-01-24 23:59", "America/Los_Angeles", "2027-01-25 07:59"),
        # With an offset of its own the zone is not asked.
        ("2027-01-24T23:59:00+01:00", "America/Los_Angeles", "2027-01-24 22:59"),
        ("2027-01-24T23:59:00Z", "America/Los_Angeles", "2027-01-24 23:59"),
        # Around the gap: the clocks in Berlin go from 02:00 to 03:00 on 28 March.
        ("2027-03-28 01:59", "Europe/Berlin", "2027-03-28 00:59"),
        ("2027-03-28 03:00", "Europe/Berlin", "2027-03-28 01:00"),
        ("2027-03-28T02:30+01:00", "Europe/Berlin", "2027-03-28 01:30"),
        # Around the fold: from 03:00 back to 02:00 on 31 October.
        ("2027-10-31 01:59", "Europe/Berlin", "2027-10-30 23:59"),
        ("2027-10-31 03:00", "Europe/Berlin", "2027-10-31 02:00"),
        ("2027-10-31T02:30+02:00", "Europe/Berlin", "2027-10-31 00:30"),
        ("2027-10-31T02:30+01:00", "Europe/Berlin", "2027-10-31 01:30"),
        # Elsewhere the same hour is an hour like any other.
        ("2027-03-28 02:30", "Asia/Tokyo", "2027-03-27 17:30"),
    ],
)
def test_what_a_text_means(text: str, zone: str, utc: str) -> None:
    found = moment(text, ZoneInfo(zone))
    assert found == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert isinstance(found, datetime)
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "zone", "code", "reason"),
    [
        ("2027-03-28 02:00", "Europe/Berlin", "ambiguous-time", "does not exist in Europe/Berlin"),
        ("2027-03-28 02:30", "Europe/Berlin", "ambiguous-time", "does not exist in Europe/Berlin"),
        ("2027-03-28 02:59:59", "Europe/Berlin", "ambiguous-time", "does not exist in Europe/Berlin"),
        ("2027-10-31 02:00", "Europe/Berlin", "ambiguous-time", "happens twice in Europe/Berlin"),
        ("2027-10-31 02:59:59", "Europe/Berlin", "ambiguous-time", "happens twice in Europe/Berlin"),
        ("2027-03-14 02:30", "America/New_York", "ambiguous-time", "does not exist in America/New_York"),
        ("2027-11-07 01:30", "America/New_York", "ambiguous-time", "happens twice in America/New_York"),
        # Half an hour of daylight saving, in autumn when it is spring elsewhere.
        ("2027-10-03 02:15", "Australia/Lord_Howe", "ambiguous-time", "does not exist"),
        ("2027-04-04 01:45", "Australia/Lord_Howe", "ambiguous-time", "happens twice"),
        # Samoa went to bed on Thursday and woke on Saturday.
        ("2011-12-30 12:00", "Pacific/Apia", "ambiguous-time", "does not exist"),
        ("", "UTC", "not-a-date", "is not a date"),
        ("tomorrow", "UTC", "not-a-date", "“tomorrow” is not a date and time."),
        ("24.01.2027 23:59", "UTC", "not-a-date", "is not a date"),
        ("2027-02-30 12:00", "UTC", "not-a-date", "is not a date"),
        ("2027-01-24 24:30", "UTC", "not-a-date", "is not a date"),
        ("2027-01-24 17:00 PST", "UTC", "not-a-date", "is not a date"),
        ("9999-12-31T23:59:00-05:00", "UTC", "not-a-date", "is not a date"),
        ("0001-01-01 00:00", "Asia/Tokyo", "not-a-date", "is not a date"),
    ],
)
def test_what_means_nothing_is_refused(text: str, zone: str, code: str, reason: str) -> None:
    found = moment(text, ZoneInfo(zone))
    assert isinstance(found, Refused)
    assert found.code == code
    assert reason in found.reason
    assert found.next_step


ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"])


@given(st.datetimes(datetime(1990, 1, 1), datetime(2037, 1, 1)), ZONES)
def test_a_moment_reads_the_same_on_a_clock_of_that_zone_or_is_refused(local: datetime, zone: str) -> None:
    there = ZoneInfo(zone)
    found = moment(local.isoformat(" "), there)
    both = {local.replace(tzinfo=there, fold=f).astimezone(UTC) for f in (0, 1)}
    meant = {m for m in both if m.astimezone(there).replace(tzinfo=None) == local}
    if isinstance(found, Refused):
        assert len(meant) != 1
    else:
        assert meant == {found}


@pytest.mark.parametrize(
    ("utc", "zone", "said"),
    [
        ("2027-01-24T22:59:00Z", "Europe/Vienna", "Sun 24 Jan 2027, 23:59 (Europe/Vienna)"),
        ("2027-01-24T22:59:00Z", "Africa/Lagos", "Sun 24 Jan 2027, 23:59 (Africa/Lagos)"),
        ("2027-01-24T22:59:00Z", "Asia/Tokyo", "Mon 25 Jan 2027, 07:59 (Asia/Tokyo)"),
        ("2027-07-05T22:59:00Z", "Europe/Vienna", "Tue 6 Jul 2027, 00:59 (Europe/Vienna)"),
        # Seconds only where there are any, so that 23:59:59 is not taken for 23:59.
        ("2027-01-24T22:59:59Z", "Europe/Vienna", "Sun 24 Jan 2027, 23:59:59 (Europe/Vienna)"),
        ("2027-01-24T22:59:00.900000Z", "Europe/Vienna", "Sun 24 Jan 2027, 23:59 (Europe/Vienna)"),
        # The hour that the clocks show twice, and the hours around it.
        ("2027-10-31T00:30:00Z", "Europe/Vienna", "Sun 31 Oct 2027, 02:30 (Europe/Vienna, UTC+02:00)"),
        ("2027-10-31T01:30:00Z", "Europe/Vienna", "Sun 31 Oct 2027, 02:30 (Europe/Vienna, UTC+01:00)"),
        ("2027-10-31T02:00:00Z", "Europe/Vienna", "Sun 31 Oct 2027, 03:00 (Europe/Vienna)"),
        ("2027-03-28T00:59:00Z", "Europe/Vienna", "Sun 28 Mar 2027, 01:59 (Europe/Vienna)"),
        ("2027-03-28T01:00:00Z", "Europe/Vienna", "Sun 28 Mar 2027, 03:00 (Europe/Vienna)"),
        ("2027-11-07T05:30:00Z", "America/New_York", "Sun 7 Nov 2027, 01:30 (America/New_York, UTC-04:00)"),
        # A zone that nobody knows must not cost the sentence.
        ("2027-01-24T22:59:00Z", "Mars/Olympus", "Sun 24 Jan 2027, 22:59 (UTC)"),
        ("2027-01-24T22:59:00Z", "", "Sun 24 Jan 2027, 22:59 (UTC)"),
        ("2027-01-24T22:59:00Z", "../../etc/passwd", "Sun 24 Jan 2027, 22:59 (UTC)"),
        ("2027-01-24T22:59:00Z", "Europe", "Sun 24 Jan 2027, 22:59 (UTC)"),
        ("2027-01-24T22:59:00Z", "x" * 300, "Sun 24 Jan 2027, 22:59 (UTC)"),
        ("9999-12-31T23:30:00Z", "Asia/Tokyo", "9999-12-31"),
    ],
)
def test_a_moment_is_said_on_the_clocks_of_a_zone(utc: str, zone: str, said: str) -> None:
    assert in_words(datetime.fromisoformat(utc), zone) == said


def test_the_words_do_not_follow_the_hosts_language() -> None:
    import locale

    before = locale.setlocale(locale.LC_TIME)
    try:
        for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "C.UTF-8"):
            with suppress(locale.Error):
                locale.setlocale(locale.LC_TIME, name)
            assert in_words(datetime(2027, 3, 3, tzinfo=UTC), "UTC") == "Wed 3 Mar 2027, 00:00 (UTC)"
    finally:
        locale.setlocale(locale.LC_TIME, before)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)), ZONES)
def test_what_is_said_means_that_moment_to_the_second(when: datetime, zone: str) -> None:
    """Nobody who reads a due date and types it back gets another one."""
    day, clock = in_words(when, zone).removesuffix(")").split(" (")[0].split(", ")
    offset = in_words(when, zone).partition("UTC")[2].removesuffix(")") if zone != "UTC" else ""
    fmt = "%a %d %b %Y %H:%M:%S" if clock.count(":") == 2 else "%a %d %b %Y %H:%M"
    local = datetime.strptime(f"{day} {clock}", fmt)
    assert moment(f"{local.isoformat(' ')}{offset}", ZoneInfo(zone)) == when.replace(microsecond=0)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Europe/Vienna", True),
        ("UTC", True),
        ("Africa/Lagos", True),
        ("", False),
        ("Europe", False),
        ("CET5", False),
    ],
)
def test_names_of_zones(name: str, known: bool) -> None:
    assert is_zone(name) is known


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(minutes=25), "25 min"),
        (timedelta(hours=3), "3 h"),
        (timedelta(hours=3, minutes=5), "3 h 5 min"),
        (timedelta(days=1, minutes=5), "1 day 5 min"),
        (timedelta(days=2, hours=3, minutes=5), "2 days 3 h"),
    ],
)
def test_lengths_in_words(span: timedelta, said: str) -> None:
    assert length_in_words(span) == said
