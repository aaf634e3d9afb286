"""Another value in a YAML file: only its own lines change, and what is read back is the value."""

from __future__ import annotations

import copy
import functools
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
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


def test_a_comment_on_the_last_line_stays_with_its_own_value() -> None:
    text = edited("a:\n  x: 1   # one\n# end\n", {"a": {"x": 1, "y": 2}}, "x.yml")
    assert text == "a:\n  x: 1   # one\n  y: 2\n# end\n"


def test_the_first_key_of_an_entry_goes_and_its_dash_stays() -> None:
    text = edited("- note: A.   # of a\n  id: a\n- id: b  # b\n", [{"id": "a"}, {"id": "b"}], "x.yml")
    assert text == "- id: a\n- id: b  # b\n"


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        (["a", "new", "b", "c"], "- id: a  # a\n- id: new\n- id: b  # b\n- id: c  # c"),
        (["new", "a", "b", "c"], "- id: new\n- id: a  # a\n- id: b  # b\n- id: c  # c"),
        (["a", "c"], "- id: a  # a\n- id: c  # c"),
        (["a", "B", "c"], "- id: a  # a\n- id: B  # b\n- id: c  # c"),
        (["a", "b", "c", "new"], "- id: a  # a\n- id: b  # b\n- id: c  # c\n- id: new"),
    ],
)
def test_entries_come_and_go_in_their_places(wanted: list[str], text: str) -> None:
    before = "# Ours.\n- id: a  # a\n- id: b  # b\n- id: c  # c"
    assert edited(before, [{"id": one} for one in wanted], "x.yml") == f"# Ours.\n{text}\n"


def test_a_number_in_one_line_is_changed_in_that_line() -> None:
    before = 'response: {value: 100, reason: "One mark: nothing."}  # p1\n'
    after = {"response": {"value": 90, "reason": "One mark: nothing."}}
    assert edited(before, after, "x.yml") == before.replace("100", "90")


def test_letters_of_other_languages_stay_letters() -> None:
    assert edited("title: A\n", {"title": "Größe, 大小"}, "x.yml") == "title: Größe, 大小\n"
    long = "Überall " * 20 + "Ende"
    assert "\\" not in edited("title: A\n", {"title": long}, "x.yml")


def test_keys_from_elsewhere_are_written_out() -> None:
    text = edited(
        "base: &b {x: 1}\nmine:\n  <<: *b\n  y: 2\n", {"base": {"x": 1}, "mine": {"x": 3, "y": 2}}, "x.yml"
    )
    assert parse_yaml(text, "x.yml") == {"base": {"x": 1}, "mine": {"x": 3, "y": 2}}


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


def parts_of(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of everything in it."""
    if place:
        yield place
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from parts_of(one, (*place, key))


def other(value: Any) -> Any:
    """Another value of its kind, with what YAML could misread."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return f"{value} Longer: with a # and 'quotes', yes."
        case dict():
            return {**value, "another": "One: more, # so"}
        case _:
            return [*value, {"id": "another"} if isinstance(value[0], dict) else "one, more"]


def alike(old: list[str], new: list[str]) -> int:
    """How many lines at their beginnings."""
    return len(list(itertools.takewhile(lambda both: both[0] == both[1], zip(old, new, strict=False))))


MODULES = sorted(p.name for p in (ROOT / "modules").iterdir() if (p / "rubrics.yml").is_file())


@pytest.mark.parametrize("name", ["rubrics.yml", "exemplars.yml"])
@pytest.mark.parametrize("module", MODULES)
def test_a_reference_module_s_file_changes_in_one_place_alone(module: str, name: str) -> None:
    """Every twentieth of its parts is changed, and taken out: all else stands, to the letter."""
    text = (ROOT / "modules" / module / name).read_text(encoding="utf-8")
    before = parse_yaml(text, name)
    places = list(parts_of(before))
    for place in places[:: len(places) // 20]:
        for taken_out in (False, True):
            wanted = copy.deepcopy(before)
            *way, last = place
            parent = functools.reduce(lambda found, key: found[key], way, wanted)
            now = parent[last]
            if taken_out:
                del parent[last]
            else:
                parent[last] = other(now)
            made = edited(text, wanted, name)
            assert parse_yaml(made, name) == wanted
            old, new = text.splitlines(), made.splitlines()
            same = alike(old, new)
            behind = alike(old[same:][::-1], new[same:][::-1])
            lines = old[same : len(old) - behind]
            # What is no part of what was changed: a file's own lines are few more than those of its value.
            assert len(lines) <= 2 * len(yaml.safe_dump(now, width=60).splitlines()) + 3, (place, lines)
            if not taken_out:
                assert not [one for one in lines if one.lstrip().startswith("#")], (place, lines)


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


def comments(text: str) -> list[str]:
    return [line.split("# ", 1)[1] for line in text.splitlines() if "# " in line]


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans(), words), min_size=1, max_size=4))
def test_comments_stay_whatever_is_typed_into_the_fields(changes: list[tuple[int, bool, str]]) -> None:
    """Several fields of a rubric changed at once, as a form sends them; all comments are there, in their order."""
    value = parse_yaml(RUBRIC, "x.yml")
    for place, is_new, text in changes:
        criterion = value["rubrics"]["view"]["criteria"][place % 2]
        if is_new:
            criterion.setdefault("feedback", {})[f"k{place}"] = text
        else:
            criterion["ask"] = text
    made = edited(RUBRIC, value, "x.yml")
    assert parse_yaml(made, "x.yml") == value
    kept = [one for one in comments(made) if one in comments(RUBRIC)]
    assert kept == comments(RUBRIC)
