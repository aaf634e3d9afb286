"""CK6xx: leaks. What learners could read before they should, or at all."""

from __future__ import annotations

from coursekit.lint.rule import error, warning

SENTENCE_LEAKS = warning(
    "CK601",
    "sentence-leaks",
    "A sentence of eight words or more of a model answer, a faculty note, an exemplar or a reveal that "
    "stands in an open cell, a question, an option or an exhibit in prose.",
    "It was copied once too often: what is to be held back lies on the learner's disk.",
    "I would not look for whoever left it on tonight.     # the model answer of p2, and the story",
    "The caretaker shrugged.                              # the story",
    "Sentences in quotation marks are not looked at, nor are exemplars that are marked as no adequate attempt: "
    "to repeat the case is what many of them are for.",
)
UNBALANCED_MARKS = error(
    "CK602",
    "unbalanced-marks",
    "A BEGIN or END of SOLUTION, HIDDEN TESTS or MARK SCHEME without its other half, or in a cell in which "
    "nbgrader does not take such a part out.",
    "Without BEGIN the solution reaches the learners, and nobody is told; the rest stops the release.",
    "total = sum(hours)\n### END SOLUTION",
    "### BEGIN SOLUTION\ntotal = sum(hours)\n### END SOLUTION",
    "A solution belongs in an nbgrader solution cell, hidden tests in a graded one, a mark scheme in a task.",
)
