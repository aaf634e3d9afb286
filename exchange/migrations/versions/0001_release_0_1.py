"""The tables of release 0.1.0, which made them without Alembic."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ID = sa.String(128)
_DIGEST = sa.String(64)
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "courses",
        sa.Column("course", _ID, primary_key=True),
        sa.Column("definition", sa.Text, nullable=False),
    )

    op.create_table(
        "members",
        sa.Column("course", _ID, primary_key=True),
        sa.Column("user", _ID, primary_key=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
    )
    op.create_index("members_by_user", "members", ["user"])

    op.create_table(
        "releases",
        sa.Column("course", _ID, primary_key=True),
        sa.Column("module", _ID, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("definition", sa.Text, nullable=False),
    )

    op.create_table(
        "fetches",
        sa.Column("course", _ID, primary_key=True),
        sa.Column("learner", _ID, primary_key=True),
        sa.Column("module", _ID, primary_key=True),
        sa.Column("release", sa.Integer, primary_key=True),
        sa.Column("at", _MOMENT, nullable=False),
    )

    op.create_table(
        "commitments",
        sa.Column("course", _ID, primary_key=True),
        sa.Column("learner", _ID, primary_key=True),
        sa.Column("module", _ID, primary_key=True),
        sa.Column("prompt", _ID, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("release", sa.Integer, nullable=False),
        sa.Column("response", sa.JSON, nullable=False),
        sa.Column("digest", _DIGEST, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("receipt", sa.Integer, nullable=False),
    )
    op.create_index("commitments_by_prompt", "commitments", ["course", "module", "prompt", "number"])

    op.create_table(
        "completions",
        sa.Column("course", _ID, primary_key=True),
        sa.Column("learner", _ID, primary_key=True),
        sa.Column("module", _ID, primary_key=True),
        sa.Column("release", sa.Integer, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
    )

    op.create_table(
        "submissions",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("id", _ID, nullable=False, unique=True),
        sa.Column("course", _ID, nullable=False),
        sa.Column("module", _ID, nullable=False),
        sa.Column("learner", _ID, nullable=False),
        sa.Column("definition", sa.Text, nullable=False),
        sa.Column("receipt", sa.Integer, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
    )
    op.create_index("submissions_by_learner", "submissions", ["course", "learner", "module", "number"])
    op.create_index("submissions_by_module", "submissions", ["course", "module", "number"])

    op.create_table(
        "receipts",
        sa.Column("course", _ID, primary_key=True),
        sa.Column("learner", _ID, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("receipt", sa.Text, nullable=False),
    )

    op.create_table(
        "feedback",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("course", _ID, nullable=False),
        sa.Column("module", _ID, nullable=False),
        sa.Column("learner", _ID, nullable=False),
        sa.Column("share", sa.Float, nullable=False),
        sa.Column("definition", sa.Text, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
    )
    op.create_index("feedback_by_learner", "feedback", ["course", "learner", "module", "number"])

    op.create_table(
        "openings",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("course", _ID, nullable=False),
        sa.Column("learner", _ID, nullable=False),
        sa.Column("module", _ID, nullable=False),
        sa.Column("waived", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.UniqueConstraint("course", "learner", "module", "waived"),
    )

    op.create_table(
        "events",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("course", _ID, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("actor", _ID, nullable=False),
        sa.Column("verb", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("details", sa.JSON, nullable=False),
    )
    op.create_index("events_by_course", "events", ["course", "number"])
