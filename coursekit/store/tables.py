"""The exchange's tables. Whole values are kept as JSON beside the columns that are searched.

    courses  members  releases  fetches  commitments  completions  submissions  receipts
    feedback  openings  extensions  withdrawals  choices  replies  events  reflection_records  blobs

Rows of releases, commitments, submissions, receipts, events and reflection_records are only ever added; the
database itself refuses anything else (exchange/migrations). What the tables look like changes by a migration alone.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)


class Moment(TypeDecorator[datetime]):
    """An aware moment in UTC. SQLite keeps no zone, so it is taken off going in and put on coming out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database; a naive moment is a mistake of ours."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """From the database."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


metadata = MetaData()

_ID = String(128)
_DIGEST = String(64)

courses = Table(
    "courses",
    metadata,
    Column("course", _ID, primary_key=True),
    Column("definition", Text, nullable=False),
)

members = Table(
    "members",
    metadata,
    Column("course", _ID, primary_key=True),
    Column("user", _ID, primary_key=True),
    Column("role", String(16), nullable=False),
    Column("name", String(200), nullable=False, default=""),
    Column("time_zone", String(64), nullable=False, default="", server_default=""),
    Column("source", String(16), nullable=False, default="roster", server_default="roster"),
    Index("members_by_user", "user"),
)

releases = Table(
    "releases",
    metadata,
    Column("course", _ID, primary_key=True),
    Column("module", _ID, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("definition", Text, nullable=False),
    # The digest of its checks.json: whoever checks written answers asks whether there is any to check by.
    Column("checks", _DIGEST, nullable=False, default="", server_default=""),
)

fetches = Table(
    "fetches",
    metadata,
    Column("course", _ID, primary_key=True),
    Column("learner", _ID, primary_key=True),
    Column("module", _ID, primary_key=True),
    Column("release", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
)

commitments = Table(
    "commitments",
    metadata,
    Column("course", _ID, primary_key=True),
    Column("learner", _ID, primary_key=True),
    Column("module", _ID, primary_key=True),
    Column("prompt", _ID, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("release", Integer, nullable=False),
    Column("response", JSON, nullable=False),
    Column("digest", _DIGEST, nullable=False),
    Column("at", Moment, nullable=False),
    Column("receipt", Integer, nullable=False),
    Index("commitments_by_prompt", "course", "module", "prompt", "number"),
)

completions = Table(
    "completions",
    metadata,
    Column("course", _ID, primary_key=True),
    Column("learner", _ID, primary_key=True),
    Column("module", _ID, primary_key=True),
    Column("release", Integer, nullable=False),
    Column("at", Moment, nullable=False),
)

submissions = Table(
    "submissions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", _ID, nullable=False, unique=True),
    Column("course", _ID, nullable=False),
    Column("module", _ID, nullable=False),
    Column("learner", _ID, nullable=False),
    Column("definition", Text, nullable=False),
    Column("receipt", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    # Bytes of all its files; what a quota is counted from.
    Column("size", BigInteger, nullable=False, default=0, server_default="0"),
    # Whether there are written answers in it to be checked.
    Column("to_check", Boolean, nullable=False, default=False, server_default=false()),
    Index("submissions_by_learner", "course", "learner", "module", "number"),
    Index("submissions_by_module", "course", "module", "number"),
)

receipts = Table(
    "receipts",
    metadata,
    Column("course", _ID, primary_key=True),
    Column("learner", _ID, primary_key=True),
    # The chain's own order. Two receipts cannot both come third: the second insert fails, and its deed with it.
    Column("number", Integer, primary_key=True),
    Column("receipt", Text, nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("course", _ID, nullable=False),
    Column("module", _ID, nullable=False),
    Column("learner", _ID, nullable=False),
    Column("share", Float, nullable=False),
    Column("definition", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("submission", _ID, nullable=True),
    Index("feedback_by_learner", "course", "learner", "module", "number"),
)

openings = Table(
    "openings",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("course", _ID, nullable=False),
    Column("learner", _ID, nullable=False),
    Column("module", _ID, nullable=False),
    Column("waived", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("course", "learner", "module", "waived"),
)

extensions = Table(
    "extensions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("course", _ID, nullable=False),
    Column("learner", _ID, nullable=False),
    Column("module", _ID, nullable=False),
    Column("change", String(16), nullable=False),
    Column("until", Moment, nullable=True),
    Column("by", _ID, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("extensions_by_learner", "course", "learner", "module", "number"),
    Index("extensions_by_module", "course", "module", "number"),
)

withdrawals = Table(
    "withdrawals",
    metadata,
    Column("submission", _ID, primary_key=True),
    Column("course", _ID, nullable=False),
    Column("learner", _ID, nullable=False),
    Column("module", _ID, nullable=False),
    Column("by", _ID, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("withdrawals_by_learner", "course", "learner", "module"),
)

choices = Table(
    "choices",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("course", _ID, nullable=False),
    Column("learner", _ID, nullable=False),
    Column("module", _ID, nullable=False),
    Column("submission", _ID, nullable=False),
    Column("at", Moment, nullable=False),
    Index("choices_by_learner", "course", "learner", "module", "number"),
)

replies = Table(
    "replies",
    metadata,
    Column("course", _ID, primary_key=True),
    Column("learner", _ID, primary_key=True),
    Column("key", _ID, primary_key=True),
    Column("fingerprint", _DIGEST, nullable=False),
    Column("answer", JSON, nullable=False),
    Column("at", Moment, nullable=False),
)

blobs = Table(
    "blobs",
    metadata,
    Column("digest", _DIGEST, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("course", _ID, nullable=False),
    Column("at", Moment, nullable=False),
    Column("actor", _ID, nullable=False),
    Column("verb", String(64), nullable=False),
    Column("subject", String(300), nullable=False),
    Column("details", JSON, nullable=False),
    Index("events_by_course", "course", "number"),
)

reflection_records = Table(
    "reflection_records",
    metadata,
    Column("course", _ID, primary_key=True),
    Column("module", _ID, primary_key=True),
    # The chain's own order, as with receipts: two lines cannot both come third.
    Column("number", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("submission", _ID, nullable=True),
    Column("learner", _ID, nullable=True),
    Column("prompt", _ID, nullable=True),
    Column("body", JSON, nullable=False),
    Column("beside", JSON, nullable=False),
    Column("previous", _DIGEST, nullable=False),
    Column("digest", _DIGEST, nullable=False),
    Column("at", Moment, nullable=False),
    # Once each, whoever checks. A line about no submission has none of the first two, and may come again.
    UniqueConstraint("submission", "prompt", "kind"),
)
