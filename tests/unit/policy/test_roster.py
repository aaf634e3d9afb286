"""A roster from a spreadsheet: read as people write them, refused by line, and planned so that nobody is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.model.ids import CourseId, UserId
from coursekit.model.outcome import Refused
from coursekit.model.people import Member, Role, Source
from coursekit.policy.roster import Changes, Row, plan, read_roster, roster_csv

C = CourseId("lamps")
ZONES = frozenset({"Africa/Lagos", "Europe/Berlin"})


def read(text: str | bytes) -> tuple[Row, ...]:
    rows = read_roster(text.encode() if isinstance(text, str) else text, ZONES)
    assert not isinstance(rows, Refused), rows
    return rows


def refusal(text: str | bytes) -> str:
    refused = read_roster(text.encode() if isinstance(text, str) else text, ZONES)
    assert isinstance(refused, Refused)
    assert refused.next_step
    return refused.reason


MARIA = Row(2, UserId("maria"), "Maria Okoye", Role.GRADER, "Africa/Lagos")


@pytest.mark.parametrize(
    "text",
    [
        "user,name,role,time_zone\nmaria,Maria Okoye,grader,Africa/Lagos\n",
        "user;name;role;time_zone\r\nmaria;Maria Okoye;grader;Africa/Lagos\r\n",
        "time_zone\trole\tuser\tname\nAfrica/Lagos\tgrader\tmaria\tMaria Okoye",
        "\ufeffUser, Name ,ROLE,Time Zone\n maria , Maria Okoye , Grader ,Africa/Lagos\n\n,,,\n",
        'user,section,name,time-zone,role,\nmaria,7b,"Maria Okoye",Africa/Lagos,grader,\n',
        "user,name,role,time_zone\nmaria,Maria Okoye,grader,Africa/Lagos\n".encode("utf-16"),
    ],
    ids=["commas", "semicolons", "tabs", "mark and capitals", "section", "utf-16"],
)
def test_one_person_however_the_spreadsheet_wrote_her(text: str | bytes) -> None:
    assert read(text) == (MARIA,)


def test_a_name_with_the_separator_in_it_is_quoted() -> None:
    assert read('user,name\nmaria,"Okoye, ""Mimi"" Maria"\n')[0].name == 'Okoye, "Mimi" Maria'


def test_only_the_user_is_needed() -> None:
    assert read("user\nmaria\nolu\n") == (Row(2, UserId("maria")), Row(3, UserId("olu")))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "There is nobody in the file."),
        ("user,role\n", "There is nobody in the file."),
        ("maria,learner\n", "Line 1: it must name the columns, “user” and any of name, role, time_zone."),
        ("user,rol\na,b\n", "Line 1: there is no column “rol”; the columns are user, name, role, time_zone."),
        ("user,user\na,b\n", "Line 1: the column user is there twice."),
        (
            "user\n\nma ria\n",
            "Line 3: “ma ria” cannot name a person; use letters, digits and _ . @ -, at most 128, "
            "beginning with a letter or digit.",
        ),
        (
            "user,role\nmaria,teacher\n",
            "Line 2: there is no role “teacher”; the roles are learner, grader, instructor.",
        ),
        (
            "user,time_zone\nmaria,Lagos\n",
            "Line 2: there is no time zone “Lagos”; write it like Africa/Lagos.",
        ),
        ("user,role\nmaria,learner,what\n", "Line 2: it has 3 values for 2 columns."),
        ("user\nmaria\nolu\nMaria\n", "Line 4: Maria stands in line 2 already."),
        ('user,name\nmaria,"Okoye\n', "Line 2: unexpected end of data."),
        ("user,name\nmaria," + "x" * 201, "Line 2: the name must be one line of at most 200 characters."),
        ('user,name\nmaria,"a\nb"\n', "Line 3: the name must be one line of at most 200 characters."),
        ("user,name\nmaria,Jos\xe9".encode("cp1252"), "The file is not in UTF-8."),
    ],
)
def test_a_wrong_table_is_refused_with_its_line(text: str | bytes, said: str) -> None:
    assert refusal(text) == said


def test_all_mistakes_are_told_at_once_and_not_hundreds() -> None:
    told = refusal("user,role\n" + "".join(f"u{n},boss\n" for n in range(40))).split("\n  ")
    assert len(told) == 11
    assert told[0].startswith("Line 2: ")
    assert told[9].startswith("Line 11: ")
    assert told[10] == "And 30 more."


def member(user: str, role: Role = Role.LEARNER, **changes: str) -> Member:
    source = Source(changes.pop("source", "roster"))
    return Member(C, UserId(user), role, source=source, **changes)


def test_what_a_table_does_to_a_roster() -> None:
    there = [
        member("maria", name="Maria Okoye", time_zone="Africa/Lagos"),
        member("olu"),
        member("gil", Role.GRADER),
        member("eve", source="group"),
        member("ada", source="group"),
    ]
    changes = plan(C, read("user,role\nmaria,grader\nolu,\nzoe,\nada,\n"), there)
    assert changes == Changes(
        new=(member("zoe"),),
        # The table has no names, so hers stays; and whoever it names is on the roster from now on.
        changed=(
            (there[0], member("maria", Role.GRADER, name="Maria Okoye", time_zone="Africa/Lagos")),
            (there[4], member("ada")),
        ),
        same=(member("olu"),),
        others=(member("gil", Role.GRADER),),
    )
    assert [m.user for m in changes.to_put()] == ["zoe", "maria", "ada"]


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=20)
PEOPLE = st.lists(
    st.builds(
        Member,
        st.just(C),
        st.from_regex(r"[a-z0-9][a-z0-9_.@-]{0,20}", fullmatch=True).map(UserId),
        st.sampled_from(Role),
        NAMES,
        st.sampled_from(["", *sorted(ZONES)]),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda m: m.user,
)


@given(PEOPLE)
def test_a_written_roster_reads_back_and_changes_nothing(people: list[Member]) -> None:
    changes = plan(C, read(roster_csv(people)), people)
    assert (changes.new, changes.changed, changes.others) == ((), (), ())
    assert list(changes.same) == people


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    read_roster(content, ZONES)
