"""On which line something stands."""

from __future__ import annotations

import pytest

from coursekit.store.yamllines import lines_of

TEXT = """\
# A course.
title: A course
modules:
  - {id: one, minutes: 10}
  - id: two
    minutes: 20
    after: [one]
rubrics:
  view:
    criteria:
      - id: fact
        terms: [nine]
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("modules",), 3),
        (("modules", "one"), 4),
        (("modules", "two"), 5),
        (("modules", 1), 5),
        (("modules", "two", "minutes"), 6),
        (("modules", 1, "after", 0), 7),
        (("rubrics", "view", "criteria", "fact", "terms"), 12),
        # As far as it leads.
        (("modules", "two", "minuts"), 5),
        (("modules", "three"), 3),
        (("modules", 7), 3),
        (("title", "x"), 2),
        (("nothing",), None),
        ((), None),
    ],
)
def test_a_place_has_its_line(path, line):
    assert lines_of(lambda file: TEXT)("modules/course.yml", path) == line


@pytest.mark.parametrize("text", [None, "", "a: [", "\0"])
def test_where_nothing_can_be_read_there_is_none(text):
    assert lines_of(lambda file: text)("modules/course.yml", ("title",)) is None


def test_each_file_is_read_once_and_only_yaml():
    read = []

    def texts(file):
        read.append(file)
        return TEXT

    where = lines_of(texts)
    assert [where("a.yml", ("title",)), where("a.yml", ("modules",)), where("b.ipynb", ("title",))] == [
        2,
        3,
        None,
    ]
    assert read == ["a.yml"]
