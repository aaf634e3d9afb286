from __future__ import annotations

import json

from support.pilots import pilot

from coursekit.model.pilot import Given
from coursekit.policy.reflection.agreement_report import to_markdown
from coursekit.policy.reflection.comparison import agreed, compare, disputed, resolve

PILOT = pilot()
SAME = {"bcdfg": Given({"fact": 2, "side": 1}, True), "npqrs": Given({"side": 0}, False)}
ANNA = {**SAME, "hjklm": Given({"fact": 1, "side": 1}, True)}
BEN = {**SAME, "hjklm": Given({"fact": 0, "side": 1}, False)}
MARKS = {"anna": ANNA, "ben": BEN}


def test_each_prompt_is_compared_by_its_own_criteria():
    found = compare(PILOT, MARKS, None)
    view, plan = found.prompts
    assert [m.name for m in view.criteria] == ["fact", "side"]
    assert [m.name for m in plan.criteria] == ["side"]
    assert view.criteria[0].pairs[0].exact.value == 0.5
    assert view.total.pairs[0].confusion == (
        (0, 0, 0, 0),
        (0, 0, 0, 0),
        (0, 1, 0, 0),
        (0, 0, 0, 1),
    )
    assert found.adequate.pairs[0].n == 3
    assert found.adequate.pairs[0].exact.value == 0.666667


def test_what_one_has_not_marked_counts_for_nobody():
    half = {"anna": ANNA, "ben": {"bcdfg": Given({"fact": 2}, None)}}
    view = compare(PILOT, half, None).prompts[0]
    assert [m.pairs[0].n for m in (*view.criteria, view.total, view.adequate)] == [1, 0, 0, 0]
    assert disputed(PILOT, half) == {}


def test_a_dispute_tells_who_gave_what():
    assert disputed(PILOT, MARKS) == {"hjklm": "fact: anna 1, ben 0; adequate: anna yes, ben no"}


def test_what_they_agree_on_stands_in_a_dispute_too():
    assert agreed([ANNA["hjklm"], BEN["hjklm"]]) == Given({"side": 1}, None)


def test_only_settled_marks_are_taken_and_none_is_an_average():
    assert set(resolve(PILOT, MARKS, {})) == {"bcdfg", "npqrs"}
    half = {"hjklm": Given({"fact": 0})}
    assert "hjklm" not in resolve(PILOT, MARKS, half)
    whole = {"hjklm": Given({"fact": 0, "side": 0}, True)}
    # The third reader decides what was in dispute, and nothing else.
    assert resolve(PILOT, MARKS, whole)["hjklm"] == Given({"fact": 0, "side": 1}, True)


def test_groups_are_said_only_where_they_are_large():
    many = pilot(
        **{f"b{n:03}".translate(str.maketrans("0123456789", "bcdfghjklm")): "p7" for n in range(120)}
    )
    names = sorted(many.answers)
    yes, no = Given({"side": 1}, True), Given({"side": 1}, False)
    marks = {"anna": dict.fromkeys(names, yes), "ben": {n: no if i < 6 else yes for i, n in enumerate(names)}}
    groups = {n: "de" if i < 60 else "en" for i, n in enumerate(names)}
    (found,) = compare(many, marks, groups).groups
    assert [(g.name, g.exact) for g in found.groups] == [("de", 0.9), ("en", 1.0)]
    assert found.apart is True
    text = to_markdown(compare(many, marks, groups))
    assert "lie more than 5 points apart" in text
    few = to_markdown(compare(many, marks, dict.fromkeys(names[:49], "de")))
    assert "| de | 49 | fewer than 50 |" in few
    assert "Too few" in few


def test_the_report_reads_and_admits():
    text = to_markdown(compare(PILOT, MARKS, None))
    assert "| fact | anna, ben | 2 | 0.50 (0.00 to 1.00)" in text
    assert "Only 2 answers are marked twice" in text
    assert "Whether marks are fair is unknown." in text
    assert "| no | 1 | 0 |" in text


def test_the_file_is_plain_json_and_stays_the_same():
    first, second = (json.dumps(compare(PILOT, MARKS, {}).to_json()) for _ in range(2))
    assert first == second
    value = json.loads(first)
    assert value["schema"] == "coursekit.agreement/1"
    assert set(value["prompts"]) == {"p2", "p7"}
    assert "learner" not in first
