"""CK3xx: reveals, exhibits, images, links and headings."""

from __future__ import annotations

from coursekit.lint.rule import error, warning

REVEAL_AFTER_UNKNOWN = error(
    "CK301",
    "reveal-after-unknown",
    "A reveal that waits for a prompt that is not there.",
    "It would never be shown to anybody.",
    '{"reveal": {"after": "p9"}}         # the prompts are p1 and p2',
    '{"reveal": {"after": "p2"}}',
)
REVEAL_BEFORE_PROMPT = error(
    "CK302",
    "reveal-before-prompt",
    "A reveal that stands above the prompt it waits for.",
    "The answer would appear above the question, where nobody looks.",
    '{"reveal": {"after": "p2"}}\n{"prompt": {"id": "p2", …}}',
    '{"prompt": {"id": "p2", …}}\n{"reveal": {"after": "p2"}}',
)
MISSING_EXHIBIT = error(
    "CK303",
    "missing-exhibit",
    "A file that a cell uses and the case's exhibits/ lacks.",
    "The learner's cell would fail.",
    'pd.read_csv("exhibits/Rooms.csv")   # cases/lamp/exhibits/rooms.csv',
    'pd.read_csv("exhibits/rooms.csv")',
)
SEALED_TOO_LATE = error(
    "CK304",
    "sealed-too-late",
    "A learner's cell that reads an exhibit before the commitment that opens it.",
    "The file is not there yet, so the learner's cell would fail.",
    'pd.read_csv("exhibits/night.csv")   # above p1, whose reveal has "files": ["exhibits/night.csv"]',
    'pd.read_csv("exhibits/night.csv")   # below p1',
)
DRAWING_WITHOUT_ALT = error(
    "CK305",
    "drawing-without-alt",
    "A reveal's code cell that draws, without `alt`.",
    "Whoever does not see the chart would be left out of the lesson.",
    '{"reveal": {"after": "p1"}}',
    '{"reveal": {"after": "p1", "alt": "Bars: 102 pupils at 64, 8,451 at 65."}}',
)
IMAGE_WITHOUT_ALT = error(
    "CK306",
    "image-without-alt",
    "An image in a markdown cell without alternative text.",
    "Whoever does not see the image would be left out of the lesson.",
    "![](exhibits/bars.svg)",
    "![Bars: 102 pupils at 64, 8,451 at 65](exhibits/bars.svg)",
    'In HTML, `alt=""` says that an image is decoration; that passes.',
)
LINK_TO_NOTHING = warning(
    "CK307",
    "link-to-nothing",
    "A link to a file of the module, or to a heading of the notebook, that is not there.",
    "Learners follow it into an error, and cannot tell whether the mistake is theirs.",
    "[the figures](figures.md)           # there is no modules/one/figures.md\n[above](#The-story)",
    "[the figures](exhibits/figures.md)\n[above](#The-proposal)",
    "Exhibits that are missing are CK303. Addresses of the web are not looked up. A heading's anchor is its "
    "text with a hyphen for each space, as JupyterLab makes it; small letters are taken as well.",
)
HEADING_SKIPS = warning(
    "CK308",
    "heading-skips",
    "A heading two or more levels below the one before it.",
    "Screen readers and the table of contents go by levels; a gap reads as something that was left out.",
    "## The proposal\n#### What the parents want",
    "## The proposal\n### What the parents want",
    "Reveals count where they stand. A notebook may begin at any level. A prompt is a heading of level 3: "
    "the lab draws its form so, and the heading over a question in the text may have it wherever it stands.",
)
ALT_IS_FILE_NAME = warning(
    "CK309",
    "alt-is-file-name",
    "An alternative text that is the name of a file.",
    "It says to whoever does not see the image what everybody else does not need to know.",
    "![bars.svg](exhibits/bars.svg)",
    "![Bars: 102 pupils at 64, 8,451 at 65](exhibits/bars.svg)",
)
ANOTHER_HELD_BACK = warning(
    "CK310",
    "another-held-back",
    "A file that a reveal holds back and nobody uses, where the reveal uses one of nearly the same name.",
    "Most likely that one was meant. It lies open on the learner's disk from the start.",
    '{"reveal": {"after": "p1", "files": ["exhibits/night.csv"]}}\n'
    'pd.read_csv("exhibits/nights.csv")  # in the same reveal',
    '{"reveal": {"after": "p1", "files": ["exhibits/nights.csv"]}}\npd.read_csv("exhibits/nights.csv")',
)
EXHIBIT_WITHOUT_SOURCE = warning(
    "CK311",
    "exhibit-without-source",
    "An exhibit that a module names and its case's SOURCES.md does not.",
    "Nobody can tell where it comes from, nor whether they may use it: no learner, and no teacher after you.",
    "cases/lamp/exhibits/rooms.csv      # and not a word of it in cases/lamp/SOURCES.md",
    "- `rooms.csv`: read off the school's meters, January 2026; CC BY 4.0",
    "A build gives learners the entries of the exhibits that lie open in their folder, as exhibits/SOURCES.md. "
    "Those of what a reveal brings come with it.",
)
ANSWER_UNLIKE_ESTIMATE = warning(
    "CK312",
    "answer-unlike-estimate",
    "A reveal's `answer` that its prompt cannot take: the prompt is no estimate, the number lies outside its "
    "`min` and `max`, another reveal of it says another one, or the text says it in the prompt's unit and "
    "`answer` in another.",
    "The facilitator's plan would show the cohort's estimates beside a number that nobody could give, and find "
    "everybody far off.",
    '{"prompt": {"id": "p1", "kind": "estimate", "unit": "percent", "min": 0, "max": 100, …}}\n'
    '{"reveal": {"after": "p1", "answer": 0.42}}      # and the text: 42 percent',
    '{"reveal": {"after": "p1", "answer": 42}}',
    "Another unit is found where the reveals' text has the number before the prompt's unit, a hundred, a "
    "thousand or sixty times as large or as small, and nowhere as `answer` has it.",
)
ESTIMATE_WITHOUT_ANSWER = warning(
    "CK313",
    "estimate-without-answer",
    "An estimate whose reveals say no `answer`.",
    "The facilitator's plan draws it as a line in the chart of the cohort's estimates. Without it the plan cannot "
    "say who was near, nor whether those who felt sure were.",
    '{"reveal": {"after": "p1"}}                      # the text: for every 100 there were 4,260',
    '{"reveal": {"after": "p1", "answer": 4260}}',
    "Nothing is broken without it, and there is no milder finding than a warning. Learners get no more of "
    "`answer` than the reveal's own words. Where nobody owes them one number, allow it in the reveal, with that "
    "as the reason.",
)
