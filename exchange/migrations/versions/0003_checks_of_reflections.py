"""The record of the checks of written answers; which releases and submissions there is something to check in."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_ID = sa.String(128)
_DIGEST = sa.String(64)
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("releases", sa.Column("checks", _DIGEST, nullable=False, server_default=""))
    # What was handed in before stays unchecked: its release brought nothing to check it by.
    op.add_column("submissions", sa.Column("to_check", sa.Boolean, nullable=False, server_default=sa.false()))

    op.create_table(
        "reflection_records",
        sa.Column("course", _ID, primary_key=True),
        sa.Column("module", _ID, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("submission", _ID, nullable=True),
        sa.Column("learner", _ID, nullable=True),
        sa.Column("prompt", _ID, nullable=True),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("beside", sa.JSON, nullable=False),
        sa.Column("previous", _DIGEST, nullable=False),
        sa.Column("digest", _DIGEST, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.UniqueConstraint("submission", "prompt", "kind"),
    )
    _keep("reflection_records")


def _keep(table: str) -> None:
    """Let the database itself refuse to change or to remove what was recorded, as with what was signed."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuse_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are only ever added'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION coursekit_only_added()"
    )
