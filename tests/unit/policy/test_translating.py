"""A catalogue follows its source: nothing that was translated is lost, and nothing stale is shown."""

from __future__ import annotations

import json
from pathlib import Path

from coursekit.model.rubric import Auto, AutoDecision, Criterion, Detector, Rubric, Rule
from coursekit.model.translation import Entry, Piece, is_words, missing, stale
from coursekit.policy.translating import (
    followed,
    in_language,
    only_for_people,
    pieces,
    rubrics_told,
    told,
)
from coursekit.wire.rubricrules import faults

TINY = Path(__file__).parents[2] / "courses" / "tiny"
MASTER = json.loads((TINY / "modules/first/first.ipynb").read_text(encoding="utf-8"))


def test_ids_metadata_code_and_answers_are_not_touched():
    shouted = told(MASTER, lambda key, text: text.upper())
    for before, after in zip(MASTER["cells"], shouted["cells"], strict=True):
        assert before["id"] == after["id"]
        assert before["metadata"].get("nbgrader") == after["metadata"].get("nbgrader")
        if before["cell_type"] == "code" or "faculty" in before["metadata"].get("coursekit", {}):
            assert before["source"] == after["source"]
        prompt = before["metadata"].get("coursekit", {}).get("prompt")
        if prompt:
            other = after["metadata"]["coursekit"]["prompt"]
            assert (prompt["id"], prompt["kind"], other["title"]) == (
                other["id"],
                other["kind"],
                prompt["title"].upper(),
            )
    assert "CANARY-model-answer: I would not" in json.dumps(shouted)
    assert json.loads((TINY / "modules/first/first.ipynb").read_text(encoding="utf-8")) == MASTER


def test_told_in_its_own_words_it_is_the_same():
    whole = told(MASTER, lambda key, text: text)
    joined = [{**c, "source": "".join(c["source"])} for c in MASTER["cells"]]
    assert [{**c, "source": "".join(c["source"])} for c in whole["cells"]] == joined


def test_no_key_stands_for_two_pieces_and_no_model_answer_is_one():
    found = pieces(MASTER, {}, "The lamp")
    assert len({p.key for p in found}) == len(found)
    assert not [p for p in found if "model-answer" in p.text or "faculty" in p.text]


def test_a_translation_that_holds_stays_with_its_notes():
    entry = Entry("a", "One", "Eins", notes=("as in the book",))
    assert followed([entry], [Piece("a", "One")]) == (entry,)


def test_another_source_marks_it_and_remembers_what_it_was_made_of():
    (entry,) = followed([Entry("a", "One", "Eins")], [Piece("a", "Two")])
    assert entry == Entry("a", "Two", "Eins", stale=True, before="One")
    # Once more, before anybody has looked: it was made of the first.
    (again,) = followed([entry], [Piece("a", "Three")])
    assert again == Entry("a", "Three", "Eins", stale=True, before="One")


def test_a_piece_under_another_id_keeps_its_translation_by_its_words():
    assert followed([Entry("cell/old", "One", "Eins")], [Piece("cell/new", "One")]) == (
        Entry("cell/new", "One", "Eins"),
    )


def test_what_is_new_is_empty_and_what_is_gone_goes():
    assert followed([Entry("a", "One", "Eins")], [Piece("b", "Two")]) == (Entry("b", "Two"),)


def test_what_is_left_and_what_is_shown():
    entries = {
        e.key: e
        for e in (Entry("a", "One", "Eins"), Entry("b", "Two", "Zwei", stale=True), Entry("c", "Three"))
    }
    now = [Piece("a", "One"), Piece("b", "Two"), Piece("c", "Three"), Piece("d", "Four")]
    assert missing(entries, now) == ["c", "d"]
    assert stale(entries, now) == ["b"]
    say = in_language(entries)
    assert [say(p.key, p.text) for p in now] == ["Eins", "Two", "Three", "Four"]
    assert say("a", "One and a half") == "One and a half"


# ---------------------------------------------------------------------------------- rubrics

RUBRIC = Rubric(
    "view",
    "A view",
    (
        Criterion(
            "fact",
            "Cites a fact.",
            {0: "None.", 1: "One."},
            terms=("spike", "65"),
            found="You cite one.",
            missing="Cite one.",
            detector=Detector.CASE_EVIDENCE,
        ),
        Criterion(
            "side",
            "Takes a side.",
            {0: "None.", 1: "One."},
            detector=Detector.POSITION,
            options=("reverse", "keep"),
        ),
        Criterion(
            "others",
            "Sees others.",
            {0: "None.", 1: "One."},
            detector=Detector.PERSPECTIVE,
            stakeholders=("nurses",),
        ),
        Criterion("depth", "Questions.", {0: "None.", 1: "One."}, terms=("assume",)),
    ),
    decision=AutoDecision(Auto.ADEQUATE_ATTEMPT, 2, Rule(("fact",))),
)
WORDS = {
    "rubric/view/fact/terms": "Zacke\n65\nNachkorrektur\n",
    "rubric/view/side/options": "umkehren\n behalten ",
    "rubric/view/others/stakeholders": "Pflegekräfte\nSchwestern",
}


def test_of_a_rubric_learners_words_and_the_checks_words_are_pieces_and_nobodys_are_not():
    keys = [p.key.removeprefix("rubric/view/") for p in pieces({"cells": []}, {"view": RUBRIC}, "One")]
    assert [key for key in keys if key.startswith("fact")] == [
        "fact/ask",
        "fact/levels/0",
        "fact/levels/1",
        "fact/feedback/found",
        "fact/feedback/missing",
        "fact/terms",
    ]
    assert "side/options" in keys
    assert "others/stakeholders" in keys
    # No detector looks for the depth.
    assert [key for key in keys if key.startswith("depth")] == [
        "depth/ask",
        "depth/levels/0",
        "depth/levels/1",
    ]
    assert [key for key in keys if is_words(f"rubric/view/{key}")] == [
        "fact/terms",
        "side/options",
        "others/stakeholders",
    ]


def test_an_edition_has_terms_of_its_own_and_as_many_as_it_needs():
    told = rubrics_told({"view": RUBRIC}, lambda key, text: WORDS.get(key, text.upper()))["view"]
    fact, side, others, depth = told.criteria
    assert fact.terms == ("Zacke", "65", "Nachkorrektur")
    assert (fact.found, fact.missing) == ("YOU CITE ONE.", "CITE ONE.")
    assert (side.options, others.stakeholders) == (("umkehren", "behalten"), ("Pflegekräfte", "Schwestern"))
    assert depth.terms == ("assume",)
    assert [c.detector for c in told.criteria] == [c.detector for c in RUBRIC.criteria]
    assert list(faults(told)) == []


def test_without_words_of_the_language_a_person_alone_reads_for_it_and_nothing_passes_by_itself():
    left = ["rubric/view/side/options", "rubric/view/side/ask", "rubric/view/fact/terms"]
    read = only_for_people({"view": RUBRIC}, left)["view"]
    # The case is quoted in the case's own words; its evidence can be seen without terms.
    assert [c.detector for c in read.criteria] == [
        Detector.CASE_EVIDENCE,
        Detector.NONE,
        Detector.PERSPECTIVE,
        Detector.NONE,
    ]
    assert (read.criteria[1].options, read.decision.auto) == ((), Auto.NONE)
    assert list(faults(read)) == []


def test_where_all_words_are_there_the_checks_stay_as_they_are():
    assert only_for_people({"view": RUBRIC}, ["rubric/view/side/ask", "cell/story"]) == {"view": RUBRIC}
