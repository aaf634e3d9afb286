"""Deadlines, withdrawals and choices of release 0.2; what is signed cannot be changed any more."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_ID = sa.String(128)
_DIGEST = sa.String(64)
_MOMENT = sa.DateTime(timezone=True)

_ONLY_ADDED_TO = ("releases", "commitments", "submissions", "receipts", "events")


def upgrade() -> None:
    op.add_column("members", sa.Column("time_zone", sa.String(64), nullable=False, server_default=""))
    op.add_column("members", sa.Column("source", sa.String(16), nullable=False, server_default="roster"))

    op.add_column("submissions", sa.Column("size", sa.BigInteger, nullable=False, server_default="0"))
    _fill("submissions", "size", lambda value: sum(file["size"] for file in value["files"]))
    op.add_column("feedback", sa.Column("submission", _ID, nullable=True))
    _fill("feedback", "submission", lambda value: value["submission"])

    op.create_table(
        "extensions",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("course", _ID, nullable=False),
        sa.Column("learner", _ID, nullable=False),
        sa.Column("module", _ID, nullable=False),
        sa.Column("change", sa.String(16), nullable=False),
        sa.Column("until", _MOMENT, nullable=True),
        sa.Column("by", _ID, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
    )
    op.create_index("extensions_by_learner", "extensions", ["course", "learner", "module", "number"])
    op.create_index("extensions_by_module", "extensions", ["course", "module", "number"])

    op.create_table(
        "withdrawals",
        sa.Column("submission", _ID, primary_key=True),
        sa.Column("course", _ID, nullable=False),
        sa.Column("learner", _ID, nullable=False),
        sa.Column("module", _ID, nullable=False),
        sa.Column("by", _ID, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
    )
    op.create_index("withdrawals_by_learner", "withdrawals", ["course", "learner", "module"])

    op.create_table(
        "choices",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("course", _ID, nullable=False),
        sa.Column("learner", _ID, nullable=False),
        sa.Column("module", _ID, nullable=False),
        sa.Column("submission", _ID, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
    )
    op.create_index("choices_by_learner", "choices", ["course", "learner", "module", "number"])

    op.create_table(
        "replies",
        sa.Column("course", _ID, primary_key=True),
        sa.Column("learner", _ID, primary_key=True),
        sa.Column("key", _ID, primary_key=True),
        sa.Column("fingerprint", _DIGEST, nullable=False),
        sa.Column("answer", sa.JSON, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
    )

    op.create_table(
        "blobs",
        sa.Column("digest", _DIGEST, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )

    _keep()


def _fill(table: str, column: str, find) -> None:
    """A new column, from the JSON that each row has in `definition`."""
    rows = sa.table(table, sa.column("number"), sa.column("definition"), sa.column(column))
    db = op.get_bind()
    last = 0
    while True:
        query = sa.select(rows.c.number, rows.c.definition).where(rows.c.number > last)
        page = db.execute(query.order_by(rows.c.number).limit(1000)).all()
        if not page:
            return
        last = page[-1].number
        found = [{"n": row.number, "v": find(json.loads(row.definition))} for row in page]
        change = sa.update(rows).where(rows.c.number == sa.bindparam("n"))
        db.execute(change.values({column: sa.bindparam("v")}), found)


def _keep() -> None:
    """Let the database itself refuse to change or to remove what was signed or logged.

    A later migration that must touch such rows drops these triggers first, and puts them back.
    """
    if op.get_bind().dialect.name == "sqlite":
        for table in _ONLY_ADDED_TO:
            for verb in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_refuse_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are only ever added'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION coursekit_only_added() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME; END $$"
    )
    for table in _ONLY_ADDED_TO:
        op.execute(
            f"CREATE TRIGGER {table}_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION coursekit_only_added()"
        )
