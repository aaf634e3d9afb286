"""Each line of a record is sealed on the one before it, module by module."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from coursekit.model.ids import (
    CourseId,
    Digest,
    ModuleId,
    PromptId,
    ReleaseNumber,
    SubmissionId,
    UserId,
    is_user,
)
from coursekit.model.submission import Submission
from coursekit.policy.reflection.record import Kind, read, seal
from coursekit.services.chain import add_line, writer_of
from coursekit.store.memory import MemoryLedger

C, P1 = CourseId("lamps"), PromptId("p1")
T0 = datetime(2027, 1, 24, tzinfo=UTC)


def submission(name, module="first"):
    return Submission(
        SubmissionId(name),
        C,
        ModuleId(module),
        UserId("maria"),
        ReleaseNumber(1),
        (),
        Digest("0" * 64),
        T0,
        (),
    )


def test_lines_follow_each_other():
    ledger = MemoryLedger()
    with ledger.write(C, writer_of("first")) as deed:
        for n, name in enumerate(("s1", "s2", "s3")):
            add_line(
                deed, Kind.CHECK, submission(name), P1, {"n": n}, T0 + timedelta(minutes=n), {"peers": n}
            )
        add_line(deed, Kind.APPEAL, submission("s1", "second"), P1, {}, T0, {"reason": "so"})
    with ledger.read() as deed:
        first, second = deed.recorded(C, ModuleId("first")), deed.recorded(C, ModuleId("second"))
    assert [line.number for line in first] == [1, 2, 3]
    assert first[0].previous == second[0].previous == ""
    assert [line.previous for line in first[1:]] == [line.digest for line in first[:-1]]
    entries = [seal(Kind(line.kind), line.body, line.at, line.previous) for line in first]
    assert read(entry.line() for entry in entries) == (entries, [])
    assert (first[1].submission, first[1].learner, first[1].prompt, first[1].beside) == (
        "s2",
        "maria",
        "p1",
        {"peers": 1},
    )


def test_who_writes_a_record_is_nobodys_name():
    assert writer_of("first") != writer_of("second")
    assert not is_user(writer_of("first"))
