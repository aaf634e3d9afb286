"""All rules, each with a code that never changes.

CK1xx  the course, its files and its cells
CK2xx  prompts
CK3xx  reveals, exhibits, images, links and headings
CK4xx  rubrics and exemplars
CK5xx  induction: first the learner's own thought, then the concept
CK6xx  leaks
CK7xx  runs: only `coursekit check --run` finds them
"""

from __future__ import annotations

from coursekit.lint.material import Material as Material
from coursekit.lint.rule import Rule as Rule
from coursekit.lint.shelf.files import DUPLICATE_CELL as DUPLICATE_CELL
from coursekit.lint.shelf.files import DUPLICATE_GRADE_ID as DUPLICATE_GRADE_ID
from coursekit.lint.shelf.files import FOLDER_NOT_IN_COURSE as FOLDER_NOT_IN_COURSE
from coursekit.lint.shelf.files import LATE_WITHOUT_DUE as LATE_WITHOUT_DUE
from coursekit.lint.shelf.files import MODULE_WITHOUT_NOTEBOOK as MODULE_WITHOUT_NOTEBOOK
from coursekit.lint.shelf.files import MODULE_WITHOUT_PART as MODULE_WITHOUT_PART
from coursekit.lint.shelf.files import NEVER_IN_TIME as NEVER_IN_TIME
from coursekit.lint.shelf.files import PART_APART as PART_APART
from coursekit.lint.shelf.files import PART_WITHOUT_MODULE as PART_WITHOUT_MODULE
from coursekit.lint.shelf.files import SILENCE_FOR_NOTHING as SILENCE_FOR_NOTHING
from coursekit.lint.shelf.files import SILENCE_WITHOUT_REASON as SILENCE_WITHOUT_REASON
from coursekit.lint.shelf.files import TIMES_OUT_OF_ORDER as TIMES_OUT_OF_ORDER
from coursekit.lint.shelf.files import TRANSLATION_MISSING as TRANSLATION_MISSING
from coursekit.lint.shelf.files import TRANSLATION_STALE as TRANSLATION_STALE
from coursekit.lint.shelf.files import UNKNOWN_CASE as UNKNOWN_CASE
from coursekit.lint.shelf.files import UNKNOWN_PARAMETER as UNKNOWN_PARAMETER
from coursekit.lint.shelf.files import UNKNOWN_PART as UNKNOWN_PART
from coursekit.lint.shelf.files import UNREADABLE as UNREADABLE
from coursekit.lint.shelf.files import WORDS_UNTRANSLATED as WORDS_UNTRANSLATED
from coursekit.lint.shelf.induction import GIVEN_AWAY as GIVEN_AWAY
from coursekit.lint.shelf.induction import LONG_READ as LONG_READ
from coursekit.lint.shelf.induction import LONGER_THAN_SAID as LONGER_THAN_SAID
from coursekit.lint.shelf.induction import TOLD_BEFORE as TOLD_BEFORE
from coursekit.lint.shelf.induction import TOLD_LATER as TOLD_LATER
from coursekit.lint.shelf.induction import UNUSED_COMPETENCY as UNUSED_COMPETENCY
from coursekit.lint.shelf.leaks import SENTENCE_LEAKS as SENTENCE_LEAKS
from coursekit.lint.shelf.leaks import UNBALANCED_MARKS as UNBALANCED_MARKS
from coursekit.lint.shelf.prompts import DUPLICATE_PROMPT as DUPLICATE_PROMPT
from coursekit.lint.shelf.prompts import GRADE_ID_UNLIKE_PROMPT as GRADE_ID_UNLIKE_PROMPT
from coursekit.lint.shelf.prompts import NO_QUESTION as NO_QUESTION
from coursekit.lint.shelf.prompts import NO_REVEAL as NO_REVEAL
from coursekit.lint.shelf.prompts import NOT_ITS_CALL as NOT_ITS_CALL
from coursekit.lint.shelf.prompts import POINTS_UNLIKE_RUBRIC as POINTS_UNLIKE_RUBRIC
from coursekit.lint.shelf.prompts import PROMPT_WITHOUT_NBGRADER as PROMPT_WITHOUT_NBGRADER
from coursekit.lint.shelf.prompts import UNKNOWN_COMPETENCY as UNKNOWN_COMPETENCY
from coursekit.lint.shelf.prompts import UNKNOWN_RUBRIC as UNKNOWN_RUBRIC
from coursekit.lint.shelf.reveals import ALT_IS_FILE_NAME as ALT_IS_FILE_NAME
from coursekit.lint.shelf.reveals import ANOTHER_HELD_BACK as ANOTHER_HELD_BACK
from coursekit.lint.shelf.reveals import ANSWER_UNLIKE_ESTIMATE as ANSWER_UNLIKE_ESTIMATE
from coursekit.lint.shelf.reveals import DRAWING_WITHOUT_ALT as DRAWING_WITHOUT_ALT
from coursekit.lint.shelf.reveals import ESTIMATE_WITHOUT_ANSWER as ESTIMATE_WITHOUT_ANSWER
from coursekit.lint.shelf.reveals import EXHIBIT_WITHOUT_SOURCE as EXHIBIT_WITHOUT_SOURCE
from coursekit.lint.shelf.reveals import HEADING_SKIPS as HEADING_SKIPS
from coursekit.lint.shelf.reveals import IMAGE_WITHOUT_ALT as IMAGE_WITHOUT_ALT
from coursekit.lint.shelf.reveals import LINK_TO_NOTHING as LINK_TO_NOTHING
from coursekit.lint.shelf.reveals import MISSING_EXHIBIT as MISSING_EXHIBIT
from coursekit.lint.shelf.reveals import REVEAL_AFTER_UNKNOWN as REVEAL_AFTER_UNKNOWN
from coursekit.lint.shelf.reveals import REVEAL_BEFORE_PROMPT as REVEAL_BEFORE_PROMPT
from coursekit.lint.shelf.reveals import SEALED_TOO_LATE as SEALED_TOO_LATE
from coursekit.lint.shelf.rubrics import ADEQUATE_TOO_SHORT as ADEQUATE_TOO_SHORT
from coursekit.lint.shelf.rubrics import ADEQUATE_UNLIKE_RULE as ADEQUATE_UNLIKE_RULE
from coursekit.lint.shelf.rubrics import AUTO_ON_FEW_EXEMPLARS as AUTO_ON_FEW_EXEMPLARS
from coursekit.lint.shelf.rubrics import CRITERION_NEVER_SHOWN as CRITERION_NEVER_SHOWN
from coursekit.lint.shelf.rubrics import DUPLICATE_EXEMPLAR as DUPLICATE_EXEMPLAR
from coursekit.lint.shelf.rubrics import EXEMPLAR_FOR_UNKNOWN as EXEMPLAR_FOR_UNKNOWN
from coursekit.lint.shelf.rubrics import FEW_EXEMPLARS as FEW_EXEMPLARS
from coursekit.lint.shelf.rubrics import LEVEL_WITHOUT_EXEMPLAR as LEVEL_WITHOUT_EXEMPLAR
from coursekit.lint.shelf.rubrics import MARKS_UNLIKE_RUBRIC as MARKS_UNLIKE_RUBRIC
from coursekit.lint.shelf.rubrics import PRIVATE_PHRASE_PUBLIC as PRIVATE_PHRASE_PUBLIC
from coursekit.lint.shelf.rubrics import PROMPT_UNLIKE_RUBRIC as PROMPT_UNLIKE_RUBRIC
from coursekit.lint.shelf.rubrics import RESPONSE_UNLIKE_KIND as RESPONSE_UNLIKE_KIND
from coursekit.lint.shelf.rubrics import WORD_NEVER_SEEN as WORD_NEVER_SEEN
from coursekit.lint.shelf.runs import CANNOT_RUN as CANNOT_RUN
from coursekit.lint.shelf.runs import CELL_FAILS as CELL_FAILS
from coursekit.lint.shelf.runs import LEARNER_CELL_FAILS as LEARNER_CELL_FAILS
from coursekit.lint.shelf.runs import OTHER_EACH_TIME as OTHER_EACH_TIME
from coursekit.lint.shelf.runs import PASSES_UNANSWERED as PASSES_UNANSWERED
from coursekit.lint.shelf.runs import TOO_LONG as TOO_LONG

RULES: tuple[Rule, ...] = tuple(
    sorted((value for value in dict(globals()).values() if isinstance(value, Rule)), key=lambda r: r.code)
)

GROUPS: dict[str, str] = {
    "CK1": "The course, its files and its cells",
    "CK2": "Prompts",
    "CK3": "Reveals, exhibits, images, links and headings",
    "CK4": "Rubrics and exemplars",
    "CK5": "Induction: first the learner's own thought, then the concept",
    "CK6": "Leaks",
    "CK7": "Runs: only --run finds them",
}


def only_run(code: str) -> bool:
    """Whether a rule of that code finds nothing unless the notebooks are run."""
    return code.startswith("CK7")


def find_rule(code: str) -> Rule | None:
    """The rule of that code, in small letters or large; none of that code."""
    return next((rule for rule in RULES if rule.code == code.upper()), None)
