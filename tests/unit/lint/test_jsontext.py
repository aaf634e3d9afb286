"""A value is put into a JSON text, and every other character stays."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.lint.jsontext import put


@pytest.mark.parametrize(
    ("text", "path", "value", "wanted"),
    [
        ('{"a": 1, "b": 2}\n', ("a",), 3, '{"a": 3, "b": 2}\n'),
        ('{"a":1,"b":"x"}', ("b",), "é", '{"a":1,"b":"é"}'),
        ('{"b":"\\u00e9","a":1}', ("a",), "é", '{"b":"\\u00e9","a":"\\u00e9"}'),
        ('{"a": {"b": [1, {"c": null}]}}', ("a", "b", 1, "c"), True, '{"a": {"b": [1, {"c": true}]}}'),
        ('{"a": 1}', ("b",), {"c": 2}, '{"a": 1, "b": {"c": 2}}'),
        ('{ "a": 1 }', ("b",), 2, '{ "a": 1, "b": 2 }'),
        ("{}", ("b",), 2, '{"b": 2}'),
        ('{\n  "a": {}\n}\n', ("a", "b"), 2, '{\n  "a": {\n    "b": 2\n  }\n}\n'),
        ('{\n\t"a": 1\n}', ("b",), {"c": 2}, '{\n\t"a": 1,\n\t"b": {\n\t\t"c": 2\n\t}\n}'),
        ('{\r\n "a": 1\r\n}', ("b",), {"c": 2}, '{\r\n "a": 1,\r\n "b": {\r\n  "c": 2\r\n }\r\n}'),
        ('{\n "a": {"b": 1}\n}', ("a", "c"), 2, '{\n "a": {"b": 1, "c": 2}\n}'),
        ('{\n "a": {"b": 1}\n}', ("a",), {"b": 2}, '{\n "a": {"b": 2}\n}'),
        ('{\n "source": [\n  "x"\n ]\n}', ("source",), "a\nb", '{\n "source": [\n  "a\\n",\n  "b"\n ]\n}'),
        ('{\n "source": "x"\n}', ("source",), "a\nb", '{\n "source": "a\\nb"\n}'),
        ('{\n "source": []\n}', ("source",), "a", '{\n "source": [\n  "a"\n ]\n}'),
        ('{"a": "\\"}]", "b": -1.5e3}', ("b",), 1, '{"a": "\\"}]", "b": 1}'),
    ],
)
def test_exactly_this_changes(text, path, value, wanted):
    assert put(text, path, value) == wanted


@pytest.mark.parametrize("path", [("x", "y"), ("a", "b"), ("l", 5)])
def test_there_is_no_way_to_a_place_that_is_not_there(path):
    with pytest.raises((KeyError, IndexError)):
        put('{"a": 1, "l": []}', path, 1)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


@given(
    st.dictionaries(st.sampled_from("abcd"), VALUES, min_size=1),
    st.sampled_from("abcdef"),
    VALUES,
    st.sampled_from([None, 1, 2, "\t"]),
    st.booleans(),
)
def test_the_text_is_what_would_have_been_written(whole, key, value, indent, escaped):
    text = json.dumps(whole, indent=indent, ensure_ascii=escaped)
    changed = copy.deepcopy(whole)
    changed[key] = value
    found = put(text, (key,), value)
    assert json.loads(found) == changed
    assert json.loads(put(found, (key,), value)) == changed


@given(VALUES, st.sampled_from([None, 1, 2]))
def test_putting_a_value_where_it_is_changes_no_byte(value, indent):
    text = json.dumps({"a": [1, {"b": value}], "c": "x"}, indent=indent, ensure_ascii=False)
    assert put(text, ("a", 1, "b"), value) == text
