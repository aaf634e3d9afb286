"""Blanks are filled in, and nothing else in braces is touched."""

from __future__ import annotations

import json

from coursekit.policy.templates import Part, Template, filled, notebook_text

NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "metadata": {}, "source": ["# {{title}}\n", "for {{role}}"]},
        {"cell_type": "code", "metadata": {"coursekit": {"prompt": {"id": "p1"}}}, "source": []},
    ]
}
PART = Part("", NOTEBOOK, {}, {})


def test_only_our_own_blanks_are_filled_in():
    text = 'f"{{x}}" {role} {{ role }} {{role}} {{year}}'
    assert filled(text, {"role": "a head"}) == 'f"{{x}}" {role} {{ role }} a head {{year}}'
    assert filled("{{a}}", {"a": "{{b}}", "b": "no"}) == "{{b}}"


def test_a_title_with_quotes_stays_a_notebook_and_the_template_stays_as_it_was():
    made = json.loads(notebook_text(PART, {"title": 'The "quiet"\\ one', "role": "x"}, ["see"]))
    assert made["cells"][0]["source"] == ['# The "quiet"\\ one\n', "for x"]
    assert made["cells"][1]["metadata"]["coursekit"]["prompt"] == {"id": "p1", "competencies": ["see"]}
    assert "competencies" not in json.dumps(NOTEBOOK)
    assert "competencies" not in notebook_text(PART, {}, [])


def test_a_template_knows_whether_it_has_a_person():
    assert Template("t", "", 1, "", (PART,)).has_role
    assert not Template("t", "", 1, "", (Part("", {"cells": []}, {}, {}),)).has_role
