"""CK5xx: induction. First the learner's own thought, then the concept."""

from __future__ import annotations

from coursekit.lint.rule import warning

_DISK = "Every cell that is not a reveal is on the learner's disk from the first minute, wherever it stands."

TOLD_BEFORE = warning(
    "CK501",
    "told-before",
    "A concept or a result that a reveal names, and that is told above the prompt it waits for.",
    "Whoever has read the answer cannot find it. The prompt then asks for what was just said.",
    "Researchers call this confounding.              # in the story, above p1\n"
    "What could have made this picture?              # p1\n"
    "Researchers call this **confounding**: …        # revealed after p1",
    "What else differs between the two groups?       # in the story\n"
    "What could have made this picture?              # p1\n"
    "Researchers call this **confounding**: …        # revealed after p1",
    "A concept is what a reveal prints **bold** in a sentence that gives it its name (call, name, known as, "
    "term; nennt, heißt, bekannt als, Begriff; chama, conhecido como, termo). A result is a bold figure "
    "with its unit, such as **About 9 places**, in what is revealed after an estimate. The prompt's own "
    "question and options are not looked at; those of other prompts are.",
)
LONG_READ = warning(
    "CK502",
    "long-read",
    "More than five minutes of reading and looking without a prompt.",
    "Minds begin to wander; a question, even a small one, brings them back and says what to look for.",
    "Twelve hundred words of a story, then p1.",
    "Six hundred words, a first guess as p1, and the rest of the story.",
    "The estimate: words at 200 a minute, half a minute for an image or a chart, a quarter for what other "
    "code of a reveal prints, four seconds for each line of code that learners see. Reveals are counted "
    "where they stand, because they are read as well. The speed is a little below what Brysbaert (2019) "
    "found for adults reading English non-fiction in silence, 238 words a minute, because many learners "
    "read in their second language. Brysbaert, M. (2019). How many words do we read per minute? A review "
    "and meta-analysis of reading rate. *Journal of Memory and Language*, 109, 104047.",
)
TOLD_LATER = warning(
    "CK503",
    "told-later",
    "A concept or a result that a reveal names, and that is told in an open cell further down.",
    f"{_DISK} Whoever scrolls has the answer.",
    "Researchers call this **confounding**: …        # revealed after p1\n"
    "Where else have you met confounding?            # an open cell below",
    "Researchers call this **confounding**: …        # revealed after p1\n"
    "Where else have you met such a third thing?     # an open cell below",
    "It looks for what CK501 looks for. Write the cell so that it does not need the word, or make it a reveal "
    "of the same prompt.",
)
GIVEN_AWAY = warning(
    "CK504",
    "given-away",
    "A concept or a result that a reveal names, and that a heading, an image's description, a chart's words "
    "or the name of an open exhibit gives away.",
    "These are what everybody's eye falls on first, in the table of contents and in the file browser as well.",
    "### 1 · The confounding chart\nexhibits/confounding.csv",
    "### 1 · Jonas's chart\nexhibits/districts.csv",
    "It looks for what CK501 looks for; the title over a prompt's own question counts as well. An exhibit "
    "that a reveal holds back with `files` gives nothing away.",
)
LONGER_THAN_SAID = warning(
    "CK505",
    "longer-than-said",
    "A module that takes much longer than `minutes` in course.yml says.",
    "Learners plan their evening by that number, and those who read slowly pay for it first.",
    "- {id: one, title: One, minutes: 30}     # reading 14 minutes, prompts 42",
    "- {id: one, title: One, minutes: 60}",
    "What is compared is the estimate of CK502 and the prompts' own `minutes`. It is a finding when it is "
    "over by more than a quarter and by more than five minutes. A module may well be shorter than it says: "
    "people talk.",
)
UNUSED_COMPETENCY = warning(
    "CK506",
    "unused-competency",
    "A competency of course.yml that no prompt of the course exercises.",
    "The course promises what it never asks for.",
    "competencies:\n  - {id: know-own-certainty, …}     # and no prompt names it",
    '{"prompt": {"competencies": ["know-own-certainty"], …}}',
    "It is said only of a course whose modules can all be read.",
)
