"""CK2xx: prompts."""

from __future__ import annotations

from coursekit.lint.rule import error, warning

DUPLICATE_PROMPT = error(
    "CK201",
    "duplicate-prompt",
    "Two prompts with one id.",
    "Answers are kept by prompt id: the second would overwrite the first.",
    '{"prompt": {"id": "p1", …}}\n{"prompt": {"id": "p1", …}}',
    '{"prompt": {"id": "p1", …}}\n{"prompt": {"id": "p2", …}}',
)
PROMPT_WITHOUT_NBGRADER = error(
    "CK202",
    "prompt-without-nbgrader",
    "A prompt whose cell lacks the nbgrader metadata of its kind, or is of the wrong type.",
    "nbgrader would not release, keep or grade the answer.",
    '{"coursekit": {"prompt": {"id": "p2", "kind": "decision", …}}}',
    '{"coursekit": {"prompt": {"id": "p2", "kind": "decision", …}},\n'
    ' "nbgrader": {"grade_id": "p2", "schema_version": 3, "locked": true,\n'
    '              "grade": false, "solution": false, "task": false}}',
)
GRADE_ID_UNLIKE_PROMPT = error(
    "CK203",
    "grade-id-unlike-prompt",
    "A prompt's cell whose grade_id is not the prompt's id.",
    "Marks and answers could not be brought together.",
    '{"coursekit": {"prompt": {"id": "p2", …}}, "nbgrader": {"grade_id": "guess", …}}',
    '{"coursekit": {"prompt": {"id": "p2", …}}, "nbgrader": {"grade_id": "p2", …}}',
)
NOT_ITS_CALL = error(
    "CK204",
    "not-its-call",
    "A structured prompt whose cell is not the one call of its kind with its id.",
    "The learner would see another form, or none.",
    'ck.decision("p1")      # in the cell of the prompt p2',
    'ck.decision("p2")',
)
NO_QUESTION = error(
    "CK205",
    "no-question",
    "A reflection or an analysis without `question` and without a markdown cell before it.",
    "Outside the notebook (the panel, the graders' queue) nobody could see what was asked.",
    '{"prompt": {"id": "p3", "kind": "reflection", "title": "Who loses"}}',
    '{"prompt": {"id": "p3", "kind": "reflection", "title": "Who loses",\n'
    '            "question": "Who would lose most by your answer?"}}',
)
UNKNOWN_COMPETENCY = error(
    "CK206",
    "unknown-competency",
    "A prompt that names a competency that course.yml does not.",
    "Reports by competency would lose its answers.",
    '{"prompt": {"competencies": ["reason-form-evidence"], …}}',
    '{"prompt": {"competencies": ["reason-from-evidence"], …}}',
)
UNKNOWN_RUBRIC = error(
    "CK207",
    "unknown-rubric",
    "A prompt that names a rubric that rubrics.yml does not.",
    "Its answers could not be marked.",
    '{"prompt": {"rubric": "opinion", …}}     # rubrics.yml has: view',
    '{"prompt": {"rubric": "view", …}}',
)
POINTS_UNLIKE_RUBRIC = error(
    "CK208",
    "points-unlike-rubric",
    "A prompt's cell whose nbgrader points differ from the rubric's.",
    "A perfect answer would not get full marks, or would get more.",
    '{"nbgrader": {"points": 4, …}}      # the rubric\'s highest levels are 2 and 1',
    '{"nbgrader": {"points": 3, …}}',
)
NO_REVEAL = warning(
    "CK209",
    "no-reveal",
    "A required prompt that nothing is revealed after.",
    "A learner commits and sees nothing; either reveal something or make the prompt optional.",
    '{"prompt": {"id": "p5", …}}         # and no cell with {"reveal": {"after": "p5"}}',
    '{"prompt": {"id": "p5", …}}\n{"reveal": {"after": "p5"}}',
)
