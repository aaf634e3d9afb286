"""Releases under way: authors edit while people work, and nobody loses a word, a seal or a step.

The exchange runs; folders are real; learners use what the command line uses.
"""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.commands import run_at

from coursekit.cli.learners_words import what_now
from coursekit.model.errors import BadInput, Conflict, CoursekitError, NotFound
from coursekit.model.ids import PromptId
from coursekit.services import answer
from coursekit.store.workbook import FolderWorkbook
from coursekit.wire.api import CellShape, FileShape, ReleaseUpload, SealedShape, Step
from coursekit.wiring.learner import hand_in, take_home, update_folder

C = "lamps"
STUB = "*Write your answer here.*"
ORDER = ("unreleased", "locked", "open", "in progress", "submitted", "feedback ready")
TINY = Path(__file__).parent.parent / "courses" / "tiny"


def tree(folder: Path) -> dict[str, bytes]:
    """Path → content; nothing that is hidden."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in folder.rglob("*")
        if p.is_file() and not any(part.startswith(".") for part in p.relative_to(folder).parts)
    }


# people


@dataclass
class Author:
    """Writes a module and changes their mind; `upload` is what it looks like now."""

    module: str
    cells: list[dict[str, Any]] = field(default_factory=list)
    prompts: int = 0
    edits: int = 0

    def __post_init__(self) -> None:
        self.tell(0)
        self.ask(1)
        self.tell(2)
        self.ask(3)

    def tell(self, place: int) -> None:
        """A new text."""
        self.edits += 1
        cell = {
            "cell_type": "markdown",
            "id": f"t{self.edits}",
            "metadata": {},
            "source": f"Text{self.edits}",
        }
        self.cells.insert(place % (len(self.cells) + 1), cell)

    def ask(self, place: int) -> None:
        """A new question."""
        self.prompts += 1
        name = f"p{self.prompts}"
        prompt = {"id": name, "kind": "reflection", "title": f"Question {name}", "min_words": 1}
        graded = {
            "grade_id": name,
            "solution": True,
            "grade": True,
            "locked": False,
            "points": 1,
            "schema_version": 3,
        }
        cell = {
            "cell_type": "markdown",
            "id": name,
            "metadata": {"coursekit": {"prompt": prompt}, "nbgrader": graded},
            "source": STUB,
        }
        self.cells.insert(place % (len(self.cells) + 1), cell)

    def correct(self, place: int) -> None:
        """A text said better."""
        texts = [c for c in self.cells if not c["metadata"]]
        if texts:
            self.edits += 1
            texts[place % len(texts)]["source"] += f" better{self.edits}"

    def move(self, place: int) -> None:
        """Another order."""
        self.cells.append(self.cells.pop(place % len(self.cells)))

    def drop(self, place: int) -> None:
        """Less of it; one question stays."""
        cell = self.cells[place % len(self.cells)]
        if not cell["metadata"] or sum(bool(c["metadata"]) for c in self.cells) > 1:
            self.cells.remove(cell)

    def upload(self) -> ReleaseUpload:
        asked = [c["metadata"]["coursekit"]["prompt"] for c in self.cells if c["metadata"]]
        head = {"schema": "coursekit.prompts/1", "course": C, "module": self.module, "title": self.module}
        prompts = {**head, "notebook": self.module, "prompts": asked}
        notebook = {"cells": self.cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        return ReleaseUpload(
            files=[
                FileShape.of(f"{self.module}.ipynb", json.dumps(notebook).encode()),
                FileShape.of("prompts.json", json.dumps(prompts).encode()),
                FileShape.of("exhibits/rooms.csv", f"rooms {self.edits}".encode()),
            ],
            prompts=copy.deepcopy(asked),
            reveals=[
                SealedShape(
                    after=p["id"],
                    cells=[
                        CellShape(cell_id=f"r-{p['id']}", cell_type="markdown", source=f"After {p['id']}.")
                    ],
                    files=[FileShape.of(f"{p['id']}.csv", b"revealed")],
                )
                for p in asked
            ],
        )


@dataclass
class Learner:
    """Works in a folder, and remembers what they wrote, sealed and handed in."""

    client: Any
    module: str
    folder: Path
    course: str
    written: dict[str, str] = field(default_factory=dict)
    """The text of each cell that is theirs, by a word that only it has."""
    sealed: dict[str, tuple[bytes, dict[str, Any], int]] = field(default_factory=dict)
    handed_in: list[tuple[str, int, dict[str, bytes]]] = field(default_factory=list)
    words: int = 0

    def begin(self) -> None:
        take_home(self.client, self.course, self.module, self.folder)

    @property
    def book(self) -> FolderWorkbook:
        return FolderWorkbook.open(self.folder)

    def _cells(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        value = json.loads((self.folder / f"{self.module}.ipynb").read_text())
        return value, value["cells"]

    def _save(self, value: dict[str, Any]) -> None:
        (self.folder / f"{self.module}.ipynb").write_text(json.dumps(value))

    def _word(self) -> str:
        self.words += 1
        return f"Mine{self.words}."

    def _forget(self, source: str) -> None:
        self.written = {word: text for word, text in self.written.items() if word not in source.split()}

    def write(self, place: int) -> None:
        """Answer a question, or change the answer."""
        value, cells = self._cells()
        asked = [c for c in cells if c["metadata"].get("nbgrader")]
        cell = asked[place % len(asked)]
        self._forget(cell["source"])
        word = self._word()
        cell["source"] = self.written[word] = f"I think so: {word}"
        self._save(value)

    def scribble(self, place: int) -> None:
        """Write into a text of the author's."""
        value, cells = self._cells()
        if cells:
            cell, word = cells[place % len(cells)], self._word()
            self._forget(cell["source"])
            cell["source"] = self.written[word] = f"{cell['source']} {word}"
            self._save(value)

    def add(self, place: int) -> None:
        """A cell of their own, and a file."""
        value, cells = self._cells()
        word = self._word()
        self.written[word] = word
        cell = {"cell_type": "markdown", "id": f"own{self.words}", "metadata": {}, "source": word}
        cells.insert(place % (len(cells) + 1), cell)
        self._save(value)
        (self.folder / f"own{self.words}.txt").write_text(word)

    def commit(self, place: int) -> None:
        prompts = self.book.prompts
        prompt = prompts[place % len(prompts)].id
        held = self.book.release
        if not answer.status(self.book, prompt).answered:
            with pytest.raises(BadInput, match="still empty"):
                answer.commit(self.book, self.client, prompt)
            return
        committed = answer.commit(self.book, self.client, prompt)
        if prompt not in self.sealed:
            assert committed.receipt.release == held
            self._note_seal(prompt, committed.response)

    def submit(self, place: int) -> None:
        held = self.book.release
        sent = dict(self.book.files_to_submit())
        assert not any(path.startswith(".") for path in sent)
        done = hand_in(self.client, self.folder)
        assert done.warnings == ()
        for receipt in done.answer.commitments:
            response = self.book.find_commitment(PromptId(receipt.subject))
            assert response is not None
            assert receipt.release == held
            self._note_seal(receipt.subject, dict(response[0]))
        # The same files under another release are the same work, and keep their first receipt.
        if all(done.answer.submission != submission for submission, _, _ in self.handed_in):
            assert done.answer.receipt.release == held
            self.handed_in.append((done.answer.submission, held or 0, sent))

    def _note_seal(self, prompt: str, response: dict[str, Any]) -> None:
        path = self.folder / ".coursekit" / "commitments" / f"{prompt}.json"
        self.sealed[prompt] = (path.read_bytes(), response, self.book.release or 0)

    def update(self, place: int) -> None:
        before = tree(self.folder)
        newest = self.step().release
        for done in update_folder(self.client, self.course, self.module, self.folder):
            assert tree(self.folder / done.copy) == before
        assert self.book.release == newest
        assert not self.step().update_available

    def fetch_elsewhere(self, place: int) -> None:
        """On another computer; or here, by an update that was cut short at once."""
        self.client.fetch(self.course, self.module)

    def step(self, module: str | None = None) -> Step:
        return next(s for s in self.client.path(self.course).steps if s.module == (module or self.module))


