"""Feedback holds what is named, and nothing else; every word in it is only a word."""

from __future__ import annotations

import json

from coursekit.services.give_back import compose, render
from coursekit.wire.prompts import prompt_from_json

HOSTILE = "<script>alert(1)</script>"
PROMPTS = [
    prompt_from_json(p)
    for p in (
        {"id": "p1", "kind": "estimate", "title": "Hours", "question": "How many?", "min": 0, "max": 24},
        {"id": "p2", "kind": "reflection", "title": f"View {HOSTILE}", "question": "**Why?**"},
        {"id": "p3", "kind": "analysis", "title": "Sum", "question": "Add."},
        {"id": "p4", "kind": "reflection", "title": "Unread", "question": "And?"},
        {"id": "p10", "kind": "reflection", "title": "Never reached", "question": "?"},
    )
]


def page(late: float = 0.0) -> dict[str, bytes]:
    composed = compose(
        f"The lamp {HOSTILE}",
        "maria",
        {"submission": "abc123", "at": "2027-01-24 23:00:00.000005 UTC"},
        (3.5, 9, late),
        PROMPTS,
        {
            "p1": {"value": 9.0, "reason": f"lamps {HOSTILE}"},
            "p2": {"text": HOSTILE},
            "p3": {"code": "total = 6"},
            "p4": {"text": "words"},
        },
        [
            ("p2", 1.5, 3, False, f"Good. {HOSTILE}"),
            ("p3-tests", 1, 1, False, ""),
            ("p3-more", 1, 2, False, ""),
            ("p4", 0, 3, True, ""),
            ("setup", 0, 0, False, "CANARY: an own cell of the author's"),
        ],
    )
    return dict(render(composed))


def test_points_of_tests_count_with_their_prompt_and_other_cells_stay_out() -> None:
    data = json.loads(page()["feedback.json"])
    assert [(i["prompt"], i["score"], i["max_score"], i["waiting"]) for i in data["items"]] == [
        ("p1", 0, 0, False),
        ("p2", 1.5, 3, False),
        ("p3", 2, 3, False),
        ("p4", 0, 3, True),
    ]
    assert "CANARY" not in json.dumps(data)


def test_every_text_is_escaped_and_no_script_can_run() -> None:
    html = page()["feedback.html"].decode()
    assert "<script" not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 6
    assert "default-src 'none'" in html


def test_it_reads_as_a_person_would_say_it() -> None:
    html = page()["feedback.html"].decode()
    assert "2027-01-24 23:00 UTC" in html
    assert "1.5 of 3 points" in html
    assert "waits for a reader" in html
    assert "<strong>Why?</strong>" in html
    assert '<div class="answer code">total = 6</div>' in html
    assert "Your estimate: 9" in html


def test_what_lateness_costs_is_taken_off_and_said() -> None:
    html, data = page(late=1.25)["feedback.html"].decode(), json.loads(page(late=1.25)["feedback.json"])
    assert "Points so far: 2.25 of 9, 1.25 taken off because it came late." in html
    assert (data["score"], data["max_score"], data["penalty"]) == (2.25, 9, 1.25)
    assert "Points so far: 3.5 of 9." in page()["feedback.html"].decode()
    assert json.loads(page(late=99)["feedback.json"])["score"] == 0
