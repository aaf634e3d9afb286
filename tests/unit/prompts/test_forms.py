"""A form saves each change, asks once before it seals, and shows what is sealed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from coursekit.model.errors import CoursekitError
from coursekit.prompts.forms import _status_texts
from coursekit.services import answer
from coursekit.wire.api import FileShape


def texts(widget: Any) -> str:
    """All that a form says, from top to bottom."""
    own = (
        getattr(widget, "value", "")
        if type(widget).__name__ == "HTML"
        else getattr(widget, "description", "")
    )
    below = [texts(child) for child in getattr(widget, "children", ())]
    return "\n".join([str(own), *below])


def is_shown(form: Any, widget: Any) -> bool:
    def walk(at: Any) -> bool:
        if at.layout.display == "none":
            return False
        return at is widget or any(walk(child) for child in getattr(at, "children", ()))

    return walk(form.view)


def answered(desk: Any) -> Any:
    form = desk.form("p2")
    form.fields["choice"].value = "publish"
    form.fields["reason"].value = "The number is real."
    return form


def test_every_change_is_on_the_disk_at_once(desk: Any) -> None:
    form = desk.form("p2")
    assert "Nothing saved yet" in form.saved.value
    assert desk.saved("p2") is None
    form.fields["choice"].value = "wait"
    assert desk.saved("p2") == {"choice": "wait", "reason": ""}
    form.fields["reason"].value = "W"
    form.fields["reason"].value = "Weil — 因为"
    assert desk.saved("p2") == {"choice": "wait", "reason": "Weil — 因为"}
    assert "Saved." in form.saved.value


def test_running_the_cell_again_reads_the_disk(desk: Any) -> None:
    answered(desk)
    again = desk.form("p2")
    assert (again.fields["choice"].value, again.fields["reason"].value) == ("publish", "The number is real.")
    assert "Saved." in again.saved.value


@pytest.mark.parametrize(
    ("prompt", "changes", "saved"),
    [
        ("p1", {"value": "8,451 pupils", "reason": "Guess"}, {"value": 8451, "reason": "Guess"}),
        ("p5", {"level": 3}, {"level": 3}),
        ("p6", {"listening": 2}, {"levels": {"listening": 2}}),
        ("p6", {"listening": 2, "data": 1}, {"levels": {"listening": 2, "data": 1}}),
        ("p7", {"aim": "Tell them", "when": "Now"}, {"fields": {"aim": "Tell them", "when": "Now"}}),
    ],
)
def test_each_kind_saves_its_shape_and_reads_it_back(
    desk: Any, prompt: str, changes: dict[str, Any], saved: dict[str, Any]
) -> None:
    form = desk.form(prompt)
    for name, value in changes.items():
        form.fields[name].value = value
    assert desk.saved(prompt) == saved
    again = desk.form(prompt)
    assert again._parts.read() == saved


def test_nothing_is_chosen_beforehand(desk: Any) -> None:
    assert desk.form("p1").fields["value"].value == ""
    assert desk.form("p2").fields["choice"].value is None
    assert desk.form("p5").fields["level"].value is None
    assert {f.value for f in desk.form("p6").fields.values()} == {None}


@pytest.mark.parametrize(
    "saved", [{"choice": "gone", "reason": 3}, {"choice": ["x"]}, {"choice": True}, {"choice": {}}]
)
def test_a_saved_answer_of_another_shape_is_not_shown_and_not_lost(desk: Any, saved: dict[str, Any]) -> None:
    desk.workbook.save_response("p2", saved)
    form = desk.form("p2")
    assert form.fields["choice"].value is None
    assert desk.saved("p2") == saved


def test_words_are_counted_while_typing(desk: Any) -> None:
    form = desk.form("p2")
    assert "0 words, at least 3 asked for" in texts(form.view)
    form.fields["reason"].value = "one"
    assert "1 word, at least 3 asked for" in texts(form.view)
    form.fields["reason"].value = "one two three four"
    assert "4 words, at least 3 asked for" in texts(form.view)


def test_every_field_has_a_label(desk: Any) -> None:
    labels = [f.description for p in ("p1", "p2", "p5", "p6", "p7") for f in desk.form(p).fields.values()]
    assert all(labels)
    assert {"Your choice", "Your reason", "Listening", "Aim"} <= set(labels)
    assert "Your estimate (pupils)" in labels
    assert "A number from 0 to 10000." in texts(desk.form("p1").view)


def test_a_number_is_read_back_to_the_learner(desk: Any) -> None:
    form = desk.form("p1")
    form.fields["value"].value = "8,451"
    assert "Read as 8451." in texts(form.view)
    form.fields["value"].value = "many"
    assert "This is not a number yet." in texts(form.view)
    assert desk.saved("p1")["value"] is None


def test_a_damaged_file_is_said_and_left_alone(desk: Any) -> None:
    form = desk.form("p2")
    (desk.folder / "responses.json").write_text("{half")
    form.fields["choice"].value = "wait"
    assert "Not saved." in form.saved.value
    assert "responses.json" in form.saved.value
    assert (desk.folder / "responses.json").read_text() == "{half"


# the way to a commitment


def test_commit_asks_once_then_shows_receipt_and_reveal_in_place(desk: Any) -> None:
    form = answered(desk)
    form.commit.click()
    assert form.asking
    assert "Commit seals this answer. You can add a revision later, but not change it." in texts(form.view)
    assert desk.exchange.asked == []
    form.yes.click()
    assert desk.exchange.asked == ["p2"]
    assert desk.exchange.sealed["p2"] == {"choice": "publish", "reason": "The number is real."}
    said = texts(form.view)
    assert "Committed 2027-01-11 08:00:00 UTC" in said
    assert "The number is real." in said
    assert not is_shown(form, form.fields["choice"])
    assert not is_shown(form, form.commit)
    (opened,) = (w.outputs for w in form.view.children if type(w).__name__ == "Output")
    assert opened[0]["data"]["text/markdown"] == "**What happened:** 102."
    assert 'alt="Bars: &quot;64&quot; &amp; 65."' in opened[1]["data"]["text/html"]
    assert "image/png" not in opened[1]["data"]


def test_the_question_is_away_until_it_is_asked(desk: Any) -> None:
    form = answered(desk)
    assert not is_shown(form, form.yes)
    form.yes.click()
    assert desk.exchange.asked == []
    form.commit.click()
    assert is_shown(form, form.yes)


def test_a_second_press_of_enter_is_no_commitment(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    form = answered(desk)
    focused: list[Any] = []
    monkeypatch.setattr(type(form.yes), "focus", lambda button: focused.append(button))
    form.commit.click()
    assert focused == [form.not_yet]
    focused[-1].click()
    assert focused == [form.not_yet, form.commit]
    assert desk.exchange.asked == []


def test_not_yet_changes_nothing(desk: Any) -> None:
    form = answered(desk)
    form.commit.click()
    form.not_yet.click()
    assert not form.asking
    assert not form.commit.disabled
    assert desk.connected == 0


def test_a_change_takes_the_question_back(desk: Any) -> None:
    form = answered(desk)
    form.commit.click()
    form.fields["reason"].value = "No, wait, another thought."
    assert not form.asking
    assert desk.connected == 0


def test_what_is_no_answer_yet_is_refused_before_anything_is_asked(desk: Any) -> None:
    form = desk.form("p2")
    form.commit.click()
    assert not form.asking
    assert "has no choice yet. Choose one of the options." in form.message.value
    form.fields["choice"].value = "publish"
    assert form.message.value == ""
    form.fields["reason"].value = "No."
    form.commit.click()
    assert "at least 3 words" in form.message.value
    assert desk.connected == 0


def test_a_refusal_of_the_exchange_is_shown_and_the_form_stays(desk: Any, refusal: CoursekitError) -> None:
    desk.exchange.problem = refusal
    form = answered(desk)
    form.commit.click()
    form.yes.click()
    assert "The exchange says no. Ask again tomorrow." in form.message.value
    assert is_shown(form, form.fields["reason"])
    assert not form.commit.disabled
    desk.exchange.problem = None
    form.commit.click()
    form.yes.click()
    assert "Committed" in texts(form.view)


def test_even_a_fault_of_ours_ends_in_a_sentence(desk: Any) -> None:
    desk.exchange.problem = RuntimeError("boom")
    form = answered(desk)
    form.commit.click()
    form.yes.click()
    assert "Something unexpected happened (RuntimeError)" in form.message.value
    assert not form.commit.disabled
    assert not form.yes.disabled


def test_a_form_left_open_in_another_tab_seals_nothing_anew(desk: Any) -> None:
    old, new = answered(desk), answered(desk)
    for button in ("commit", "yes"):
        getattr(new, button).click()
    old.fields["reason"].value = "Something else altogether."
    old.commit.click()
    assert not old.asking
    assert "The number is real." in texts(old.view)
    assert desk.exchange.asked == ["p2"]


def test_a_revealed_file_without_a_place_does_not_hide_the_receipt(desk: Any) -> None:
    content = b"1,2\n"
    import hashlib

    desk.exchange.files = [
        FileShape(path="exhibits/scores.csv", sha256=hashlib.sha256(content).hexdigest(), content=content)
    ]
    (desk.folder / "exhibits").write_text("a file in the way")
    form = answered(desk)
    form.commit.click()
    form.yes.click()
    said = texts(form.view)
    assert "Committed 2027-01-11" in said
    assert "exhibits/scores.csv could not be written" in said


# revisions


def committed(desk: Any, prompt: str = "p2") -> Any:
    form = answered(desk) if prompt == "p2" else desk.form(prompt)
    form.commit.click()
    form.yes.click()
    return form


FIRST = {"choice": "publish", "reason": "The number is real."}
LATER = {"choice": "wait", "reason": "The number is real."}


@pytest.mark.parametrize("again", [False, True], ids=["in the same form", "after running the cell again"])
def test_a_revision_is_kept_beside_the_sealed_answer(desk: Any, again: bool) -> None:
    form = committed(desk)
    if again:
        form = desk.form("p2")
    assert is_shown(form, form.revise)
    form.revise.click()
    assert (form.fields["choice"].value, form.fields["reason"].value) == ("publish", "The number is real.")
    assert "Nothing changed yet." in form.saved.value
    assert desk.saved("p2") == FIRST
    form.fields["choice"].value = "wait"
    assert "Saved, not committed." in form.saved.value
    assert desk.saved("p2") == LATER
    form.commit.click()
    assert form.asking
    assert "keeps your revision beside the sealed answer" in texts(form.view)
    assert desk.exchange.asked == ["p2"]
    form.yes.click()
    assert "Kept as revision 2 beside your answer." in texts(form.view)
    assert "Your later version" in texts(form.view)
    assert desk.exchange.kept["p2"] == [FIRST, LATER]
    assert desk.workbook.find_commitment("p2")[0] == FIRST
    assert desk.saved("p2") == LATER
    assert not is_shown(form, form.fields["choice"])
    assert is_shown(form, form.revise)


def test_what_is_sealed_stays_in_sight_while_it_is_revised(desk: Any) -> None:
    form = committed(desk)
    form.revise.click()
    form.fields["reason"].value = "Another reason altogether."
    said = texts(form.view)
    assert "The number is real." in said
    assert "Committed 2027-01-11" in said
    assert any(type(w).__name__ == "Output" for w in form.view.children)


def test_an_unchanged_answer_is_no_revision(desk: Any) -> None:
    form = committed(desk)
    form.revise.click()
    form.commit.click()
    assert not form.asking
    assert "This is still your sealed answer." in form.message.value
    assert desk.exchange.asked == ["p2"]


def test_a_revision_that_is_no_answer_is_refused(desk: Any) -> None:
    form = committed(desk)
    form.revise.click()
    form.fields["reason"].value = "No."
    form.commit.click()
    assert not form.asking
    assert "at least 3 words" in form.message.value


def test_a_revision_put_away_is_kept_as_a_draft_and_taken_up_again(desk: Any) -> None:
    form = committed(desk)
    form.revise.click()
    form.fields["choice"].value = "wait"
    form.close.click()
    assert not is_shown(form, form.fields["choice"])
    assert desk.exchange.asked == ["p2"]
    again = desk.form("p2")
    assert "Your later version" in texts(again.view)
    again.revise.click()
    assert again.fields["choice"].value == "wait"


def test_the_same_revision_is_kept_once(desk: Any) -> None:
    form = committed(desk)
    form.revise.click()
    form.fields["choice"].value = "wait"
    for _ in range(2):
        form.commit.click()
        form.yes.click()
        form.revise.click()
    assert len(desk.exchange.kept["p2"]) == 2
    form.commit.click()
    form.yes.click()
    assert "kept beside your answer already" in texts(form.view)


def test_an_exchange_away_leaves_the_revision_in_the_form(desk: Any, refusal: CoursekitError) -> None:
    form = committed(desk)
    form.revise.click()
    form.fields["choice"].value = "wait"
    desk.exchange.problem = refusal
    form.commit.click()
    form.yes.click()
    assert "The exchange says no. Ask again tomorrow." in form.message.value
    assert is_shown(form, form.fields["choice"])
    desk.exchange.problem = None
    form.commit.click()
    form.yes.click()
    assert "Kept as revision 2" in texts(form.view)


def test_an_answer_sealed_from_another_folder_is_said_to_be_a_revision(desk: Any) -> None:
    desk.exchange.sealed["p2"] = FIRST
    desk.exchange.kept["p2"] = [FIRST]
    form = desk.form("p2")
    form.fields["choice"].value = "wait"
    form.fields["reason"].value = "Written on another computer."
    form.commit.click()
    form.yes.click()
    said = texts(form.view)
    assert "Kept as revision 2 beside your answer." in said
    assert "The number is real." in said
    assert "Written on another computer." in said


def test_prose_is_revised_in_its_cell(desk: Any) -> None:
    desk.write("p3", "Three whole words.")
    committed(desk, "p3")
    form = desk.form("p3")
    form.revise.click()
    assert "It is still your sealed answer." in texts(form.view)
    form.commit.click()
    assert not form.asking
    desk.write("p3", "Three better words.")
    form.refresh.click()
    assert "This would be kept as your revision" in texts(form.view)
    form.commit.click()
    form.yes.click()
    assert "Kept as revision 2 beside your answer." in texts(form.view)
    assert desk.exchange.kept["p3"] == [{"text": "Three whole words."}, {"text": "Three better words."}]
    assert desk.workbook.find_commitment("p3")[0] == {"text": "Three whole words."}


def test_an_emptied_cell_is_no_revision(desk: Any) -> None:
    desk.write("p3", "Three whole words.")
    form = committed(desk, "p3")
    desk.write("p3", "")
    form.revise.click()
    form.commit.click()
    assert not form.asking
    assert desk.exchange.asked == ["p3"]


# prose and code


def test_the_status_of_what_may_be_left_out_says_so(desk: Any) -> None:
    asked = replace(desk.workbook.get_prompt("p4"), required=False)
    _, said = _status_texts(replace(answer.status(desk.workbook, asked.id), prompt=asked), False)
    assert "“Count them” (optional): no code yet" in said


def test_the_status_reads_the_saved_file_and_shows_what_would_be_sealed(desk: Any, hostile: str) -> None:
    form = desk.form("p3")
    assert "0 words in the saved notebook, at least 3 asked for" in texts(form.view)
    assert "double-click the answer cell above" in texts(form.view)
    assert "Ctrl+S, or Cmd+S on a Mac" in texts(form.view)
    assert "This would be sealed" not in texts(form.view)
    desk.write("p3", f"Three whole words {hostile}")
    form.refresh.click()
    said = texts(form.view)
    assert "It can be committed." in said
    assert "Three whole words &lt;script&gt;" in said
    assert hostile not in said


def test_the_status_seals_the_files_exact_text(desk: Any) -> None:
    desk.write("p3", "  Three whole\n\nwords. ")
    form = desk.form("p3")
    form.commit.click()
    form.yes.click()
    assert desk.exchange.sealed["p3"] == {"text": "  Three whole\n\nwords. "}
    assert "Committed" in texts(form.view)


def test_a_text_saved_after_the_question_is_not_sealed_unseen(desk: Any) -> None:
    desk.write("p3", "Three whole words.")
    form = desk.form("p3")
    form.commit.click()
    desk.write("p3", "Three other words.")
    form.yes.click()
    assert desk.exchange.asked == []
    assert "has changed since" in form.message.value
    assert "Three other words." in texts(form.view)
    form.commit.click()
    form.yes.click()
    assert desk.exchange.sealed["p3"] == {"text": "Three other words."}


def test_commit_looks_at_the_file_again(desk: Any) -> None:
    form = desk.form("p3")
    desk.write("p3", "Saved after the cell ran.")
    form.commit.click()
    assert form.asking
    assert "Saved after the cell ran." in texts(form.view)


def test_too_many_words_are_said_and_accepted(desk: Any) -> None:
    desk.write("p3", "word " * 31)
    said = texts(desk.form("p3").view)
    assert "31 words in the saved notebook, more than the 30 that are enough" in said
    assert "It can be committed." in said


def test_code_is_shown_as_written(desk: Any) -> None:
    desk.write("p4", "if a < b:\n    c = '<b>'")
    said = texts(desk.form("p4").view)
    assert "if a &lt; b:\n    c = &#x27;&lt;b&gt;&#x27;" in said


# what people wrote


def test_hostile_words_are_shown_and_never_run(desk: Any, hostile: str) -> None:
    form = desk.form("p2")
    form.fields["choice"].value = "wait"
    form.fields["reason"].value = f"{hostile} and three words"
    for said in (texts(form.view).replace(form.fields["choice"].description, ""), form.bundle()["text/html"]):
        assert "<script" not in said
        assert "<img" not in said
        assert "&lt;script&gt;" in said
    # Options and text fields are set as text by the front end; no widget is told to take HTML.
    assert not any(f.description_allow_html for f in form.fields.values())
    form.commit.click()
    form.yes.click()
    assert "<script" not in texts(form.view)
    assert "&lt;script&gt;" in texts(form.view)


def test_one_bundle_carries_the_widget_and_its_fallback(desk: Any) -> None:
    data = answered(desk).bundle()
    assert set(data) == {"application/vnd.jupyter.widget-view+json", "text/plain", "text/html"}
    for part in ("text/plain", "text/html"):
        assert "The letter" in data[part]
        assert "Publish the letter" in data[part]
        assert "The number is real." in data[part]
    assert "<strong>65</strong>" in desk.form("p1").bundle()["text/html"]
    json.dumps(data)
