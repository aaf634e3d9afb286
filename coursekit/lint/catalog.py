"""Every rule on its own shelf: a code that never changes, a name, what it looks for, and why.

CK1xx  files and cells
CK2xx  prompts
CK3xx  reveals and exhibits
CK4xx  rubrics and exemplars
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from coursekit.lint.finding import Finding, Severity
from coursekit.model.course import Module
from coursekit.model.notebook import Cell, Notebook
from coursekit.model.rubric import Exemplar, Rubric


@dataclass(frozen=True)
class Material:
    """One module as its author wrote it: all that the rules look at."""

    module: Module
    notebook: Notebook
    rubrics: Mapping[str, Rubric]
    exemplars: tuple[Exemplar, ...]
    exhibits: frozenset[str]
    """The case's exhibits, as a notebook names them: `exhibits/scores.csv`."""
    competencies: frozenset[str]
    """The ids in course.yml."""
    case: tuple[str, ...] = ()
    """The texts of the case that learners read."""

    @property
    def notebook_file(self) -> str:
        """Where the notebook is, below the course's root."""
        return f"modules/{self.module.id}/{self.module.id}.ipynb"

    @property
    def exemplars_file(self) -> str:
        """Where the exemplars are, below the course's root."""
        return f"modules/{self.module.id}/exemplars.yml"

    @property
    def rubrics_file(self) -> str:
        """Where the rubrics are, below the course's root."""
        return f"modules/{self.module.id}/rubrics.yml"


@dataclass(frozen=True)
class Rule:
    """One rule. `what` it looks for, and `why` it matters to a learner or a grader."""

    code: str
    name: str
    severity: Severity
    what: str
    why: str

    def at(self, file: str, cell: Cell | None, message: str, hint: str) -> Finding:
        """A finding of this rule."""
        index, cell_id = (cell.index, cell.id) if cell is not None else (None, "")
        return Finding(self.code, self.severity, file, index, cell_id, message, hint)


def _error(code: str, name: str, what: str, why: str) -> Rule:
    return Rule(code, name, Severity.ERROR, what, why)


def _warning(code: str, name: str, what: str, why: str) -> Rule:
    return Rule(code, name, Severity.WARNING, what, why)


UNREADABLE = _error(
    "CK101",
    "unreadable",
    "A file that cannot be read as what it should be, or a field that the format does not know.",
    "Nothing after it can be trusted; a misspelt field must not be dropped in silence.",
)
FOLDER_NOT_IN_COURSE = _warning(
    "CK102",
    "folder-not-in-course",
    "A folder in modules/ that course.yml does not list.",
    "It is never built or released, which is easily overlooked.",
)
MODULE_WITHOUT_NOTEBOOK = _error(
    "CK103",
    "module-without-notebook",
    "A module of course.yml without its folder or its notebook.",
    "The course would stop there for every learner.",
)
DUPLICATE_CELL = _error(
    "CK104",
    "duplicate-cell",
    "Two cells with one id.",
    "Edits merge by cell id; with two alike a learner's words could land in the wrong cell.",
)
DUPLICATE_GRADE_ID = _error(
    "CK105",
    "duplicate-grade-id",
    "Two cells with one nbgrader grade_id.",
    "nbgrader stops at the first such notebook, and nobody after it is graded.",
)
UNKNOWN_CASE = _error(
    "CK106",
    "unknown-case",
    "A module whose case has no folder in cases/.",
    "Its exhibits would be missing.",
)
TIMES_OUT_OF_ORDER = _error(
    "CK107",
    "times-out-of-order",
    "A module that is due or closes before it opens, or closes before it is due.",
    "Nobody could hand it in in time, and the exchange refuses the course.",
)
LATE_WITHOUT_DUE = _warning(
    "CK108",
    "late-without-due",
    "A rule for late work in a course where no module is due.",
    "It never applies; most likely a due date was forgotten.",
)

DUPLICATE_PROMPT = _error(
    "CK201",
    "duplicate-prompt",
    "Two prompts with one id.",
    "Answers are kept by prompt id: the second would overwrite the first.",
)
PROMPT_WITHOUT_NBGRADER = _error(
    "CK202",
    "prompt-without-nbgrader",
    "A prompt whose cell lacks the nbgrader metadata of its kind, or is of the wrong type.",
    "nbgrader would not release, keep or grade the answer.",
)
GRADE_ID_UNLIKE_PROMPT = _error(
    "CK203",
    "grade-id-unlike-prompt",
    "A prompt's cell whose grade_id is not the prompt's id.",
    "Marks and answers could not be brought together.",
)
NOT_ITS_CALL = _error(
    "CK204",
    "not-its-call",
    "A structured prompt whose cell is not the one call of its kind with its id.",
    "The learner would see another form, or none.",
)
NO_QUESTION = _error(
    "CK205",
    "no-question",
    "A reflection or an analysis without `question` and without a markdown cell before it.",
    "Outside the notebook (the panel, the graders' queue) nobody could see what was asked.",
)
UNKNOWN_COMPETENCY = _error(
    "CK206",
    "unknown-competency",
    "A prompt that names a competency that course.yml does not.",
    "Reports by competency would lose its answers.",
)
UNKNOWN_RUBRIC = _error(
    "CK207",
    "unknown-rubric",
    "A prompt that names a rubric that rubrics.yml does not.",
    "Its answers could not be marked.",
)
POINTS_UNLIKE_RUBRIC = _error(
    "CK208",
    "points-unlike-rubric",
    "A prompt's cell whose nbgrader points differ from the rubric's.",
    "A perfect answer would not get full marks, or would get more.",
)
NO_REVEAL = _warning(
    "CK209",
    "no-reveal",
    "A required prompt that nothing is revealed after.",
    "A learner commits and sees nothing; either reveal something or make the prompt optional.",
)

