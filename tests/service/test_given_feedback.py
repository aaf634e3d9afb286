"""Staff see what each learner was given: the newest of each, and nothing of what is in it."""

from __future__ import annotations

from typing import Any

from coursekit.model.submission import sha256


def test_the_newest_of_each_learner_by_digest(lamps: Any, make: Any) -> None:
    gil = lamps.as_user("gil")
    assert gil.feedback_rows("lamps", "first") == []
    submission = lamps.as_user("maria").submit("lamps", "first", make.hand_in("first")).submission
    pages = [make.file("feedback.json", f"page {n} CANARY") for n in range(3)]
    for who, score, named, page in [
        ("olu", 1, None, pages[0]),
        ("maria", 2, None, pages[1]),
        ("maria", 3, submission, pages[2]),
    ]:
        upload = make.feedback(who, score, named)
        gil.give_feedback("lamps", "first", upload.model_copy(update={"files": [page]}))
    rows = gil.feedback_rows("lamps", "first")
    assert [(r.learner, r.submission, r.score) for r in rows] == [("maria", submission, 3), ("olu", None, 1)]
    assert rows[0].digests == {"feedback.json": sha256(b"page 2 CANARY")}
    assert "CANARY" not in lamps.raw("GET", "/courses/lamps/modules/first/feedback", "gil").text
    assert gil.feedback_rows("lamps", "second") == []
