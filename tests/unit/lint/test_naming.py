"""A module gets the exhibits that it names, and none of another module's."""

from __future__ import annotations

import pytest

from coursekit.lint.naming import named_exhibits
from coursekit.model.ids import PromptId
from coursekit.model.notebook import Faculty, Notebook, Reveal

EXHIBITS = {"exhibits/rooms.csv", "exhibits/night.csv", "exhibits/maps/ground.svg", "exhibits/two words.txt"}


@pytest.fixture
def named(make_cell):
    def find(source, role=None, **more):
        notebook = Notebook("one", (make_cell("a", source, role),))
        return sorted(p.removeprefix("exhibits/") for p in named_exhibits(notebook, EXHIBITS, **more))

    return find


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('pd.read_csv("exhibits/rooms.csv")', ["rooms.csv"]),
        ("pd.read_csv(ck.exhibit('rooms.csv'))", ["rooms.csv"]),
        ('Path("exhibits") / "rooms.csv"', ["rooms.csv"]),
        ("![Map](./exhibits/maps/ground.svg)", ["maps/ground.svg"]),
        ("[a letter](exhibits/two%20words.txt)", ["two words.txt"]),
        ('sorted(Path("exhibits/maps").iterdir())', ["maps/ground.svg"]),
        ("The hours are in `rooms.csv`.", ["rooms.csv"]),
        ('pd.read_csv("exhibits/other/rooms.csv")', []),
        ('pd.read_csv("exhibits/bedrooms.csv")', []),
        ('pd.read_csv("exhibits/rooms.csv2")', []),
        ("All of exhibits/ and its maps.", []),
    ],
)
def test_what_a_text_names(named, source, found):
    assert named(source) == found


def test_a_reveal_names_its_files(named):
    assert named("Nine.", Reveal(PromptId("p1"), ("exhibits/night.csv", "exhibits/gone.csv"))) == [
        "night.csv"
    ]


def test_a_prompt_names_in_its_question_and_options(named, make_decision):
    assert named("", make_decision(question="Which line of rooms.csv would you show?")) == ["rooms.csv"]


def test_what_faculty_alone_reads_is_run_and_never_handed_out(named):
    source = 'pd.read_csv("exhibits/night.csv")'
    assert named(source, Faculty()) == []
    assert named(source, Faculty(), faculty=True) == ["night.csv"]


def test_a_helper_beside_the_notebook_names_as_well(named):
    assert named("import helper", beside=['HOURS = open("exhibits/rooms.csv")']) == ["rooms.csv"]


def test_a_letter_brings_along_what_it_shows_and_only_when_it_is_copied(named):
    prose = {"exhibits/two words.txt": "See exhibits/maps/ground.svg.", "exhibits/maps/ground.svg": ""}
    assert named("exhibits/two words.txt", prose=prose) == ["maps/ground.svg", "two words.txt"]
    assert named("Nothing.", prose=prose) == []
