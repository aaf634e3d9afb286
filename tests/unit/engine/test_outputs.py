"""Whatever comes out of the sandbox: what is kept of it is nbformat, within its bounds, and steers nothing."""

from __future__ import annotations

import json

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.engine.outputs import CUT, clean, text_of
from coursekit.model.grading import Limits

LIMITS = Limits(text_bytes=1000, display_bytes=2000, lines=10)


def one(raw, limits=LIMITS, room=10_000):
    outputs, _, cut = clean([raw], limits, room)
    return (outputs[0] if outputs else None), cut


def stream(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


def display(data, **more):
    return {"output_type": "display_data", "data": data, "metadata": {}, **more}


def test_honest_outputs_stay_as_they_are():
    error = {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\x1b[31mE\x1b[0m: v"]}
    result = {
        "output_type": "execute_result",
        "data": {"text/plain": "1", "text/html": "<b>1</b>", "application/json": {"a": [1, None]}},
        "metadata": {},
        "execution_count": 3,
    }
    image = display({"image/png": "AAAA"}, metadata={"image/png": {"width": 3, "height": 4}})
    given_ = [stream("a\nb\n"), stream("c", "stderr"), error, result, image]
    outputs, used, cut = clean(given_, Limits(), 1 << 20)
    assert list(outputs) == given_
    assert used > 0
    assert not cut


@pytest.mark.parametrize(
    "raw",
    [
        None, 7, "text", [], {}, {"output_type": "widget"}, {"output_type": ["stream"]},
        stream(None), stream(7), stream(""), display(None), display("x"), display({}), display({7: "x"}),
        display({"text/plain\nX: y": "x"}), display({"TEXT/HTML": "x"}), display({"text/plain": 7}),
        display({"application/javascript": "alert(1)"}), display({"text/javascript": "alert(1)"}),
    ],
)  # fmt: skip
def test_what_is_no_output_is_left_out(raw):
    assert clean([raw], LIMITS, 1000)[0] == ()
    assert clean(raw, LIMITS, 1000)[0] == ()


def test_text_is_cut_by_characters_and_by_lines():
    output, cut = one(stream("x" * 5000))
    assert output["text"].endswith(CUT)
    assert len(output["text"]) <= 1000 + len(CUT) + 1
    assert cut
    output, cut = one(stream("\n".join(map(str, range(50)))))
    assert output["text"].split("\n") == [*map(str, range(9)), CUT]
    assert cut
    outputs, _, cut = clean([stream("a\n" * 8), stream("b\n" * 8, "stderr")], LIMITS, 1000)
    assert sum(o["text"].count("\n") for o in outputs) <= 10
    assert cut


def test_pictures_that_are_too_large_say_so():
    output, cut = one(display({"image/png": "A" * 5000}))
    assert output["data"] == {"text/plain": CUT}
    assert cut
    assert one(display({"image/png": "A" * 1000}), room=500)[0]["data"] == {"text/plain": CUT}


def test_long_tracebacks_keep_both_ends():
    raw = {"output_type": "error", "ename": "E", "evalue": "", "traceback": [f"line {n}" for n in range(500)]}
    output, _ = one(raw, Limits())
    assert len(output["traceback"]) == 100
    assert output["traceback"][0] == "line 0"
    assert output["traceback"][-1] == "line 499"


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m"),
        ("\x1b[2J\x1b[Hgone", "gone"),
        ("\x1b]0;title\x07x", "x"),
        ("\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("a\x00b\x07c\x08d", "abcd"),
        ("\x9b31mx", "x"),
        ("half \ud83d emoji", "half  emoji"),
        ("tab\tand\nline\r", "tab\tand\nline\r"),
        (["a", 7, "b"], "ab"),
    ],
)
def test_colours_stay_and_what_steers_a_terminal_goes(raw, kept):
    assert text_of(raw) == kept


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
keys = st.sampled_from(
    ["output_type", "name", "text", "data", "metadata", "ename", "evalue", "traceback", "execution_count"]
)
values = (
    st.sampled_from(["stream", "error", "display_data", "execute_result", "stdout", "stderr"]) | json_like
)


@given(st.lists(st.dictionaries(keys, values, max_size=7) | json_like, max_size=6) | json_like)
def test_whatever_comes_what_is_kept_is_valid_and_within_bounds(raw):
    outputs, used, _ = clean(raw, LIMITS, 3000)
    cell = nbformat.v4.new_code_cell(outputs=[nbformat.from_dict(dict(o)) for o in outputs])
    nbformat.validate(nbformat.v4.new_notebook(cells=[cell]), version=4)
    assert used <= 3000 + 200
    json.dumps(outputs).encode()
