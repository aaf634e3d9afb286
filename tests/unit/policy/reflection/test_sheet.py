from __future__ import annotations

from support.pilots import pilot

from coursekit.policy.reflection.sheet import to_html


def test_a_learners_text_is_text_and_nothing_runs():
    texts = dict.fromkeys(pilot().answers, '<script>alert(1)</script> & "so"')
    page = to_html(pilot(), ["npqrs", "bcdfg", "hjklm"], texts)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "default-src 'none'" in page


def test_answers_stand_below_their_question_in_the_graders_order():
    texts = {name: f"Text of {name}." for name in pilot().answers}
    page = to_html(pilot(), ["hjklm", "bcdfg", "npqrs"], texts)
    places = [page.index(what) for what in ("A view", "hjklm", "bcdfg", "A step", "npqrs")]
    assert places == sorted(places)
