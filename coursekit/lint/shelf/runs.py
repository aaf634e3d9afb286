"""CK7xx: runs. What only shows when the notebook is executed: `coursekit check --run`."""

from __future__ import annotations

from coursekit.lint.rule import error, warning

CELL_FAILS = error(
    "CK701",
    "cell-fails",
    "A cell of the author's notebook that fails when all are run from the top, the solutions' own tests included.",
    "The build stops there; and a test that its own solution fails would cost every learner the points.",
    "### BEGIN SOLUTION\ntotal = sum(hours)\n### END SOLUTION\n\nassert total == 7      # it is 6",
    "assert total == 6",
    "The finding has the error and the last lines of its traceback. Each variant of course.yml is run as well, "
    "where its parameters are others; a finding then names the variant.",
    allow=False,
)
LEARNER_CELL_FAILS = error(
    "CK702",
    "learner-cell-fails",
    "A cell that fails in what learners get, although every answer is right: it needs something that only a "
    "reveal's or a faculty note's code defines.",
    "Learners get what a reveal shows, never its code. They would be stuck, all of them, and could not tell why.",
    'scores = pd.read_csv("exhibits/scores.csv")      # in a reveal\n'
    "scores.head()                                    # in an open cell",
    'scores = pd.read_csv(ck.exhibit("scores.csv"))   # in the open cell as well',
    "It is run with the model answers in place and every exhibit there, so what fails is not an answer's fault.",
    allow=False,
)
PASSES_UNANSWERED = warning(
    "CK703",
    "passes-unanswered",
    "A graded test that passes on the stub that learners get in the solution's place.",
    "It gives its points to whoever writes nothing, and tells of no mistake.",
    "assert isinstance(hours, list)     # hours stands above BEGIN SOLUTION",
    "assert total == 6                  # total is the learner's",
    "The stub is nbgrader's, as nbgrader_config.py has it, and hidden tests are run as they are when marks are "
    "given. A test whose result is the number 0 gives no points, so it passes nothing.",
)
OTHER_EACH_TIME = warning(
    "CK704",
    "other-each-time",
    "A cell whose outputs are others when it is run again.",
    "Two builds of one master would then differ, and so would what two cohorts see; no diff could show what an "
    "edit changed.",
    "sample = scores.sample(100)",
    "sample = scores.sample(100, random_state=65)",
    "Not counted: where Python put an object (`at 0x…`), a widget's id, how a stream is cut into pieces. Others "
    "come from a clock, from chance without a seed, from a set's order, from a file that a cell adds to; or "
    "from packages that were updated since the last build.",
)
TOO_LONG = error(
    "CK705",
    "too-long",
    "A module that takes longer to run than `--time-limit` allows.",
    "Each build waits as long, and so does each learner who runs all cells.",
    "fit(all_pupils, rounds=100_000)",
    'pd.read_csv("exhibits/fit.csv")     # made once, by a script that SOURCES.md names',
    allow=False,
)
CANNOT_RUN = error(
    "CK706",
    "cannot-run",
    "A notebook that cannot be run to its end: its kernel is not installed, or died, or one cell never ends.",
    "Nothing can be said of its cells.",
    '{"kernelspec": {"name": "my-old-kernel"}}',
    '{"kernelspec": {"name": "python3"}}',
    allow=False,
)