def all_is_well(learner: Learner) -> None:
    """What the learner wrote stands, what they sealed is sealed, what they handed in is kept as it was."""
    standing = [c["source"] for c in learner._cells()[1]]
    for text in learner.written.values():
        assert text in standing
    for number in range(1, learner.words + 1):
        own = learner.folder / f"own{number}.txt"
        assert not own.exists() or own.read_text() == f"Mine{number}."
    for prompt, (content, response, release) in learner.sealed.items():
        assert (learner.folder / ".coursekit" / "commitments" / f"{prompt}.json").read_bytes() == content
        revealed = learner.client.reveal(learner.course, learner.module, prompt)
        assert [c.source for c in revealed.cells] == [f"After {prompt}."]
        assert json.loads(content)["receipt"]["release"] == release
        assert json.loads(content)["response"] == response
    rows = learner.client.my_submissions(learner.course, learner.module)
    assert [(r.submission, r.release) for r in rows] == [(s, r) for s, r, _ in learner.handed_in]
    if learner.handed_in:
        submission, _, sent = learner.handed_in[-1]
        kept = learner.client.read_submission(learner.course, submission)
        assert {f.path: f.content for f in kept.files} == sent
        assert kept.responses == {prompt: response for prompt, (_, response, _) in learner.sealed.items()}


