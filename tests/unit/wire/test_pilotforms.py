"""What graders' spreadsheets do to a form, and the exact words about what cannot be taken."""

from __future__ import annotations

import csv
import io

import pytest
from support.pilots import fill, pilot

from coursekit.model.pilot import Given
from coursekit.wire.pilotforms import read_form, read_pairs, write_form
from coursekit.wire.pilots import pilot_from_json, pilot_to_json, to_bytes

PILOT = pilot()
TEXTS = {"bcdfg": 'Line one;\nline, "two".', "hjklm": "=cmd|'/c calc'!A1", "npqrs": "שלום 🙂"}
FORM = write_form(PILOT, ["npqrs", "bcdfg", "hjklm"], TEXTS)
FULL = {
    "bcdfg": Given({"fact": 2, "side": 1}, True, "good"),
    "hjklm": Given({"fact": 0, "side": 0}, False),
    "npqrs": Given({"side": 1}, True),
}


def marks(name, prompt, text):
    mine = FULL[name]
    return {
        **{c: str(n) for c, n in mine.levels.items()},
        "adequate": "yes" if mine.adequate else "no",
        "note": mine.note,
    }


def cells(form: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(form.decode("utf-8-sig"), newline="")))


def test_a_form_has_a_column_for_each_criterion_and_says_where_it_does_not_apply():
    head, first, *_ = cells(FORM)
    assert head == ["id", "prompt", "text", "fact", "side", "adequate", "note"]
    assert first == ["npqrs", "p7", "שלום 🙂", "–", "", "", ""]


def test_a_text_is_no_formula():
    assert cells(FORM)[3][2] == "'=cmd|'/c calc'!A1"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_was_filled_in_is_read_whichever_separator_the_spreadsheet_likes(delimiter):
    form = read_form(fill(FORM, marks, delimiter), "anna.csv", PILOT)
    assert form.given == FULL
    assert form.problems == ()
    assert form.missing == {}


def test_an_old_encoding_is_read():
    text = fill(FORM, marks).decode("utf-8-sig").replace("שלום 🙂", "Grüße").replace("–", "-")
    assert read_form(text.encode("cp1252"), "anna.csv", PILOT).given == FULL


@pytest.mark.parametrize("level", ["2", " 2 ", "2.0", "2,0", "2."])
def test_spreadsheets_make_numbers_of_levels(level):
    def mark(name, prompt, text):
        return {**marks(name, prompt, text), **({"fact": level} if name == "bcdfg" else {})}

    assert read_form(fill(FORM, mark), "anna.csv", PILOT).given["bcdfg"].levels["fact"] == 2


@pytest.mark.parametrize(("said", "adequate"), [("Yes", True), ("TRUE", True), ("n", False), ("0", False)])
def test_yes_and_no_have_many_spellings(said, adequate):
    form = read_form(fill(FORM, lambda *_: {"adequate": said}), "anna.csv", PILOT)
    assert form.given["bcdfg"].adequate is adequate


def test_an_untouched_form_lacks_everything_and_is_not_wrong():
    form = read_form(FORM, "anna.csv", PILOT)
    assert form.problems == ()
    assert form.missing == {
        "bcdfg": ("fact", "side", "adequate"),
        "hjklm": ("fact", "side", "adequate"),
        "npqrs": ("side", "adequate"),
    }


def test_a_row_that_is_gone_is_missing():
    rows = FORM.decode("utf-8-sig").split("\r\n")
    form = read_form("\r\n".join(r for r in rows if not r.startswith("npqrs")).encode(), "anna.csv", PILOT)
    assert form.missing["npqrs"] == ("side", "adequate")


@pytest.mark.parametrize(
    ("mark", "problem"),
    [
        ({"fact": "3"}, "anna.csv, row 3 (bcdfg): fact is 3; its levels are 0, 1, 2."),
        ({"fact": "-1"}, "anna.csv, row 3 (bcdfg): fact is -1; its levels are 0, 1, 2."),
        ({"fact": "1.5"}, "anna.csv, row 3 (bcdfg): fact is 1.5; its levels are 0, 1, 2."),
        ({"fact": "good"}, "anna.csv, row 3 (bcdfg): fact is good; its levels are 0, 1, 2."),
        ({"adequate": "maybe"}, "anna.csv, row 3 (bcdfg): adequate is maybe; write yes or no."),
        ({"id": "zzzzz"}, "anna.csv, row 3: the id “zzzzz” is none of this pilot's."),
        ({"id": ""}, "anna.csv, row 3: an empty id is none of this pilot's."),
        ({"id": "npqrs"}, "anna.csv, row 3: npqrs stands there a second time."),
    ],
)
def test_what_cannot_be_taken_is_named_with_its_row(mark, problem):
    def odd(name, prompt, text):
        return {**marks(name, prompt, text), **(mark if name == "bcdfg" else {})}

    assert read_form(fill(FORM, odd), "anna.csv", PILOT).problems == (problem,)


def test_a_level_for_a_criterion_of_another_prompt_is_named():
    def odd(name, prompt, text):
        return {**marks(name, prompt, text), **({"fact": "1"} if name == "npqrs" else {})}

    assert read_form(fill(FORM, odd), "anna.csv", PILOT).problems == (
        "anna.csv, row 2 (npqrs): fact is 1, and its prompt does not have fact.",
    )


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "anna.csv: it is empty."),
        (b"PK\x03\x04\0\0", "anna.csv: this is not a CSV file; save the form as CSV, not as a workbook."),
        (b"id,side,fact\nbcdfg,1,1\n", "anna.csv: the column adequate is not there."),
        (b"id,side,fact,adequate,fact\n", "anna.csv: the column fact is there twice."),
        (
            b'id,side,fact,adequate\n"bcdfg,1,1,yes\n',
            "anna.csv: its quotes do not close; take the form once more and copy your marks into it.",
        ),
    ],
)
def test_a_file_that_is_no_form_is_told(content, problem):
    form = read_form(content, "anna.csv", PILOT)
    assert form.problems == (problem,)
    assert form.given == {}


def test_rubbish_of_any_kind_is_a_problem_and_never_an_exception():
    for content in (b"\xff\xfe" * 50, b'"' * 999, b"\r\r\r", b",,,\n,,,", "id🙂".encode(), b"a" * 3_000_000):
        assert read_form(content, "x.csv", PILOT).problems


def test_groups_are_read_with_or_without_a_heading():
    assert read_pairs(b"id,group\nbcdfg,de\nhjklm,en\nnpqrs,\n", "g.csv", PILOT) == (
        {"bcdfg": "de", "hjklm": "en"},
        (),
    )
    assert read_pairs(b"BCDFG;de\r\n", "g.csv", PILOT)[0] == {"bcdfg": "de"}


def test_a_group_of_nobody_is_named():
    assert read_pairs(b"bcdfg,de\nmaria,en\nbcdfg,en\nhjklm", "g.csv", PILOT)[1] == (
        "g.csv, row 2: “maria” is none of this pilot's ids.",
        "g.csv, row 3: bcdfg stands there a second time.",
    )


def test_the_pilots_file_is_read_back_the_same():
    import json

    assert pilot_from_json(json.loads(to_bytes(pilot_to_json(PILOT)))) == PILOT
