"""What an author is told about each prompt: where it stands, and what would take it further."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from support.reflections import bases, corpus

from coursekit.model.ids import Digest, PromptId
from coursekit.model.reflection import Basis, Marked, Rung
from coursekit.model.rubric import Auto, Rubric
from coursekit.policy.reflection.certificate import Audited
from coursekit.policy.reflection.ladder import More
from coursekit.policy.reflection.learning import scorer_digest
from coursekit.policy.reflection.models import Models
from coursekit.services.calibrate import Calibrated, People, calibrate

P2 = "spike-at-65/p2"
BASIS = bases.basis(P2)
NOW = datetime(2026, 3, 2, tzinfo=UTC)
MADE_FOR = Digest(scorer_digest(BASIS, Models()))


def one(basis: Basis, people: People) -> Calibrated:
    (found,) = calibrate({basis.prompt: basis}, people, Models())
    return found


def people(n: int, **more: object) -> People:
    answers = corpus.marked(P2, n, 1)
    return People(lambda prompt: answers, **more)  # type: ignore[arg-type]


def audited(n: int, basis: Digest = MADE_FOR, wrong: int = 0) -> list[Audited]:
    return [
        Audited(0.97, i >= wrong, True, NOW + timedelta(minutes=i), NOW - timedelta(1), basis, f"a{i}")
        for i in range(n)
    ]


def test_a_prompt_without_a_rubric_is_passed_over() -> None:
    bare = replace(BASIS, prompt=PromptId("p9"), rubric=Rubric("", "", ()))
    found = calibrate({bare.prompt: bare, BASIS.prompt: BASIS}, People(lambda prompt: ()), Models())
    assert [c.prompt for c in found] == [BASIS.prompt]
    assert (found[0].rung, found[0].more) == (Rung.POINTERS, More(10, "a suggestion to graders"))


def test_up_the_ladder() -> None:
    assert one(BASIS, people(12)).more == More(18, "a comparison with counting words")
    found = one(BASIS, people(60))
    assert found.rung is Rung.SUGGESTION
    assert found.more is not None
    assert found.more.goal == "a certificate, drawn by lot and graded blind"
    assert (found.audited, found.certificate) == (0, None)


def test_where_nothing_may_ever_pass_no_certificate_is_held_out() -> None:
    rubric = replace(BASIS.rubric, decision=replace(BASIS.rubric.decision, auto=Auto.NONE))
    found = one(replace(BASIS, rubric=rubric), people(60, audited_of=lambda prompt: audited(59)))
    assert (found.more, found.certificate, found.may_pass) == (None, None, False)


def test_fifty_nine_clean_decisions_of_this_basis_are_a_certificate() -> None:
    found = one(BASIS, people(60, audited_of=lambda prompt: audited(59)))
    assert found.certificate is not None
    assert (found.certificate.audited, found.certificate.basis, found.more) == (59, MADE_FOR, None)
    other = one(BASIS, people(60, audited_of=lambda prompt: audited(59, Digest("f" * 64))))
    assert (other.certificate, other.audited) == (None, 0)


def test_a_rubric_that_measures_length_has_no_certificate_whatever_was_audited() -> None:
    # The marks are the number of words, and nothing else.
    texts = [" ".join(f"w{n}x{at}" for at in range(n)) for n in range(40, 80)]
    answers = [
        Marked(f"m{i}", t, {"evidence": i // 14, "position": i // 14, "test": i // 20}, i > 12)
        for i, t in enumerate(texts)
    ]
    found = one(BASIS, People(lambda prompt: answers, lambda prompt: audited(200)))
    assert (found.rung, found.certificate) == (Rung.LENGTH, None)
    assert found.more == More(10, "another comparison with counting words")


def test_groups_that_are_not_treated_alike_stop_everything() -> None:
    decisions = audited(60, wrong=4) + [
        replace(a, id=f"b{i}", at=a.at + timedelta(days=1)) for i, a in enumerate(audited(400))
    ]
    groups = {a.id: "abroad" if a.id.startswith("a") else "home" for a in decisions}
    with_groups = one(BASIS, people(60, audited_of=lambda prompt: decisions, groups=groups))
    assert with_groups.gap is not None
    assert (with_groups.gap.worst, with_groups.certificate) == ("abroad", None)
    assert one(BASIS, people(60, audited_of=lambda prompt: decisions)).certificate is not None


def test_two_people_on_the_same_answers_are_the_ceiling() -> None:
    answers = corpus.marked(P2, 12, 1)
    pairs = [(m, replace(m, levels={**m.levels, "test": 1 - m.levels["test"]})) for m in answers]
    found = one(BASIS, people(12, twice_of=lambda prompt: pairs))
    assert found.measured.twice == 12
    assert found.measured.human_qwk is not None
    assert 0 < found.measured.human_qwk < 1
    assert found.measured.human_agreement == 1


def test_how_each_group_of_marked_answers_is_treated() -> None:
    groups = {m.id: "a" if i < 50 else "b" for i, m in enumerate(corpus.marked(P2, 60, 1))}
    found = one(BASIS, people(60, groups=groups))
    assert [(g.group, g.n, g.lean is None) for g in found.groups] == [("a", 50, False), ("b", 10, True)]
