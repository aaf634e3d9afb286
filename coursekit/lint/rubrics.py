"""Rules about what the checks of answers work with: rubrics held against prompts, exemplars and the case."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from coursekit.lint import catalog as rules
from coursekit.lint.catalog import Material
from coursekit.lint.finding import Finding
from coursekit.lint.material import texts_of
from coursekit.lint.prompts import is_prose, question_of
from coursekit.model.notebook import Cell, Faculty
from coursekit.model.prompt import Prompt
from coursekit.model.rubric import Auto, Exemplar, Rubric, Rule
from coursekit.model.words import count_words

ENOUGH_FOR_AUTO = 20

_WORD = re.compile(r"[^\W\d_]{4,}")
# Words that a question and a rubric may share without speaking of the same thing.
_EVERYWHERE = re.compile(
    r"about|answer|asks|been|both|case|does|each|from|gives|have|into|more|most|must|names|"
    r"nothing|only|other|over|question|says|should|somebody|something|specific|such|take|than|"
    r"that|their|them|then|there|these|they|think|this|uses|what|when|where|which|whom|"
    r"will|with|word|words|would|write|yours|your"
)


def rubric_findings(material: Material) -> Iterator[Finding]:
    """What is wrong between rubrics, prompts, exemplars and the case."""
    for cell, prompt in material.notebook.prompts():
        rubric = material.rubrics.get(prompt.rubric or "")
        if rubric is None or not is_prose(prompt):
            continue
        exemplars = [e for e in material.exemplars if e.prompt == prompt.id]
        yield from _levels(material, prompt, rubric, exemplars)
        yield from _auto(material, prompt, rubric, exemplars)
        yield from _asked(material, cell, prompt, rubric)
        yield from _adequate(material, rubric, exemplars)
        yield from _too_short(material, prompt, exemplars)
        yield from _never_shown(material, prompt, rubric, exemplars)
    yield from _words(material)


def _levels(
    material: Material, prompt: Prompt, rubric: Rubric, exemplars: list[Exemplar]
) -> Iterator[Finding]:
    """Said only where there are exemplars: CK405 tells of a prompt without any."""
    for criterion in rubric.criteria if exemplars else ():
        shown = {e.marks.get(criterion.id) for e in exemplars}
        missing = [level for level in sorted(criterion.levels) if level not in shown]
        if missing:
            which = ", ".join(str(level) for level in missing)
            yield rules.LEVEL_WITHOUT_EXEMPLAR.at(
                material.exemplars_file,
                None,
                f"No exemplar of {prompt.id} has {which} for {criterion.id}.",
                "Add one that has: short and long ones at each level, so that length is no sign of it.",
            )


def _never_shown(
    material: Material, prompt: Prompt, rubric: Rubric, exemplars: list[Exemplar]
) -> Iterator[Finding]:
    """Said only where there are exemplars, as above."""
    shown = _plain(t for e in exemplars for t in texts_of(e))
    for criterion in rubric.criteria if exemplars else ():
        if criterion.terms and not any(_stands_in(term, shown) for term in criterion.terms):
            yield rules.CRITERION_NEVER_SHOWN.at(
                material.rubrics_file,
                None,
                f"No exemplar of {prompt.id} has a term of {criterion.id}, of the rubric {rubric.name}.",
                "Add an exemplar in which one of its terms stands, or write the terms as learners would.",
                line=material.rubric_line(rubric.name, "criteria", criterion.id, "terms"),
            )


def _auto(material: Material, prompt: Prompt, rubric: Rubric, exemplars: list[Exemplar]) -> Iterator[Finding]:
    said = sum(e.adequate is not None for e in exemplars)
    if rubric.decision.auto is not Auto.NONE and said < ENOUGH_FOR_AUTO:
        yield rules.AUTO_ON_FEW_EXEMPLARS.at(
            material.rubrics_file,
            None,
            f"The rubric {rubric.name} has auto: {rubric.decision.auto}, and {prompt.id} has {said} exemplars "
            "that say whether they are adequate.",
            f"Write auto: none until there are {ENOUGH_FOR_AUTO}; coursekit reflect pilot helps to get them.",
            line=material.rubric_line(rubric.name, "decision"),
        )


def _asked(material: Material, cell: Cell, prompt: Prompt, rubric: Rubric) -> Iterator[Finding]:
    question = question_of(material.notebook, cell, prompt)
    asked = _stems([prompt.title, question, *(field.label for field in prompt.fields)])
    scored = _stems(_texts_of(rubric))
    # With so few words on one side, or in a script that our stems do not fit, silence says nothing.
    if min(len(asked), len(scored)) >= 3 and not asked & scored:
        yield rules.PROMPT_UNLIKE_RUBRIC.at(
            material.notebook_file,
            cell,
            f"The prompt {prompt.id} and its rubric {rubric.name} have no word in common.",
            "Name another rubric, or ask in the question for what this one looks for.",
        )


def _adequate(material: Material, rubric: Rubric, exemplars: list[Exemplar]) -> Iterator[Finding]:
    rule = rubric.decision.rule
    if not rule.all_of and not rule.of:
        return
    for exemplar in exemplars:
        if exemplar.adequate is None or set(exemplar.marks) != {c.id for c in rubric.criteria}:
            continue
        below = _short_of(rule, exemplar)
        if exemplar.adequate is not bool(below):
            continue
        said = "adequate: true" if exemplar.adequate else "adequate: false"
        yield rules.ADEQUATE_UNLIKE_RULE.at(
            material.exemplars_file,
            None,
            f"The exemplar {exemplar.id} has {said}, and the rule of {rubric.name} says otherwise: "
            f"{below or 'its marks meet it'}.",
            "Change the mark, the word or the rule: they must say the same.",
            line=material.exemplar_line(exemplar.id),
        )


def _too_short(material: Material, prompt: Prompt, exemplars: list[Exemplar]) -> Iterator[Finding]:
    for exemplar in exemplars:
        count = count_words(str(exemplar.response.get("text", "")))
        if exemplar.adequate and count < prompt.min_words:
            yield rules.ADEQUATE_TOO_SHORT.at(
                material.exemplars_file,
                None,
                f"The exemplar {exemplar.id} is adequate and has {count} {'word' if count == 1 else 'words'}; "
                f"{prompt.id} asks for {prompt.min_words}.",
                "Write on, say adequate: false with the marks that go with it, or lower min_words.",
                line=material.exemplar_line(exemplar.id),
            )


def _short_of(rule: Rule, exemplar: Exemplar) -> str:
    """Why the marks do not meet the rule; empty when they do."""
    without = [c for c in rule.all_of if exemplar.marks[c] < 1]
    if without:
        return f"{', '.join(without)} {'are' if len(without) > 1 else 'is'} at 0"
    count = sum(exemplar.marks[c] >= 1 for c in rule.of)
    if count < rule.at_least:
        return f"{count} of {', '.join(rule.of)} above 0, and {rule.at_least} are asked for"
    return ""


def _words(material: Material) -> Iterator[Finding]:
    public = _plain([*material.case, *_told(material)])
    answers = _plain(t for e in material.exemplars for t in texts_of(e))
    for rubric in material.rubrics.values():
        for criterion in rubric.criteria:
            for name in ("terms", "options", "stakeholders"):
                for term in getattr(criterion, name):
                    if not _stands_in(term, public) and not _stands_in(term, answers):
                        yield rules.WORD_NEVER_SEEN.at(
                            material.rubrics_file,
                            None,
                            f"“{term}” of the rubric {rubric.name}, {criterion.id}, {name}, stands in no "
                            "exemplar, case or notebook.",
                            "Mend its spelling, take it out, or add an exemplar in which it stands.",
                            line=material.rubric_line(rubric.name, "criteria", criterion.id, name),
                        )
        for phrase in rubric.private_phrases:
            if _stands_in(phrase, public):
                yield rules.PRIVATE_PHRASE_PUBLIC.at(
                    material.rubrics_file,
                    None,
                    f"The private phrase “{phrase}” of the rubric {rubric.name} stands in the case or "
                    "the notebook.",
                    "Choose one that no learner has read, or take it out.",
                    line=material.rubric_line(rubric.name, "private_phrases"),
                )


def _told(material: Material) -> Iterator[str]:
    """What the notebook tells its learners: not what faculty read, and not the model answers."""
    for cell in material.notebook.cells:
        if cell.cell_type == "markdown" and not isinstance(cell.role, Faculty | Prompt):
            yield cell.source
        if isinstance(cell.role, Prompt):
            yield cell.role.question


def _texts_of(rubric: Rubric) -> Iterator[str]:
    yield rubric.title
    for criterion in rubric.criteria:
        yield from (criterion.ask, *criterion.levels.values(), criterion.found, criterion.missing)
        yield from (*criterion.terms, *criterion.options, *criterion.stakeholders)


def _stems(texts: Iterable[str]) -> set[str]:
    words = (w for text in texts for w in _WORD.findall(text.casefold()))
    return {w[:5] for w in words if not _EVERYWHERE.fullmatch(w)}


def _plain(texts: Iterable[str]) -> str:
    return " ".join(" ".join(texts).casefold().replace("’", "'").split())


def _stands_in(term: str, text: str) -> bool:
    """At the start of a word: “lot” stands in “lots” and not in “allotment”."""
    wanted = _plain([term])
    at = text.find(wanted) if wanted else -1
    while at > 0 and (text[at - 1].isalnum() or text[at - 1] == "_"):
        at = text.find(wanted, at + 1)
    return at >= 0
