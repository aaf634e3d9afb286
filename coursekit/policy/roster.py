"""A course's roster as a table from elsewhere: read it whole or refuse it by line, and say what it would change."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from coursekit.model.ids import USER_RULE, CourseId, UserId, is_user
from coursekit.model.outcome import Refused
from coursekit.model.people import Member, Role, Source

COLUMNS = ("user", "name", "role", "time_zone")
NOT_KEPT = ("section",)
"""Columns that other programs write and that mean nothing here."""
_MOST_NAME = 200
_MOST_TOLD = 10
"""Mistakes told at once; whoever mended ten runs it again."""
_ROLES = ", ".join(role.value for role in Role)


@dataclass(frozen=True)
class Row:
    """One person of the table. What the table leaves open stays as it is."""

    line: int
    """In the file, from 1."""
    user: UserId
    name: str = ""
    role: Role | None = None
    time_zone: str = ""


@dataclass(frozen=True)
class Changes:
    """What a table does to a roster."""

    new: tuple[Member, ...]
    changed: tuple[tuple[Member, Member], ...]
    """As it was, and as it will be."""
    same: tuple[Member, ...]
    others: tuple[Member, ...]
    """On the roster, and not in the table. Whoever is in by a Hub group is none of these."""

    def to_put(self) -> tuple[Member, ...]:
        """Whom to write."""
        return (*self.new, *(after for _, after in self.changed))


def read_roster(content: bytes, zones: Collection[str]) -> tuple[Row, ...] | Refused:
    """The people in a CSV file: comma, semicolon or tab, columns in any order, with or without a byte order mark.

    `zones`: the IANA names there are. The first line names the columns: user, and any of name, role, time_zone.
    """
    text = _decode(content)
    if text is None:
        return _refused(
            "bad-encoding",
            ["The file is not in UTF-8."],
            "Save it as “CSV UTF-8”; Excel and LibreOffice both offer that.",
        )
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[Row] = []
    wrong: list[str] = []
    columns: list[str] | None = None
    try:
        for cells in reader:
            values = [cell.strip() for cell in cells]
            if not any(values):
                continue
            if columns is None:
                columns = [value.lower().replace(" ", "_").replace("-", "_") for value in values]
                wrong += _wrong_columns(reader.line_num, columns)
                if wrong:
                    break
                continue
            row, mistakes = _row(reader.line_num, columns, values, zones)
            wrong += mistakes
            if row is not None:
                rows.append(row)
    except csv.Error as error:
        wrong.append(f"Line {reader.line_num}: {error}.")
    wrong += _twice(rows)
    if not wrong and not rows:
        wrong.append("There is nobody in the file.")
    if wrong:
        return _refused("bad-roster", wrong, "Mend the file and import it again; nothing was changed.")
    return tuple(rows)


def plan(course: CourseId, rows: Iterable[Row], members: Sequence[Member]) -> Changes:
    """What the table does to those who are in the course. An empty cell leaves what is there."""
    known = {member.user: member for member in members}
    new: list[Member] = []
    changed: list[tuple[Member, Member]] = []
    same: list[Member] = []
    named = set()
    for row in rows:
        named.add(row.user)
        before = known.get(row.user)
        start = before or Member(course, row.user, Role.LEARNER)
        after = replace(
            start,
            role=row.role or start.role,
            name=row.name or start.name,
            time_zone=row.time_zone or start.time_zone,
            source=Source.ROSTER,
        )
        if before is None:
            new.append(after)
        elif before == after:
            same.append(after)
        else:
            changed.append((before, after))
    others = [m for m in members if m.user not in named and m.source is Source.ROSTER]
    return Changes(tuple(new), tuple(changed), tuple(same), tuple(others))


def roster_csv(members: Iterable[Member]) -> str:
    """A table that `read_roster` reads back."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows((m.user, m.name, m.role.value, m.time_zone) for m in members)
    return text.getvalue()


def _decode(content: bytes) -> str | None:
    # What Excel calls “Unicode text” is UTF-16, and begins with one of these.
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _delimiter(text: str) -> str:
    header = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=header.count)


def _wrong_columns(line: int, columns: Sequence[str]) -> list[str]:
    if "user" not in columns:
        return [f"Line {line}: it must name the columns, “user” and any of {', '.join(COLUMNS[1:])}."]
    wrong = [
        f"Line {line}: there is no column “{name}”; the columns are {', '.join(COLUMNS)}."
        for name in columns
        if name and name not in COLUMNS + NOT_KEPT
    ]
    wrong += [f"Line {line}: the column {n} is there twice." for n in COLUMNS if columns.count(n) > 1]
    return wrong


def _row(
    line: int, columns: Sequence[str], values: Sequence[str], zones: Collection[str]
) -> tuple[Row | None, list[str]]:
    if any(values[len(columns) :]):
        return None, [f"Line {line}: it has {len(values)} values for {len(columns)} columns."]
    given = dict(zip(columns, values, strict=False))
    user, name, role, zone = (given.get(column, "") for column in COLUMNS)
    wrong = []
    if not is_user(user):
        wrong.append(f"Line {line}: “{user}” cannot name a person; use {USER_RULE}.")
    if len(name) > _MOST_NAME or not name.isprintable():
        wrong.append(f"Line {line}: the name must be one line of at most {_MOST_NAME} characters.")
    if role and role.lower() not in {r.value for r in Role}:
        wrong.append(f"Line {line}: there is no role “{role}”; the roles are {_ROLES}.")
    if zone and zone not in zones:
        wrong.append(f"Line {line}: there is no time zone “{zone}”; write it like Africa/Lagos.")
    if wrong:
        return None, wrong
    return Row(line, UserId(user), name, Role(role.lower()) if role else None, zone), []


def _twice(rows: Iterable[Row]) -> list[str]:
    wrong: list[str] = []
    first: dict[str, Row] = {}
    for row in rows:
        # JupyterHub's names are in lower case: Maria and maria in one file are one person and a slip.
        before = first.setdefault(row.user.lower(), row)
        if before is not row:
            wrong.append(f"Line {row.line}: {row.user} stands in line {before.line} already.")
    return wrong


def _refused(code: str, wrong: Sequence[str], next_step: str) -> Refused:
    told = list(wrong[:_MOST_TOLD])
    if len(wrong) > _MOST_TOLD:
        told.append(f"And {len(wrong) - _MOST_TOLD} more.")
    return Refused(code, "\n  ".join(told), next_step)
