"""The page about checks of written answers says what the code says."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from coursekit.model.reflection import Reason
from coursekit.policy.reflection.certificate import THRESHOLDS, needed
from coursekit.policy.reflection.ladder import COMPARED, LEAST_AREA, LIFT
from coursekit.policy.reflection.pointers import FOOTER
from coursekit.policy.reflection.questions import QUESTIONS, REASONS
from coursekit.store.authored import parse_yaml
from coursekit.wire.authoring import ExemplarsShape, RubricsShape
from coursekit.wire.misread import read_shape

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGE = (DOCS / "reflections.md").read_text(encoding="utf-8")
FORMAT = (DOCS / "module-format.md").read_text(encoding="utf-8")


def test_every_reason_is_published_in_the_words_that_graders_read() -> None:
    told = dict(re.findall(r"^\| `(\w+)` \| (.+?) \|$", PAGE, re.M))
    assert told == {reason.value: words for reason, words in {**QUESTIONS, **REASONS}.items()}
    assert set(told) == {reason.value for reason in Reason}


def test_the_first_paragraph_says_what_it_cannot_do() -> None:
    first = " ".join(PAGE.split("\n\n")[1].split())
    for words in (
        "cannot tell whether the evidence is true",
        "another order score the same",
        "read by a person",
        "whether an AI wrote it",
        "know English",
        "about 200",
        "validated on proxies",
        "not been measured",
    ):
        assert words in first, words


def test_the_ladders_figures_are_the_codes() -> None:
    assert f"at least {LIFT} better, and an AUC of {LEAST_AREA}" in PAGE
    assert f"| {COMPARED} and more |" in PAGE
    assert f"{needed(0, 0.95)} decisions without\none disagreement" in PAGE
    assert f"{needed(1, 0.95)} with one, {needed(2, 0.95)} with two" in PAGE
    assert f"from {THRESHOLDS[0]} down to {THRESHOLDS[-1]:.2f}" in PAGE


def test_learners_footer_is_quoted_as_it_is() -> None:
    assert FOOTER in PAGE


@pytest.mark.parametrize(
    ("shape", "heading"), [(RubricsShape, "## rubrics.yml"), (ExemplarsShape, "## exemplars.yml")]
)
def test_the_formats_examples_can_be_read(shape, heading) -> None:
    after = FORMAT[FORMAT.index(heading) :]
    block = re.search(r"(?:^    .*\n|^\n)+", after[after.index("    schema:") :], re.M)
    text = textwrap.dedent(block[0])
    assert read_shape(shape, parse_yaml(text, "example"), "example")
