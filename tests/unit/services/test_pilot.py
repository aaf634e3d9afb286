"""A pilot from the draw to the exemplars, in memory."""

from __future__ import annotations

import json

import pytest
from support.pilots import PLAN, VIEW, fill, written

from coursekit.model.errors import BadInput, CoursekitError
from coursekit.services import pilot as verbs
from coursekit.services.pilot import Faulty


class Memory:
    def __init__(self):
        self.files: dict[str, bytes] = {}
        self.exemplars: list[dict] = []

    def create(self, files):
        self.files.update(files)

    def find(self, name):
        return self.files.get(name)

    def write(self, name, content):
        self.files[name] = content

    def pilot(self):
        return json.loads(self.files["pilot.json"])

    def key(self):
        return json.loads(self.files["key.json"])

    def write_exemplars(self, exemplars):
        self.exemplars = exemplars
        return "exemplars.yml"


CLASS = [written(n, prompt) for n in range(10) for prompt in ("p2", "p7")]


def begin(place, answers=CLASS, size=8, graders=("anna", "ben"), **left_out):
    return verbs.start(
        place, "one", "trial", graders, [VIEW, PLAN], answers, size, 1, "2027-01-01T00:00:00+00:00", left_out
    )


@pytest.fixture
def place():
    made = Memory()
    begin(made)
    return made


def says(level, adequate="yes"):
    def mark(name, prompt, text):
        return {"side": str(level), "adequate": adequate, **({"fact": str(level)} if prompt == "p2" else {})}

    return mark


def grade(place, **marks):
    for grader, mark in marks.items():
        place.files[f"{grader}.csv"] = fill(place.files[f"{grader}.csv"], mark)


def test_no_form_names_a_learner(place):
    for name, content in place.files.items():
        assert (b"learner0" in content) is (name == "key.json"), name


def test_both_get_the_same_answers_in_another_order(place):
    ids = [
        [line.partition(",")[0] for line in place.files[f"{who}.csv"].decode().splitlines()[1:]]
        for who in ("anna", "ben")
    ]
    assert sorted(ids[0]) == sorted(ids[1])
    assert ids[0] != ids[1]


@pytest.mark.parametrize(
    ("graders", "code"),
    [
        (("anna",), "one-grader"),
        (("anna", "anna"), "grader-twice"),
        (("anna", "../ben"), "bad-grader"),
        (("anna", "key"), "bad-grader"),
        (("anna", "Ben"), "bad-grader"),
    ],
)
def test_graders_are_two_people_with_names_that_files_can_have(graders, code):
    place = Memory()
    with pytest.raises(BadInput) as caught:
        begin(place, graders=graders)
    assert (caught.value.code, place.files) == (code, {})


def test_nothing_to_draw_says_why():
    with pytest.raises(BadInput) as caught:
        begin(Memory(), [], empty=3)
    assert caught.value.detail == "No answer of one can be drawn (left out: empty 3)."
    with pytest.raises(BadInput, match="at least one"):
        begin(Memory(), size=0)


def test_status_counts_what_is_marked_in_full(place):
    grade(place, anna=says(1), ben=lambda name, prompt, text: {"side": "1"})
    _, progress = verbs.status(place)
    assert [(p.grader, p.done, p.total) for p in progress] == [("anna", 8, 8), ("ben", 0, 8)]


def test_a_missing_mark_is_refused_and_can_be_left_out(place):
    grade(place, anna=says(1))
    with pytest.raises(Faulty) as caught:
        verbs.collect(place)
    (problem,) = caught.value.problems
    assert problem.startswith("ben.csv: 8 answers are not marked in full; the first is ")
    assert "agreement.json" not in place.files
    assert verbs.collect(place, so_far=True).comparison.adequate.pairs[0].n == 0


def test_all_that_is_wrong_is_named_at_once(place):
    grade(place, anna=says(7), ben=says(1, "perhaps"))
    with pytest.raises(Faulty) as caught:
        verbs.collect(place, groups=("g.csv", b"nobody,de\n"))
    # anna: side for 8 and fact for 4; ben: adequate for 8; and the list of groups.
    assert len(caught.value.problems) == 8 + 4 + 8 + 1
    assert "There are 20 more." in caught.value.detail


def test_a_form_that_is_gone_is_told(place):
    del place.files["ben.csv"]
    with pytest.raises(BadInput, match=r"ben\.csv is not there"):
        verbs.status(place)


def test_where_all_agree_nothing_is_disputed(place):
    grade(place, anna=says(1), ben=says(1))
    collected = verbs.collect(place)
    assert collected.disputed == 0
    assert "resolve.csv" not in place.files
    assert json.loads(place.files["agreement.json"])["adequate"]["pairs"][0]["exact"]["value"] == 1.0
    assert b"# Agreement" in place.files["report.md"]
    assert verbs.export(place) == verbs.Exported("exemplars.yml", 8, 0)


def test_a_third_reader_decides_and_what_was_decided_stays(place):
    grade(place, anna=says(1), ben=says(0, "no"))
    assert verbs.collect(place).disputed == 8
    with pytest.raises(CoursekitError, match="No answer is marked by everybody yet"):
        verbs.export(place)
    p7 = [name for name, prompt in verbs.status(place)[0].answers.items() if prompt == "p7"]
    grade(place, resolve=lambda name, prompt, text: {"side": "1", "adequate": "yes"} if name in p7 else {})
    before = place.files["resolve.csv"]
    verbs.collect(place)
    assert place.files["resolve.csv"].count(b"yes,") == before.count(b"yes,") > 0
    assert verbs.export(place) == verbs.Exported("exemplars.yml", 4, 4)
    first = place.exemplars[0]
    assert first["id"] == f"pilot-{sorted(p7)[0]}"
    assert (first["prompt"], first["marks"], first["adequate"]) == ("p7", {"side": 1}, True)
    assert first["response"]["text"].startswith("I think")
    assert "learner" not in json.dumps(place.exemplars)


def test_a_mistake_in_the_third_readers_form_is_told(place):
    grade(place, anna=says(1), ben=says(0, "no"))
    verbs.collect(place)
    grade(place, resolve=lambda *_: {"side": "9"})
    with pytest.raises(Faulty, match=r"resolve\.csv, row 2"):
        verbs.export(place)


def test_groups_are_compared(place):
    grade(place, anna=says(1), ben=says(1))
    some = sorted(verbs.status(place)[0].answers)[:3]
    listed = "id,group\n" + "".join(f"{name},de\n" for name in some)
    (found,) = verbs.collect(place, groups=("g.csv", listed.encode())).comparison.groups
    assert [(g.name, g.n, g.exact) for g in found.groups] == [("de", 3, None)]


def test_another_files_pilot_is_refused(place):
    place.files["pilot.json"] = b'{"schema": "coursekit.pilot/9"}'
    with pytest.raises(BadInput, match=r"pilot\.json cannot be read"):
        verbs.status(place)