OFTEN = ("correct", "release", "write", "commit", "update", "update")
deeds = st.sampled_from(
    ("tell", "ask", "correct", "move", "drop", "scribble", "add", "submit", "fetch_elsewhere", *OFTEN)
)
numbers = iter(range(10**6))


@settings(max_examples=settings.default.max_examples // 2, suppress_health_check=list(HealthCheck))
@given(script=st.lists(st.tuples(deeds, st.integers(0, 9)), min_size=4, max_size=30))
def test_authors_edit_while_people_work(
    shared_house: Any, make: Any, tmp_path_factory: pytest.TempPathFactory, script: list[tuple[str, int]]
) -> None:
    course = f"course-{next(numbers)}"
    shared_house.enrol(course, maria="learner", chen="instructor")
    chen, maria = shared_house.as_user("chen"), shared_house.as_user("maria")
    chen.put_course(make.course(make.module("first"), make.module("second", after=["first"]), name=course))
    author = Author("first")
    chen.release(course, "first", _of_course(author.upload(), course))
    chen.release(course, "second", _of_course(Author("second").upload(), course))
    folder = tmp_path_factory.mktemp("home") / "first"
    learner = Learner(maria, "first", folder, course)
    learner.begin()
    furthest, done, opened, submissions = 0, 0, False, 0
    for deed, place in script:
        if deed == "release":
            chen.release(course, "first", _of_course(author.upload(), course))
        elif hasattr(Author, deed):
            getattr(author, deed)(place)
        else:
            getattr(learner, deed)(place)
        all_is_well(learner)
        # Progress never goes backwards.
        step = learner.step()
        assert ORDER.index(step.state) >= furthest
        furthest = ORDER.index(step.state)
        assert step.committed >= done
        done = step.committed
        assert step.submissions >= submissions
        submissions = step.submissions
        is_open = learner.step("second").refusal is None
        assert is_open or not opened
        opened = is_open
    chen.release(course, "first", _of_course(author.upload(), course))
    learner.update(0)
    all_is_well(learner)
    # Whatever the learner left alone is as the author has it now.
    here = {c["id"]: c for c in learner._cells()[1]}
    for cell in author.cells:
        found = here[cell["id"]]
        assert found["metadata"].get("coursekit") == cell["metadata"].get("coursekit")
        if "Mine" not in found["source"]:
            assert found["source"] == cell["source"]


def _of_course(upload: ReleaseUpload, course: str) -> ReleaseUpload:
    files = [
        FileShape.of(f.path, f.content.replace(f'"course": "{C}"'.encode(), f'"course": "{course}"'.encode()))
        for f in upload.files
    ]
    return upload.model_copy(update={"files": files})


# what the exchange says to an update


@pytest.fixture
def maria(house: Any, make: Any, tmp_path: Path) -> Iterator[Learner]:
    """Has fetched release 1 and written in it; release 2 is out."""
    house.enrol(maria="learner", chen="instructor")
    house.as_user("chen").put_course(
        make.course(make.module("first"), make.module("second", after=["first"]))
    )
    author = Author("first")
    house.as_user("chen").release(C, "first", author.upload())
    learner = Learner(house.as_user("maria"), "first", tmp_path / "first", C)
    learner.begin()
    learner.write(0)
    author.correct(0)
    author.ask(9)
    house.as_user("chen").release(C, "first", author.upload())
    return learner


def test_an_update_is_offered_made_and_then_offered_no_more(maria: Learner) -> None:
    before = maria.step()
    assert (before.release, before.fetched_release, before.update_available) == (2, 1, True)
    assert what_now(C, before) == f"Release 2 is there: coursekit update {C} first"
    assert maria.book.release == 1
    (done,) = update_folder(maria.client, C, "first", maria.folder)
    assert (done.before, done.release) == (1, 2)
    assert done.plan.changes.corrected == ("t1",)
    assert done.plan.changes.new_questions == ("p3",)
    after = maria.step()
    assert (after.fetched_release, after.update_available, after.required) == (2, False, 3)
    assert what_now(C, after) == ""
    assert update_folder(maria.client, C, "first", maria.folder) == ()


def test_who_does_not_update_hands_in_the_release_they_have(maria: Learner) -> None:
    maria.write(1)
    maria.submit(0)
    assert maria.handed_in[0][1] == 1
    assert maria.step("second").refusal is None
    maria.update(0)
    assert maria.step("second").refusal is None
    maria.write(2)
    maria.submit(0)
    assert [release for _, release, _ in maria.handed_in] == [1, 2]


def test_the_folder_says_which_release_it_answers_not_the_newest_fetch(maria: Learner) -> None:
    maria.fetch_elsewhere(0)
    maria.commit(0)
    maria.write(1)
    maria.submit(0)
    assert [(release, len(sent)) for _, release, sent in maria.handed_in] == [(1, 1)]
    assert {release for _, _, release in maria.sealed.values()} == {1}
    maria.update(0)
    all_is_well(maria)


def test_a_question_that_is_gone_takes_no_step_back(maria: Learner, house: Any) -> None:
    maria.commit(0)
    before = maria.step()
    author = Author("first")
    author.cells = [c for c in author.cells if c["id"] != "p1"]
    house.as_user("chen").release(C, "first", author.upload())
    maria.update(0)
    all_is_well(maria)
    after = maria.step()
    assert (before.committed, before.required) == (1, 2)
    assert after.committed >= before.committed


def test_fetching_into_an_older_folder_points_to_the_update_and_is_not_noted(maria: Learner) -> None:
    before = tree(maria.folder)
    with pytest.raises(Conflict) as caught:
        take_home(maria.client, C, "first", maria.folder, add_missing=True)
    assert caught.value.detail == "first is from release 1; the exchange has release 2 now."
    assert f"coursekit update {C} first --to {maria.folder}" in caught.value.next_step
    assert tree(maria.folder) == before
    assert maria.step().fetched_release == 1


def test_a_folder_that_lost_its_record_gets_it_back_by_fetching_what_it_is_from(maria: Learner) -> None:
    record = maria.folder / ".coursekit" / "release.json"
    record.write_text("{")
    with pytest.raises(BadInput) as caught:
        update_folder(maria.client, C, "first", maria.folder)
    assert "`coursekit fetch` with --replace" in caught.value.next_step
    assert take_home(maria.client, C, "first", maria.folder, add_missing=True) == 1
    maria.update(0)
    all_is_well(maria)


def test_a_release_that_one_never_had_is_nobodys_base(maria: Learner, house: Any, tmp_path: Path) -> None:
    """A folder that came from a friend."""
    house.enrol(olu="learner")
    with pytest.raises(NotFound) as caught:
        house.as_user("olu").fetch(C, "first", 1)
    assert caught.value.code == "not-your-release"
    before = tree(maria.folder)
    with pytest.raises(Conflict, match="cannot give you release 1"):
        update_folder(house.as_user("olu"), C, "first", maria.folder)
    assert tree(maria.folder) == before


def test_a_release_with_something_secret_in_it_leaves_the_old_one_served(
    maria: Learner, house: Any, make: Any
) -> None:
    chen = house.as_user("chen")
    author = Author("first")
    bad = author.upload()
    reveal = make.notebook(make.cell("secret", coursekit={"reveal": {"after": "p1"}}))
    leaky = bad.model_copy(update={"files": [make.file("first.ipynb", reveal)]})
    twice = bad.model_copy(update={"prompts": [bad.prompts[0], bad.prompts[0]]})
    huge = bad.model_copy(update={"files": [make.file("a.bin", b"x" * 70_000)]})
    for upload, code in ((leaky, "leak"), (twice, "duplicate-prompt"), (huge, "file-too-large")):
        with pytest.raises(CoursekitError) as caught:
            chen.release(C, "first", upload)
        assert caught.value.code == code
        assert maria.step().release == 2
    house.enrol(olu="learner")
    assert house.as_user("olu").fetch(C, "first").release == 2


# authors' and learners' own commands


@dataclass
class Desk:
    """Somebody's home, in which commands are typed."""

    home: Path
    url: str
    token: str

    def run(self, *command: str, fails: bool = False, anew: bool = False) -> str:
        return run_at(self.home, self.url, self.token, *command, fails=fails, anew=anew)


def test_a_build_or_a_release_that_fails_leaves_the_old_release_served(house: Any, tmp_path: Path) -> None:
    house.enrol("tiny", ines="instructor", rosa="learner", late="learner")
    homes = {name: tmp_path / name for name in ("ines", "rosa")}
    shutil.copytree(TINY, homes["ines"])
    homes["rosa"].mkdir()
    for home in homes.values():
        (home / "nbgrader_config.py").write_text(
            "from coursekit.nbgrader_exchange import configure; configure(get_config())\n"
            "get_config().CourseDirectory.course_id = 'tiny'\n"
        )
    ines, rosa = (Desk(home, house.url, house.token(name)) for name, home in homes.items())
    late = house.as_user("late")

    ines.run("nbgrader", "generate_assignment", "first", anew=True)
    assert "release 1" in ines.run("nbgrader", "release_assignment", "first", anew=True)
    rosa.run("coursekit", "fetch", "tiny", "first")
    served = {f.path: f.content for f in late.fetch("tiny", "first").files}

    def is_served() -> None:
        now = late.fetch("tiny", "first")
        assert (now.release, {f.path: f.content for f in now.files}) == (1, served)

    master = homes["ines"] / "modules" / "first" / "first.ipynb"
    good = master.read_text()
    value = json.loads(good)
    story = next(c for c in value["cells"] if c["id"] == "story")
    story["source"] = "A lamp burned all night, in room B."
    value["cells"].insert(3, {**code_cell("broken"), "source": "raise ValueError('not ready')"})
    master.write_text(json.dumps(value))

    # The build fails; so does generating, which builds; what was generated before is not sent as something new.
    assert "not ready" in ines.run("coursekit", "build", "first", fails=True)
    ines.run("nbgrader", "generate_assignment", "first", "--force", fails=True)
    said = ines.run("nbgrader", "release_assignment", "first", fails=True)
    assert "generate_assignment" in said
    is_served()

    # The build works and nbgrader turns the notebook down, after it was sealed.
    value["cells"][3]["source"] = "ready = True"
    bad = {"grade_id": "p2", "grade": True, "points": 1, "solution": False, "locked": True, "task": False}
    value["cells"][3]["metadata"] = {"nbgrader": {**bad, "schema_version": 3}}
    master.write_text(json.dumps(value))
    ines.run("nbgrader", "generate_assignment", "first", "--force", fails=True)
    is_served()
    assert rosa.run("coursekit", "update", "tiny", "first").startswith("Nothing is new")

    # Mended, it is release 2.
    value["cells"].pop(3)
    master.write_text(json.dumps(value))
    ines.run("nbgrader", "generate_assignment", "first", "--force")
    assert "release 2" in ines.run("nbgrader", "release_assignment", "first")
    assert late.fetch("tiny", "first").release == 2

    # And rosa brings it into her work.
    own = homes["rosa"] / "first" / "first.ipynb"
    mine = json.loads(own.read_text())
    next(c for c in mine["cells"] if c["id"] == "p2")["source"] = "Nine hours of one lamp are nobody's fault."
    own.write_text(json.dumps(mine))
    said = rosa.run("nbgrader", "fetch_assignment", "first", "--course", "tiny", "--replace", fails=True)
    assert "first is from release 1; the exchange has release 2 now." in said
    assert "run: coursekit update tiny first" in said
    said = rosa.run("coursekit", "update", "tiny", "first")
    assert said.startswith(
        "Release 2 is in place of release 1. 1 text corrected; your answers are as they were.\n"
        "A copy of all as it was is in first/.coursekit/kept/release-1-"
    )
    cells = {c["id"]: "".join(c["source"]) for c in json.loads(own.read_text())["cells"]}
    assert cells["story"] == "A lamp burned all night, in room B."
    assert cells["p2"] == "Nine hours of one lamp are nobody's fault."
    rosa.run("coursekit", "submit", "first")
    rows = house.as_user("rosa").my_submissions("tiny", "first")
    assert [r.release for r in rows] == [2]


def code_cell(name: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": name,
        "metadata": {},
        "source": "",
        "outputs": [],
        "execution_count": None,
    }
