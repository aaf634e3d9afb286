"""A notebook and its text as values: what differs is named, and what did not change stays as it stands."""

from __future__ import annotations

import pytest

from coursekit.model.outcome import Allowed, Refused
from coursekit.policy.textpair import Side, content_of, differences, may_replace, notebook_of, with_ids

NOTEBOOK = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {"language_info": {"name": "python"}, "kernelspec": {"name": "python3"}},
    "cells": [
        {"source": "one", "metadata": {}, "id": "a", "cell_type": "markdown"},
        {
            "source": "1 + 1",
            "outputs": [{"text": "2"}],
            "metadata": {"b": 1, "a": 2},
            "id": "b",
            "cell_type": "code",
        },
        {"source": "", "metadata": {}, "id": "c", "cell_type": "raw"},
    ],
}


def changed(**cells):
    content = content_of(NOTEBOOK)
    return {**content, "cells": [{**c, **cells.get(c["id"], {})} for c in content["cells"]]}


def test_the_same_content_gives_the_same_notebook():
    assert notebook_of(content_of(NOTEBOOK), NOTEBOOK) == NOTEBOOK
    assert list(notebook_of(content_of(NOTEBOOK), NOTEBOOK)) == list(NOTEBOOK)


def test_a_changed_cell_keeps_the_order_of_its_keys_and_the_kind_of_its_source():
    made = notebook_of(changed(b={"metadata": {"a": 2, "b": 3, "c": 4}, "source": "1 + 1\n2"}), NOTEBOOK)
    cell = made["cells"][1]
    assert list(cell) == ["source", "outputs", "metadata", "id", "cell_type", "execution_count"]
    assert list(cell["metadata"]) == ["b", "a", "c"]
    assert cell["source"] == "1 + 1\n2"
    # What came out of other code is gone.
    assert cell["outputs"] == []


def test_metadata_alone_leave_the_outputs():
    made = notebook_of(changed(b={"metadata": {}}), NOTEBOOK)
    assert made["cells"][1]["outputs"] == [{"text": "2"}]


def test_a_new_notebook_is_as_jupyter_saves_one():
    made = notebook_of(content_of(NOTEBOOK), None)
    assert list(made) == ["cells", "metadata", "nbformat", "nbformat_minor"]
    assert list(made["cells"][1]) == ["cell_type", "execution_count", "id", "metadata", "outputs", "source"]
    assert made["cells"][0]["source"] == ["one"]
    assert made["cells"][2]["source"] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (changed(), []),
        (changed(a={"source": "two"}), ["cell 1 (a): source"]),
        (changed(b={"metadata": {"b": True, "a": 2}}), ["cell 2 (b): metadata"]),
        (changed(c={"id": "d"}), ["cell 3 (d) is in the text alone", "cell 3 (c) is in the notebook alone"]),
        ({**changed(), "metadata": {}}, ["the notebook's own metadata"]),
        ({**changed(), "cells": changed()["cells"][::-1]}, ["the order of the cells"]),
        (
            {**changed(), "cells": []},
            [f"cell {n} ({i}) is in the notebook alone" for n, i in enumerate("abc", 1)],
        ),
    ],
)
def test_what_differs_is_named(text, said):
    assert differences(content_of(NOTEBOOK), text) == said


def test_many_differences_are_counted():
    cells = [{"id": f"c{n}", "cell_type": "raw", "source": "", "metadata": {}} for n in range(20)]
    said = differences({"metadata": {}, "cells": []}, {"metadata": {}, "cells": cells})
    assert len(said) == 6
    assert said[-1] == "and 15 more"


def test_ids_are_found_and_made_the_same_each_time():
    nameless = changed(a={"id": ""}, c={"id": "", "source": "new"})
    once, again = (with_ids(nameless, content_of(NOTEBOOK)) for _ in range(2))
    assert once == again
    assert [c["id"] for c in once["cells"]][:2] == ["a", "b"]
    assert once["cells"][2]["id"] not in ("", "a", "b", "c")
    twins = {"metadata": {}, "cells": [{**nameless["cells"][2]}, {**nameless["cells"][2]}]}
    assert len({c["id"] for c in with_ids(twins, None)["cells"]}) == 2


@pytest.mark.parametrize(
    ("source", "target", "code"),
    [
        (("1", "0"), ("5", "5"), None),
        (("1", "1"), ("6", "5"), "text-newer"),
        (("1", "0"), ("6", "5"), "text-diverged"),
        (("1", ""), ("6", ""), "text-diverged"),
    ],
)
def test_whose_turn_it_is(source, target, code):
    decision = may_replace(Side("m.ipynb", *source), Side("m.md", *target), "coursekit text --back m")
    assert decision == Allowed() if code is None else isinstance(decision, Refused) and decision.code == code
