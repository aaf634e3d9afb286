"""CK1xx: the course, its files and its cells."""

from __future__ import annotations

from coursekit.lint.rule import error, warning

UNREADABLE = error(
    "CK101",
    "unreadable",
    "A file that cannot be read as what it should be, or a field that the format does not know.",
    "Nothing after it can be trusted; a misspelt field must not be dropped in silence.",
    "minuts: 75",
    "minutes: 75",
    allow=False,
)
FOLDER_NOT_IN_COURSE = warning(
    "CK102",
    "folder-not-in-course",
    "A folder in modules/ that course.yml does not list.",
    "It is never built or released, which is easily overlooked.",
    "modules/draft/draft.ipynb\nmodules/course.yml      # no module with the id draft",
    "modules:\n  - {id: draft, title: A draft}",
)
MODULE_WITHOUT_NOTEBOOK = error(
    "CK103",
    "module-without-notebook",
    "A module of course.yml without its folder or its notebook.",
    "The course would stop there for every learner.",
    "modules/two/Two.ipynb",
    "modules/two/two.ipynb",
    allow=False,
)
DUPLICATE_CELL = error(
    "CK104",
    "duplicate-cell",
    "Two cells with one id.",
    "Edits merge by cell id; with two alike a learner's words could land in the wrong cell.",
    '{"id": "story", …}\n{"id": "story", …}',
    '{"id": "story", …}\n{"id": "story-2", …}',
)
DUPLICATE_GRADE_ID = error(
    "CK105",
    "duplicate-grade-id",
    "Two cells with one nbgrader grade_id.",
    "nbgrader stops at the first such notebook, and nobody after it is graded.",
    '{"nbgrader": {"grade_id": "p4-tests", …}}\n{"nbgrader": {"grade_id": "p4-tests", …}}',
    '{"nbgrader": {"grade_id": "p4-tests", …}}\n{"nbgrader": {"grade_id": "p4-more-tests", …}}',
)
UNKNOWN_CASE = error(
    "CK106",
    "unknown-case",
    "A module whose case has no folder in cases/.",
    "Its exhibits would be missing.",
    "- {id: one, title: One, case: lamps}     # cases/lamp/",
    "- {id: one, title: One, case: lamp}      # cases/lamp/",
    allow=False,
)
TIMES_OUT_OF_ORDER = error(
    "CK107",
    "times-out-of-order",
    "A module that is due or closes before it opens, or closes before it is due.",
    "Nobody could hand it in in time, and the exchange refuses the course.",
    "opens: 2027-01-11 08:00\ndue: 2026-01-24 23:59",
    "opens: 2027-01-11 08:00\ndue: 2027-01-24 23:59",
    allow=False,
)
LATE_WITHOUT_DUE = warning(
    "CK108",
    "late-without-due",
    "A rule for late work in a course where no module is due.",
    "It never applies; most likely a due date was forgotten.",
    "late: {grace_minutes: 15}\nmodules:\n  - {id: one, title: One}",
    "late: {grace_minutes: 15}\nmodules:\n  - {id: one, title: One, due: 2027-01-24 23:59}",
)
SILENCE_WITHOUT_REASON = warning(
    "CK109",
    "silence-without-reason",
    "A comment that allows a finding and does not say why.",
    "Whoever comes after its author cannot tell a decision from a shortcut. Without a reason nothing is "
    "allowed.",
    "<!-- coursekit: allow CK502 -->",
    "<!-- coursekit: allow CK502: the long read is the task -->",
    allow=False,
)
SILENCE_FOR_NOTHING = warning(
    "CK110",
    "silence-for-nothing",
    "A comment that allows a finding which is not there, or which nobody may allow.",
    "The next mistake of that sort would pass unseen.",
    "# coursekit: allow CK999: there is no such rule",
    "# coursekit: allow CK410: a word that only learners use",
    allow=False,
)
NEVER_IN_TIME = error(
    "CK111",
    "never-in-time",
    "A module that nobody could ever open, or only when it is due or closed already.",
    "The course would end there, and its learners would look for the mistake in themselves.",
    "- {id: one, title: One}                  # nothing in it brings points\n"
    "- {id: two, title: Two, gate: {passed: 0.6}}",
    "- {id: one, title: One}\n- {id: two, title: Two, gate: submitted}",
    "A gate `{passed: …}` above zero needs points in each prerequisite. A module that is due, or closes, "
    "before one of its prerequisites opens can be handed in by nobody in time. Prerequisites that go round "
    "in a circle are CK101: such a course cannot be read at all.",
)
UNKNOWN_PARAMETER = error(
    "CK112",
    "unknown-parameter",
    "A parameter of a variant that the cell with the tag `parameters` does not set: in the module it is for, or, "
    "where it is for all of them, in any.",
    "It would be given and never used, and the variant would be the same as all others.",
    "variants:\n  - {id: vienna, parameters: {typical_clas: 23}}      # the cell: typical_class = 25",
    "variants:\n  - {id: vienna, parameters: {typical_class: 23}}",
)
UNKNOWN_PART = error(
    "CK116",
    "unknown-part",
    "A module in a part that course.yml does not have.",
    "Learners would find it under no title, or under another one's, and the exchange refuses the course.",
    "parts:\n  - {id: comparing, title: Comparing schools}\nmodules:\n  - {id: one, title: One, part: compare}",
    "parts:\n  - {id: comparing, title: Comparing schools}\nmodules:\n  - {id: one, title: One, part: comparing}",
    allow=False,
)
PART_WITHOUT_MODULE = warning(
    "CK117",
    "part-without-module",
    "A part that no module is in.",
    "Learners never see it; most likely a module has the wrong part, or none.",
    "parts:\n  - {id: comparing, title: Comparing schools}\nmodules:\n  - {id: one, title: One}",
    "parts:\n  - {id: comparing, title: Comparing schools}\nmodules:\n  - {id: one, title: One, part: comparing}",
)
PART_APART = error(
    "CK118",
    "part-apart",
    "A part whose modules do not follow each other.",
    "A part is a stretch of the way. Its title would stand there twice, and its count of modules would be wrong; "
    "the exchange refuses the course.",
    "modules:\n  - {id: one, title: One, part: figures}\n  - {id: two, title: Two, part: comparing}\n"
    "  - {id: three, title: Three, part: figures}",
    "modules:\n  - {id: one, title: One, part: figures}\n  - {id: three, title: Three, part: figures}\n"
    "  - {id: two, title: Two, part: comparing}",
    "Moving a module changes what comes before it, unless it says so itself in `after`.",
    allow=False,
)
MODULE_WITHOUT_PART = error(
    "CK119",
    "module-without-part",
    "A module in no part, in a course where others are in one.",
    "It would seem to belong to the part above it; and the exchange refuses the course.",
    "modules:\n  - {id: one, title: One, part: figures}\n  - {id: two, title: Two}",
    "modules:\n  - {id: one, title: One, part: figures}\n  - {id: two, title: Two, part: figures}",
    allow=False,
)
TRANSLATION_MISSING = warning(
    "CK113",
    "translation-missing",
    "Something that learners read without its translation, in a language that course.yml names.",
    "Learners would meet two languages in one notebook.",
    'msgctxt "prompt/p2/title"\nmsgid "Publish?"\nmsgstr ""',
    'msgctxt "prompt/p2/title"\nmsgid "Publish?"\nmsgstr "Drucken?"',
    "`coursekit translate` lists all of them in the catalogue. Only languages under `languages` are looked at.",
    allow=False,
)
TRANSLATION_STALE = warning(
    "CK114",
    "translation-stale",
    "A translation of a text that is another now, or one that is marked fuzzy.",
    "It would say something else than the source; a build shows the source in its place.",
    '#, fuzzy\n#| msgid "Publish?"\nmsgid "Publish on Friday?"\nmsgstr "Drucken?"',
    'msgid "Publish on Friday?"\nmsgstr "Am Freitag drucken?"',
    "`coursekit translate` marks them. A translator mends the text and takes the mark away.",
    allow=False,
)
WORDS_UNTRANSLATED = warning(
    "CK115",
    "words-untranslated",
    "Terms, options or stakeholders of a criterion without their translation, in a language that course.yml names.",
    "The checks would look for words that nobody writes there, and tell learners that something is missing. So a "
    "detector that needs such words is left out of that edition, and people alone read for it.",
    'msgctxt "rubric/evidence/position/options"\nmsgid "reverse\\nkeep"\nmsgstr ""',
    'msgctxt "rubric/evidence/position/options"\nmsgid "reverse\\nkeep"\nmsgstr "umkehren\\nbehalten"',
    "One on each line, and as many as that language needs. A number that stays the same is written again.",
    allow=False,
)
