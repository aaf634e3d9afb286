"""A built notebook is split: learners' part, sealed bundle, and nothing of the faculty's in either."""

from __future__ import annotations

import copy
from typing import Any

from coursekit.model.submission import canonical, sha256
from coursekit.services.seal import is_of, pack, seal

PROMPTS = {"course": "c", "module": "m", "prompts": [{"id": "p1", "kind": "estimate", "title": "t"}]}


def cell(kind: str, source: str | list[str], **more: Any) -> dict[str, Any]:
    ours = more.pop("coursekit", None)
    metadata = {"coursekit": ours} if ours else {}
    return {"cell_type": kind, "id": more.pop("id", "x"), "metadata": metadata, "source": source, **more}


REVEAL = {"reveal": {"after": "p1", "files": ["exhibits/a.csv"], "alt": "Bars."}}
BOOK = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {"kernelspec": {"name": "python3"}, "papermill": {"duration": 3}},
    "cells": [
        cell("code", "import coursekit.prompts as ck", id="setup"),
        cell("code", 'ck.estimate("p1")', id="p1", coursekit={"prompt": {"id": "p1"}}),
        cell("markdown", ["It was ", "nine."], id="r1", coursekit=REVEAL),
        cell(
            "code",
            "secret_code()",
            id="r2",
            coursekit={"reveal": {"after": "p1"}},
            outputs=[
                {"output_type": "stream", "name": "stderr", "text": "a library's warning"},
                {"output_type": "stream", "name": "stdout", "text": "nine"},
                {"output_type": "display_data", "data": {"image/png": "aGk="}, "metadata": {}},
            ],
        ),
        cell("markdown", "between us", id="f", coursekit={"faculty": True}),
        cell("code", "total = 1 + 1", id="own"),
    ],
}


def test_learners_keep_their_cells_in_order_and_calls_are_folded() -> None:
    notebook = seal(BOOK, PROMPTS).notebook
    assert [c["id"] for c in notebook["cells"]] == ["setup", "p1", "own"]
    folded = [c["metadata"].get("jupyter", {}).get("source_hidden", False) for c in notebook["cells"]]
    assert folded == [True, True, False]
    lenient = ["raises-exception" in c["metadata"].get("tags", []) for c in notebook["cells"]]
    assert lenient == [False, False, True]
    assert "papermill" not in notebook["metadata"]


def test_what_pairs_an_author_s_files_never_reaches_learners() -> None:
    paired = {**BOOK, "metadata": {**BOOK["metadata"], "jupytext": {"formats": "ipynb,md:myst"}}}
    assert seal(paired, PROMPTS) == seal(BOOK, PROMPTS)


def test_the_author_s_notebook_is_not_changed() -> None:
    before = copy.deepcopy(BOOK)
    seal(BOOK, PROMPTS)
    assert before == BOOK


def test_a_reveal_keeps_text_and_outputs_but_no_code() -> None:
    (reveal,) = seal(BOOK, PROMPTS).bundle["reveals"]
    text, shown = reveal["cells"]
    assert (reveal["after"], reveal["files"]) == ("p1", ["exhibits/a.csv"])
    assert (text["source"], text["alt"]) == ("It was nine.", "Bars.")
    assert shown["source"] == ""
    assert [o.get("text", "picture") for o in shown["outputs"]] == ["nine", "picture"]


def test_the_answer_to_an_estimate_stays_with_the_author_even_when_its_reveal_opens() -> None:
    told = copy.deepcopy(BOOK)
    for c in told["cells"]:
        if "reveal" in c["metadata"].get("coursekit", {}):
            c["metadata"]["coursekit"]["reveal"]["answer"] = 9.0417
    assert told != BOOK
    # The plan of the discussion reads it in the master.
    assert seal(told, PROMPTS) == seal(BOOK, PROMPTS)


def test_a_bundle_knows_its_notebook() -> None:
    sealed, other = seal(BOOK, PROMPTS), seal({**BOOK, "cells": BOOK["cells"][:3]}, PROMPTS)
    assert is_of(sealed.bundle, sealed.notebook)
    assert not is_of(other.bundle, sealed.notebook)
    assert not is_of(sealed.bundle, {"metadata": {}})


def test_a_sealed_file_travels_with_its_reveal_only() -> None:
    upload = pack(
        seal(BOOK, PROMPTS).bundle,
        [("m.ipynb", b"{}"), ("exhibits/a.csv", b"1"), ("exhibits/b.csv", b"2")],
        {"exhibits/a.csv": b"1"},
    )
    assert [f.path for f in upload.files] == ["m.ipynb", "exhibits/b.csv"]
    assert [(f.path, f.content) for r in upload.reveals for f in r.files] == [("exhibits/a.csv", b"1")]
    assert upload.files[0].sha256 == sha256(b"{}")


SOURCES = "exhibits/SOURCES-after-p1.md"


def test_where_a_sealed_file_comes_from_travels_with_it() -> None:
    beside = ["exhibits/SOURCES.md", SOURCES, "exhibits/SOURCES-after-p9.md"]
    bundle = seal(BOOK, PROMPTS, beside).bundle
    assert bundle["reveals"][0]["files"] == [SOURCES, "exhibits/a.csv"]
    files = [(path, b"from") for path in beside]
    upload = pack(bundle, [("m.ipynb", b"{}"), *files], {SOURCES: b"from", "exhibits/a.csv": b"1"})
    assert [f.path for f in upload.files] == ["m.ipynb", "exhibits/SOURCES.md"]
    assert [f.path for f in upload.reveals[0].files] == [SOURCES, "exhibits/a.csv"]


def test_sources_that_a_later_build_made_never_lie_open() -> None:
    bundle = seal(BOOK, PROMPTS).bundle
    upload = pack(bundle, [("m.ipynb", b"{}"), (SOURCES, b"from")], {"exhibits/a.csv": b"1"})
    assert [f.path for f in upload.files] == ["m.ipynb"]
    assert [f.path for f in upload.reveals[0].files] == ["exhibits/a.csv"]


def test_what_checks_need_travels_with_the_release_and_in_no_file_of_a_learner() -> None:
    bundle = seal(BOOK, PROMPTS).bundle
    upload = pack(bundle, [("m.ipynb", b"{}")], {"exhibits/a.csv": b"1"}, b'{"private": 1}')
    assert upload.checks == b'{"private": 1}'
    assert [f.path for f in upload.files] == ["m.ipynb"]
    assert pack(bundle, [("m.ipynb", b"{}")], {"exhibits/a.csv": b"1"}).checks is None


def test_the_same_notebook_seals_to_the_same_bytes() -> None:
    assert canonical(seal(BOOK, PROMPTS).bundle) == canonical(seal(copy.deepcopy(BOOK), PROMPTS).bundle)
