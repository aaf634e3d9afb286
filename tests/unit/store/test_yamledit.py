"""Another value in a YAML file: only its own lines change, and what is read back is the value."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.model.errors import BadInput
from coursekit.store.authored import parse_yaml
from coursekit.store.yamledit import edited

ROOT = Path(__file__).parents[3]
RUBRIC = """\
# Ours.
rubrics:
  view:                       # the only one
    title: A view
    criteria:
      - id: fact              # the first
        ask: Cites a fact.
        levels:
          0: None.
          1: One.   # at least
      # Not the last.
      - id: side
        ask: >-
          Takes a side,
          and says so.
        terms: [for, against]
# The end.
"""


def changed(change) -> str:
    value = parse_yaml(RUBRIC, "x.yml")
    change(value["rubrics"]["view"])
    text = edited(RUBRIC, value, "x.yml")
    assert parse_yaml(text, "x.yml") == value
    return text


def test_the_same_value_is_the_same_text() -> None:
    assert changed(lambda view: None) == RUBRIC


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (lambda v: v.update(title="12:30"), "    title: A view\n", "    title: '12:30'\n"),
        (
            lambda v: v["criteria"][0]["levels"].update({1: "Two."}),
            "1: One.   # at least",
            "1: Two.   # at least",
        ),
        (lambda v: v["criteria"][1].update(terms=["no"]), "[for, against]", "\n          - 'no'"),
        (
            lambda v: v["criteria"][1].update(ask="Takes one."),
            "ask: >-\n          Takes a side,\n          and says so.\n",
            "ask: Takes one.\n",
        ),
        (lambda v: v["criteria"][0].pop("ask"), "        ask: Cites a fact.\n", ""),
        (
            lambda v: v["criteria"].append({"id": "step", "ask": "Says: when."}),
            "        terms: [for, against]\n",
            "        terms: [for, against]\n      - id: step\n        ask: 'Says: when.'\n",
        ),
        (lambda v: v.update(cap_words=200), "[for, against]\n", "[for, against]\n    cap_words: 200\n"),
    ],
)
def test_only_its_own_lines_change(change, before: str, after: str) -> None:
    wanted = RUBRIC.replace(before, after)
    got = changed(change)
    if "\n          - 'no'" in after:
        wanted = RUBRIC.replace("terms: [for, against]", "terms:\n          - 'no'")
    assert got == wanted


def test_a_criterion_is_taken_out_with_its_own_comments_alone() -> None:
    text = changed(lambda view: view["criteria"].pop(0))
    assert "fact" not in text
    assert "# Ours." in text
    assert "# Not the last." in text
    assert "# The end." in text


def test_what_was_turned_round_is_written_anew() -> None:
    text = changed(lambda view: view["criteria"].reverse())
    assert text.index("side") < text.index("fact")
    assert text.startswith("# Ours.\n")


@pytest.mark.parametrize("text", ["", "# nothing\n", "{}\n", "a: [1, 2]\n", "- 1\n"])
def test_a_file_without_blocks_takes_any_value(text: str) -> None:
    value = {"schema": "coursekit.exemplars/1", "exemplars": [{"id": "a", "note": "Yes."}]}
    assert parse_yaml(edited(text, value, "x.yml"), "x.yml") == value


def test_what_is_no_yaml_is_refused() -> None:
    with pytest.raises(BadInput, match="line 1"):
        edited("a: [", {}, "x.yml")


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=120)
values = st.recursive(
    st.one_of(words, st.booleans(), st.integers(-5, 5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(words, inner, max_size=3)),
    max_leaves=6,
)


@given(words, values, st.integers(0, 5), st.sampled_from(["rubrics", "exemplars"]))
def test_whatever_is_typed_is_read_back(name: str, value: object, place: int, sheet: str) -> None:
    text = (
        RUBRIC
        if sheet == "rubrics"
        else (ROOT / "tests/courses/tiny/modules/first/exemplars.yml").read_text()
    )
    now = copy.deepcopy(parse_yaml(text, "x.yml"))
    if sheet == "rubrics":
        now["rubrics"]["view"]["criteria"][place % 2][name] = value
    else:
        now["exemplars"][place % len(now["exemplars"])][name] = value
    assert parse_yaml(edited(text, now, "x.yml"), "x.yml") == now