REVEAL_AFTER_UNKNOWN = _error(
    "CK301",
    "reveal-after-unknown",
    "A reveal that waits for a prompt that is not there.",
    "It would never be shown to anybody.",
)
REVEAL_BEFORE_PROMPT = _error(
    "CK302",
    "reveal-before-prompt",
    "A reveal that stands above the prompt it waits for.",
    "The answer would appear above the question, where nobody looks.",
)
MISSING_EXHIBIT = _error(
    "CK303",
    "missing-exhibit",
    "A file that a cell uses and the case's exhibits/ lacks.",
    "The learner's cell would fail.",
)
SEALED_TOO_LATE = _error(
    "CK304",
    "sealed-too-late",
    "A learner's cell that reads an exhibit before the commitment that opens it.",
    "The file is not there yet, so the learner's cell would fail.",
)
DRAWING_WITHOUT_ALT = _error(
    "CK305",
    "drawing-without-alt",
    "A reveal's code cell that draws, without `alt`.",
    "Whoever does not see the chart would be left out of the lesson.",
)
IMAGE_WITHOUT_ALT = _error(
    "CK306",
    "image-without-alt",
    "An image in a markdown cell without alternative text.",
    "Whoever does not see the image would be left out of the lesson.",
)

EXEMPLAR_FOR_UNKNOWN = _error(
    "CK401",
    "exemplar-for-unknown",
    "An exemplar for a prompt that is not there.",
    "It would calibrate nothing.",
)
DUPLICATE_EXEMPLAR = _error(
    "CK402",
    "duplicate-exemplar",
    "Two exemplars with one id.",
    "Reports on the checks name exemplars by id.",
)
MARKS_UNLIKE_RUBRIC = _error(
    "CK403",
    "marks-unlike-rubric",
    "An exemplar whose marks are not one existing level for each criterion of the rubric.",
    "The checks would be calibrated on a mark that cannot be given.",
)
RESPONSE_UNLIKE_KIND = _error(
    "CK404",
    "response-unlike-kind",
    "An exemplar whose response has not the shape of its prompt's kind.",
    "The simulated cohort could not hand it in.",
)
FEW_EXEMPLARS = _warning(
    "CK405",
    "few-exemplars",
    "A prose prompt with fewer than 8 exemplars.",
    "With fewer, nobody can tell how far the checks can be trusted.",
)
LEVEL_WITHOUT_EXEMPLAR = _warning(
    "CK406",
    "level-without-exemplar",
    "A level of a criterion that no exemplar of the prompt was given.",
    "The checks, and whoever joins as a grader, have never seen what it looks like.",
)
AUTO_ON_FEW_EXEMPLARS = _error(
    "CK407",
    "auto-on-few-exemplars",
    "A rubric with `auto: adequate_attempt` whose prompt has fewer than 20 exemplars with `adequate` said.",
    "Nothing may happen without a person on so little.",
)
PROMPT_UNLIKE_RUBRIC = _warning(
    "CK408",
    "prompt-unlike-rubric",
    "A prompt whose words meet no word of its rubric.",
    "Learners would be marked on what nobody asked them for; most likely it is another prompt's rubric.",
)
ADEQUATE_UNLIKE_RULE = _error(
    "CK409",
    "adequate-unlike-rule",
    "An exemplar whose `adequate` is not what the rubric's own rule makes of its marks.",
    "Either the rule or the mark says what its author does not mean, and the checks would learn both.",
)
WORD_NEVER_SEEN = _warning(
    "CK410",
    "word-never-seen",
    "A term, option or stakeholder that stands in no exemplar, nowhere in the case and nowhere in the notebook.",
    "The checks would look for it in vain; most likely it is misspelt, or a learner's word for it is another.",
)
PRIVATE_PHRASE_PUBLIC = _error(
    "CK411",
    "private-phrase-public",
    "A private phrase that stands in the case or in the notebook's text.",
    "Learners may quote it, and each of them would be sent to a person for having read the case.",
)

RULES: tuple[Rule, ...] = tuple(
    sorted((value for value in dict(globals()).values() if isinstance(value, Rule)), key=lambda r: r.code)
)
