"""The ledger's statements, built once, with their parameters left open.

Building one takes longer than SQLite takes to run it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Float,
    Insert,
    Select,
    String,
    Table,
    and_,
    bindparam,
    cast,
    exists,
    func,
    insert,
    literal,
    null,
    select,
    union_all,
)

from coursekit.store import tables as t


def _facts(of_one: bool) -> Any:
    """All that the gate and the path ask about: of one learner, or of everybody in a course."""

    def rows(kind: str, table: Table, text: Any, number: Any, at: Any, order: Any = None) -> Select[Any]:
        c = table.c
        query = select(
            literal(kind, String(1)).label("kind"),
            c.learner.label("learner"),
            c.module.label("module"),
            cast(text, String).label("text"),
            cast(number, Float).label("share"),
            (at if at is not None else cast(null(), t.Moment())).label("at"),
            cast(order if order is not None else literal(0), Float).label("sequence"),
        ).where(c.course == bindparam("course"))
        return query.where(c.learner == bindparam("learner")) if of_one else query

    s, w, k = t.submissions.c, t.withdrawals.c, t.commitments.c
    gone = exists().where(w.submission == s.id)
    return union_all(
        rows("f", t.fetches, literal(""), t.fetches.c.release, t.fetches.c.at),
        rows("s", t.submissions, literal(""), literal(0), s.at).where(~gone),
        rows("d", t.completions, literal(""), t.completions.c.release, t.completions.c.at),
        rows("c", t.commitments, k.prompt, literal(0), None).where(k.number == 1),
        rows("m", t.feedback, literal(""), t.feedback.c.share, t.feedback.c.at, t.feedback.c.number),
        rows("w", t.openings, literal(""), literal(0), None).where(t.openings.c.waived.is_(True)),
        rows("k", t.openings, literal(""), literal(0), None).where(t.openings.c.waived.is_(False)),
    )


def _mine(table: Table, *columns: Any) -> Select[Any]:
    """Rows of one learner in one module."""
    c = table.c
    return select(*(columns or (table,))).where(
        c.course == bindparam("course"), c.module == bindparam("module"), c.learner == bindparam("learner")
    )


def with_receipt(query: Select[Any], table: Table) -> Select[Any]:
    """Each row with the receipt that was given for it."""
    c, r = table.c, t.receipts.c
    return query.add_columns(r.receipt.label("receipt_text")).join(
        t.receipts, and_(r.course == c.course, r.learner == c.learner, r.number == c.receipt)
    )


INSERT: dict[str, Insert] = {table.name: insert(table) for table in t.metadata.sorted_tables}
COURSE = select(t.courses.c.definition).where(t.courses.c.course == bindparam("course"))
MEMBER = select(t.members).where(
    t.members.c.course == bindparam("course"), t.members.c.user == bindparam("user")
)
NEWEST = (
    select(t.releases.c.number)
    .where(t.releases.c.course == bindparam("course"), t.releases.c.module == bindparam("module"))
    .order_by(t.releases.c.number.desc())
    .limit(1)
)
RELEASE = select(t.releases.c.definition).where(
    t.releases.c.course == bindparam("course"),
    t.releases.c.module == bindparam("module"),
    t.releases.c.number == bindparam("number"),
)
RELEASED = (
    select(t.releases.c.module, func.max(t.releases.c.number))
    .where(t.releases.c.course == bindparam("course"))
    .group_by(t.releases.c.module)
)
FETCHED = _mine(t.fetches, t.fetches.c.release).order_by(t.fetches.c.release)
COMMITMENTS = with_receipt(_mine(t.commitments), t.commitments).order_by(
    # By the chain, not by the clock: answers sealed in one submission share their moment.
    t.commitments.c.receipt
)
COMMITMENT = with_receipt(_mine(t.commitments), t.commitments).where(
    t.commitments.c.prompt == bindparam("prompt"), t.commitments.c.number == 1
)
FIRST_RESPONSES = (
    select(t.commitments.c.learner, t.commitments.c.response, t.commitments.c.at)
    .where(
        t.commitments.c.course == bindparam("course"),
        t.commitments.c.module == bindparam("module"),
        t.commitments.c.prompt == bindparam("prompt"),
        t.commitments.c.number == 1,
    )
    .order_by(t.commitments.c.at, t.commitments.c.learner)
    .limit(bindparam("most"))
)
FIRST_RESPONSES_SINCE = FIRST_RESPONSES.where(t.commitments.c.at >= bindparam("since", type_=t.Moment()))
COUNT_FIRST = select(func.count()).where(
    t.commitments.c.course == bindparam("course"),
    t.commitments.c.module == bindparam("module"),
    t.commitments.c.prompt == bindparam("prompt"),
    t.commitments.c.number == 1,
)
SUBMISSION = with_receipt(select(t.submissions), t.submissions).where(
    t.submissions.c.id == bindparam("submission")
)
SUBMISSIONS = with_receipt(_mine(t.submissions), t.submissions).order_by(t.submissions.c.number)
EVERYBODYS = (
    with_receipt(select(t.submissions), t.submissions)
    .where(t.submissions.c.course == bindparam("course"), t.submissions.c.module == bindparam("module"))
    .order_by(t.submissions.c.number)
)
PAGE = (
    select(t.submissions.c.number, t.submissions.c.definition)
    .where(
        t.submissions.c.course == bindparam("course"),
        t.submissions.c.module == bindparam("module"),
        t.submissions.c.number > bindparam("after"),
    )
    .order_by(t.submissions.c.number)
    .limit(bindparam("most"))
)
HANDED_IN = (
    select(
        t.submissions.c.id,
        t.submissions.c.module,
        t.submissions.c.learner,
        t.submissions.c.at,
        exists().where(t.withdrawals.c.submission == t.submissions.c.id).label("withdrawn"),
    )
    .where(t.submissions.c.course == bindparam("course"))
    .order_by(t.submissions.c.number)
)
MY_HANDED_IN = HANDED_IN.where(t.submissions.c.learner == bindparam("learner"))
MY_HANDED_IN_HERE = MY_HANDED_IN.where(t.submissions.c.module == bindparam("module"))
MY_EXTENSIONS_HERE = _mine(t.extensions).order_by(t.extensions.c.number)
MY_CHOICES_HERE = _mine(t.choices).order_by(t.choices.c.number)
STORED = select(func.coalesce(func.sum(t.submissions.c.size), 0)).where(
    t.submissions.c.course == bindparam("course"), t.submissions.c.learner == bindparam("learner")
)
HAS_CHECKS = select(exists().where(t.releases.c.checks != ""))
TO_CHECK = select(t.submissions.c.to_check).where(t.submissions.c.id == bindparam("submission"))
UNCHECKED = (
    select(t.submissions.c.number, t.submissions.c.definition)
    .where(
        t.submissions.c.number > bindparam("after"),
        t.submissions.c.to_check.is_(True),
        ~exists().where(
            t.reflection_records.c.submission == t.submissions.c.id, t.reflection_records.c.kind == "check"
        ),
    )
    .order_by(t.submissions.c.number)
    .limit(bindparam("most"))
)
LAST_SUBMISSION = select(func.max(t.submissions.c.number))
LAST_RECORDED = (
    select(t.reflection_records)
    .where(
        t.reflection_records.c.course == bindparam("course"),
        t.reflection_records.c.module == bindparam("module"),
    )
    .order_by(t.reflection_records.c.number.desc())
    .limit(1)
)
LAST_RECEIPT = (
    select(t.receipts.c.number, t.receipts.c.receipt)
    .where(t.receipts.c.course == bindparam("course"), t.receipts.c.learner == bindparam("learner"))
    .order_by(t.receipts.c.number.desc())
    .limit(1)
)
REPLY = select(t.replies).where(
    t.replies.c.course == bindparam("course"),
    t.replies.c.learner == bindparam("learner"),
    t.replies.c.key == bindparam("key"),
)
COMPLETED = _mine(t.completions, t.completions.c.release)
FACTS_OF_ONE = _facts(of_one=True)
FACTS_OF_ALL = _facts(of_one=False)
