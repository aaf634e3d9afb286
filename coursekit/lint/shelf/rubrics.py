"""CK4xx: rubrics and exemplars."""

from __future__ import annotations

from coursekit.lint.rule import error, warning

EXEMPLAR_FOR_UNKNOWN = error(
    "CK401",
    "exemplar-for-unknown",
    "An exemplar for a prompt that is not there.",
    "It would calibrate nothing.",
    "- {id: a, prompt: p9, response: {text: …}}     # the prompts are p1 and p2",
    "- {id: a, prompt: p2, response: {text: …}}",
)
DUPLICATE_EXEMPLAR = error(
    "CK402",
    "duplicate-exemplar",
    "Two exemplars with one id.",
    "Reports on the checks name exemplars by id.",
    "- {id: a, prompt: p2, …}\n- {id: a, prompt: p2, …}",
    "- {id: a, prompt: p2, …}\n- {id: b, prompt: p2, …}",
)
MARKS_UNLIKE_RUBRIC = error(
    "CK403",
    "marks-unlike-rubric",
    "An exemplar whose marks are not one existing level for each criterion of the rubric.",
    "The checks would be calibrated on a mark that cannot be given.",
    "marks: {evidence: 3}                # the levels of evidence are 0, 1, 2; position has no mark",
    "marks: {evidence: 2, position: 1}",
)
RESPONSE_UNLIKE_KIND = error(
    "CK404",
    "response-unlike-kind",
    "An exemplar whose response has not the shape of its prompt's kind.",
    "The simulated cohort could not hand it in.",
    'response: {text: "About nine."}     # of an estimate',
    'response: {value: 9, reason: "About nine."}',
)
FEW_EXEMPLARS = warning(
    "CK405",
    "few-exemplars",
    "A prose prompt with fewer than 8 exemplars.",
    "With fewer, nobody can tell how far the checks can be trusted.",
    "exemplars:\n  - {id: a, prompt: p3, …}",
    "exemplars:\n  - {id: a, prompt: p3, …}\n  - {id: b, prompt: p3, …}     # and six more, from weak to "
    "excellent",
)
LEVEL_WITHOUT_EXEMPLAR = warning(
    "CK406",
    "level-without-exemplar",
    "A level of a criterion that no exemplar of the prompt was given.",
    "The checks, and whoever joins as a grader, have never seen what it looks like.",
    "marks: {evidence: 1}\nmarks: {evidence: 2}",
    "marks: {evidence: 0}\nmarks: {evidence: 1}\nmarks: {evidence: 2}",
)
AUTO_ON_FEW_EXEMPLARS = error(
    "CK407",
    "auto-on-few-exemplars",
    "A rubric with `auto: adequate_attempt` whose prompt has fewer than 20 exemplars with `adequate` said.",
    "Nothing may happen without a person on so little.",
    "decision: {auto: adequate_attempt, …}",
    "decision: {auto: none, …}",
)
PROMPT_UNLIKE_RUBRIC = warning(
    "CK408",
    "prompt-unlike-rubric",
    "A prompt whose words meet no word of its rubric.",
    "Learners would be marked on what nobody asked them for; most likely it is another prompt's rubric.",
    "Who would lose most by your answer?         # rubric: reading-a-chart",
    "Who would lose most by your answer?         # rubric: who-loses",
)
ADEQUATE_UNLIKE_RULE = error(
    "CK409",
    "adequate-unlike-rule",
    "An exemplar whose `adequate` is not what the rubric's own rule makes of its marks.",
    "Either the rule or the mark says what its author does not mean, and the checks would learn both.",
    "rule: {all_of: [evidence]}\nmarks: {evidence: 0}\nadequate: true",
    "rule: {all_of: [evidence]}\nmarks: {evidence: 0}\nadequate: false",
)
WORD_NEVER_SEEN = warning(
    "CK410",
    "word-never-seen",
    "A term, option or stakeholder that stands in no exemplar, nowhere in the case and nowhere in the "
    "notebook.",
    "The checks would look for it in vain; most likely it is misspelt, or a learner's word for it is another.",
    "terms: [electrisity]",
    "terms: [electricity]",
)
PRIVATE_PHRASE_PUBLIC = error(
    "CK411",
    "private-phrase-public",
    "A private phrase that stands in the case or in the notebook's text.",
    "Learners may quote it, and each of them would be sent to a person for having read the case.",
    'private_phrases: ["nobody asked the caretaker"]     # the case says so',
    'private_phrases: ["need is a better argument"]      # only the model answer says so',
)
CRITERION_NEVER_SHOWN = warning(
    "CK412",
    "criterion-never-shown",
    "A criterion with terms, of which not one stands in an exemplar of its prompt.",
    "The checks learn what a criterion looks like from exemplars; of this one they would learn nothing.",
    "terms: [regrading]                  # no exemplar speaks of regrading",
    "terms: [regrading, read again]      # “They read it again until it was 65.”",
)
ADEQUATE_TOO_SHORT = error(
    "CK413",
    "adequate-too-short",
    "An exemplar that is adequate and has fewer words than its prompt's `min_words`.",
    "No learner could commit it, and the checks would ask a person about each answer like it.",
    "min_words: 30\nadequate: true       # “Ask Salomé.”",
    "min_words: 30\nadequate: true       # as many words, or fewer asked for",
)
