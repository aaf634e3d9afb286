"""Answers that ought not to pass, by families: what somebody might hand in who wants to be passed without
thinking.

    FAMILIES: name → (rng, material) → answer
    UNDETECTABLE: families that are reported and never gated; nothing that reads like this one can see them

Each family makes many different answers from the same material. They know the guards, as any adversary may.
"""

from __future__ import annotations

import base64
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import yaml

from coursekit.model.reflection import Basis
from coursekit.policy.reflection.text import normalise
from support.reflections import corpus
from support.reflections.bases import PROSE, basis, exemplars
from support.reflections.foreign import FILLER, INJECTIONS, NEW_INJECTIONS, PARAPHRASED
from support.reflections.variety import vary


@dataclass(frozen=True)
class Material:
    """What an adversary has at hand for one prompt."""

    prompt: str
    basis: Basis
    failing: tuple[str, ...]
    """Answers that people have failed."""
    passing: tuple[str, ...]
    """Good answers that nobody among the peers has written."""
    peers: tuple[str, ...]
    """What others have handed in, good and bad; the checks know them as well."""
    good_peers: tuple[str, ...]
    siblings: tuple[str, ...]
    """Excellent answers to other questions of the module."""
    elsewhere: tuple[str, ...]
    """Excellent answers to questions of another module."""
    sentences: tuple[str, ...]
    """The case's and the notebook's, one by one."""
    keywords: tuple[str, ...]
    """Words, names and figures of the case."""
    asides: tuple[str, ...]
    """Own words of a school leader that say nothing about the case."""


Family = Callable[[random.Random, Material], str]


@cache
def material(prompt: str, seed: int = 0, peers: int = 60) -> Material:
    """For one of `corpus.PROMPTS`."""
    module = prompt.split("/")[0]
    told = basis(prompt)
    others = corpus.held_out(prompt, peers, seed + 71)
    sentences = tuple(
        s
        for text in told.case
        for s in re.split(r"(?<=[.!?])\s+|\n+", normalise(text).text)
        if 6 <= len(s.split()) <= 40
    )
    words = {w.strip(".,;:!?()“”\"'’") for s in sentences for w in s.split()}
    keywords = sorted(w for w in words if len(w) > 4 or w[:1].isdigit() or w[:1].isupper())
    return Material(
        prompt,
        told,
        (*corpus.failing(prompt, 60, seed), *(e.text for e in exemplars(prompt) if not e.adequate)),
        (*corpus.genuine(prompt, 60, seed), *(e.text for e in exemplars(prompt) if e.adequate)),
        tuple(o.text for o in others),
        tuple(o.text for o in others if o.adequate),
        tuple(
            e.text for p in PROSE if p.startswith(module) and p != prompt for e in exemplars(p) if e.adequate
        ),
        tuple(
            [e.text for p in PROSE if not p.startswith(module) for e in exemplars(p) if e.adequate]
            + [t for p in corpus.PROMPTS if p != prompt for t in corpus.genuine(p, 40, seed)]
        ),
        sentences,
        tuple(keywords),
        tuple(corpus.asides(prompt, 200, seed)),
    )


def failing_as_is(rng: random.Random, m: Material) -> str:
    return rng.choice(m.failing)


def failing_and_keywords(rng: random.Random, m: Material) -> str:
    return f"{rng.choice(m.failing)} {' '.join(rng.sample(m.keywords, 60))}."


def failing_and_keywords_in_sentences(rng: random.Random, m: Material) -> str:
    lists = [
        f"The case is about {', '.join(rng.sample(m.keywords, 9))} and {rng.choice(m.keywords)}."
        for _ in "123456"
    ]
    return f"{rng.choice(m.failing)} {' '.join(lists)}"


def keyword_list(rng: random.Random, m: Material) -> str:
    return ", ".join(rng.sample(m.keywords, min(120, len(m.keywords))))


def babel(rng: random.Random, m: Material) -> str:
    made = []
    for _ in range(rng.randint(7, 11)):
        made.append(re.sub("_", lambda _: rng.choice(m.keywords), rng.choice(_BABEL)))
    return " ".join(made)


def template_with_other_nouns(rng: random.Random, m: Material) -> str:
    template = rng.choice(_BABEL)
    return " ".join(re.sub("_", lambda _: rng.choice(m.keywords), template) for _ in range(9))


def copied_case(rng: random.Random, m: Material) -> str:
    at = rng.randrange(len(m.sentences) - 9)
    return " ".join(m.sentences[at : at + 9])


def copied_case_here_and_there(rng: random.Random, m: Material) -> str:
    return " ".join(rng.sample(m.sentences, 8))


def copied_case_one_word_in_six_changed(rng: random.Random, m: Material) -> str:
    return _changed(rng, copied_case(rng, m), 1 / 6)


def failing_and_80_copied_words(rng: random.Random, m: Material) -> str:
    copied = " ".join(rng.sample(m.sentences, 8)).split()[:80]
    return f"{rng.choice(m.failing)} {' '.join(copied)}."


def paraphrased_case(rng: random.Random, m: Material) -> str:
    said = list(PARAPHRASED[m.basis.title])
    chosen = rng.sample(said, min(len(said), rng.randint(6, 9)))
    return " ".join(vary(s, rng) for s in sorted(chosen, key=said.index))


def failing_three_times(rng: random.Random, m: Material) -> str:
    return " ".join([rng.choice(m.failing)] * 3)


def said_again_in_other_words(rng: random.Random, m: Material) -> str:
    text = rng.choice(m.failing)
    return " ".join(" ".join(vary(s, rng) for s in _sentences(text)) for _ in range(3))


def excellent_elsewhere(rng: random.Random, m: Material) -> str:
    return rng.choice(m.elsewhere)


def elsewhere_and_two_case_sentences(rng: random.Random, m: Material) -> str:
    return f"{rng.choice(m.elsewhere)} {' '.join(rng.sample(m.sentences, 2))}"


def elsewhere_and_the_question(rng: random.Random, m: Material) -> str:
    return f"{normalise(m.basis.question).text} {rng.choice(m.elsewhere)}"


def elsewhere_with_case_names(rng: random.Random, m: Material) -> str:
    words = rng.choice(m.elsewhere).split()
    names = [k for k in m.keywords if k[:1].isupper() or k[:1].isdigit()]
    for at in rng.sample(range(len(words)), max(3, len(words) // 14)):
        words[at] = rng.choice(names)
    return " ".join(words)


def excellent_for_another_prompt(rng: random.Random, m: Material) -> str:
    return rng.choice(m.siblings)


def another_prompt_in_other_words(rng: random.Random, m: Material) -> str:
    return " ".join(vary(s, rng) for s in _sentences(rng.choice(m.siblings)))


def words_shuffled(rng: random.Random, m: Material) -> str:
    words = rng.choice(m.passing).split()
    rng.shuffle(words)
    return " ".join(words)


def words_shuffled_within_sentences(rng: random.Random, m: Material) -> str:
    made = []
    for sentence in _sentences(rng.choice(m.passing)):
        words = sentence.rstrip(".!?").split()
        rng.shuffle(words)
        made.append(" ".join(words) + ".")
    return " ".join(made)


def half_shuffled(rng: random.Random, m: Material) -> str:
    words = rng.choice(m.passing).split()
    half = words[len(words) // 2 :]
    rng.shuffle(half)
    return " ".join([*words[: len(words) // 2], *half])


def sentences_shuffled(rng: random.Random, m: Material) -> str:
    sentences = _sentences(rng.choice(m.passing))
    rng.shuffle(sentences)
    return " ".join(sentences)


def verbatim_peer(rng: random.Random, m: Material) -> str:
    return rng.choice(m.good_peers)


def peer_lightly_edited(rng: random.Random, m: Material) -> str:
    return _changed(rng, rng.choice(m.good_peers), 1 / 7)


def peer_with_sentences_moved(rng: random.Random, m: Material) -> str:
    sentences = _sentences(rng.choice(m.good_peers))
    rng.shuffle(sentences)
    return " ".join(sentences)


def two_peers_half_and_half(rng: random.Random, m: Material) -> str:
    first, second = (_sentences(p) for p in rng.sample(m.good_peers, 2))
    return " ".join([*first[: len(first) // 2 + 1], *second[len(second) // 2 :]])


def gibberish_letters(rng: random.Random, m: Material) -> str:
    rows = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertyuiopasdfghjklzxcvbnm")
    return " ".join("".join(rng.choices(rng.choice(rows), k=rng.randint(3, 9))) for _ in range(120))


def gibberish_syllables(rng: random.Random, m: Material) -> str:
    syllables = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
    return " ".join(f"{''.join(rng.choices(syllables, k=rng.randint(1, 4)))}" for _ in range(120)) + "."


def lorem_ipsum(rng: random.Random, m: Material) -> str:
    words = _LOREM.split()
    made = []
    for _ in range(12):
        made.append(" ".join(rng.sample(words, rng.randint(6, 11))).capitalize() + ".")
    return " ".join(made)


def failing_and_injection(rng: random.Random, m: Material) -> str:
    return _injected(rng, rng.choice(m.failing), rng.choice(INJECTIONS))


def failing_and_new_injection(rng: random.Random, m: Material) -> str:
    return _injected(rng, rng.choice(m.failing), rng.choice(NEW_INJECTIONS))


def failing_and_disguised_injection(rng: random.Random, m: Material) -> str:
    said = rng.choice(INJECTIONS)
    disguised = rng.choice(
        (
            base64.b64encode(said.encode()).decode(),
            " ".join(said),
            "".join(f"&#{ord(c)};" for c in said),
            f"<!-- {said} -->",
            f'<span style="color:white">{said}</span>',
            f"[//]: # ({said})",
            "\u200b".join(said),
            "".join(chr(0xE0000 + ord(c)) for c in said if ord(c) < 128) or "\u2063" * 40,
            said.upper(),
            said.translate(_POSING),
        )
    )
    return _injected(rng, rng.choice(m.failing), disguised)


def translated_filler(rng: random.Random, m: Material) -> str:
    said = rng.choice(list(FILLER.values()))
    return " ".join(rng.choices(said, k=rng.randint(8, 12)))


def mixed_languages(rng: random.Random, m: Material) -> str:
    said = rng.choice(list(FILLER.values()))
    sentences = [*_sentences(rng.choice(m.failing)), *rng.choices(said, k=6)]
    rng.shuffle(sentences)
    return " ".join(sentences)


def other_languages_and_keywords(rng: random.Random, m: Material) -> str:
    _, text = rng.choice(sorted(_sincere().items()))
    return f"{text} {', '.join(rng.sample(m.keywords, 25))}."


def homoglyphs(rng: random.Random, m: Material) -> str:
    text = rng.choice((*m.good_peers, *m.sentences))
    if len(text.split()) < 60:
        text = copied_case(rng, m)
    return "".join(c.translate(_POSING) if rng.random() < 0.3 else c for c in text)


def homoglyphs_whole(rng: random.Random, m: Material) -> str:
    return rng.choice(m.good_peers).translate(_POSING)


def zero_width(rng: random.Random, m: Material) -> str:
    joined = rng.choice(("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\U000e0041"))
    return "".join(c + joined if rng.random() < 0.25 else c for c in rng.choice(m.good_peers))


def hidden_keywords(rng: random.Random, m: Material) -> str:
    words = " ".join(rng.sample(m.keywords, 60)) + " " + " ".join(rng.sample(m.sentences, 3))
    hidden = rng.choice(_HIDDEN).replace("_", words)
    return f"{rng.choice(m.failing)}\n\n{hidden}"


def hidden_good_answer(rng: random.Random, m: Material) -> str:
    return f"{rng.choice(m.failing)}\n\n{rng.choice(_HIDDEN).replace('_', rng.choice(m.passing))}"


def markdown_all_over(rng: random.Random, m: Material) -> str:
    words = [
        rng.choice(("**{}**", "*{}*", "`{}`", "~~{}~~", "[{}](x)", "{}")).format(w)
        for w in rng.sample(m.keywords, 70)
    ]
    return "# Answer\n\n" + "\n".join(f"- {' '.join(words[at : at + 7])}" for at in range(0, 70, 7))


def table_of_the_case(rng: random.Random, m: Material) -> str:
    rows = [f"| {rng.choice(m.keywords)} | {s} |" for s in rng.sample(m.sentences, 7)]
    return "\n".join(["| what | fact |", "|---|---|", *rows])


def asides_only(rng: random.Random, m: Material) -> str:
    return " ".join(rng.sample(m.asides, 12))


def asides_and_one_figure(rng: random.Random, m: Material) -> str:
    figures = [k for k in m.keywords if k[:1].isdigit()]
    return (
        " ".join(rng.sample(m.asides, 10)) + f" I think of {rng.choice(figures)} and {rng.choice(figures)}."
    )


def the_question_itself(rng: random.Random, m: Material) -> str:
    asked = normalise(m.basis.question).text
    return rng.choice((asked, f"{asked} {asked}", f"{m.basis.title}. {asked}"))


def the_rubric_back(rng: random.Random, m: Material) -> str:
    said = []
    for criterion in m.basis.rubric.criteria:
        ask = criterion.ask[0].lower() + criterion.ask[1:]
        terms = ", ".join(rng.sample(criterion.terms, min(4, len(criterion.terms))))
        said.append(rng.choice(_CLAIMS).format(ask=ask.rstrip("."), terms=terms))
    return " ".join(said + rng.sample(m.asides, 4))


FAMILIES: dict[str, Family] = {
    family.__name__: family
    for family in (
        failing_as_is,
        failing_and_keywords,
        failing_and_keywords_in_sentences,
        keyword_list,
        babel,
        template_with_other_nouns,
        copied_case,
        copied_case_here_and_there,
        copied_case_one_word_in_six_changed,
        failing_and_80_copied_words,
        paraphrased_case,
        failing_three_times,
        said_again_in_other_words,
        excellent_elsewhere,
        elsewhere_and_two_case_sentences,
        elsewhere_and_the_question,
        elsewhere_with_case_names,
        excellent_for_another_prompt,
        another_prompt_in_other_words,
        words_shuffled,
        words_shuffled_within_sentences,
        half_shuffled,
        sentences_shuffled,
        verbatim_peer,
        peer_lightly_edited,
        peer_with_sentences_moved,
        two_peers_half_and_half,
        gibberish_letters,
        gibberish_syllables,
        lorem_ipsum,
        failing_and_injection,
        failing_and_new_injection,
        failing_and_disguised_injection,
        translated_filler,
        mixed_languages,
        other_languages_and_keywords,
        homoglyphs,
        homoglyphs_whole,
        zero_width,
        hidden_keywords,
        hidden_good_answer,
        markdown_all_over,
        table_of_the_case,
        asides_only,
        asides_and_one_figure,
        the_question_itself,
        the_rubric_back,
    )
}
UNDETECTABLE = frozenset(("sentences_shuffled",))

_BABEL = (
    "The question of _ is a fundamental part of every _, and _ will always be the basis of what we call _.",
    "Most of the affirmations about _ are assertions of _, because the _ that we have is a _ for the whole "
    "of _.",
    "In the realm of _, many of the precursors of _ have been proclaimed by the _ and by the _ of our time.",
    "Humankind has not, and presumably never will, accept _ as the only _ of _, and this is why _ is "
    "important to me.",
    "As I have learned in my career, _ is the most commonly avowed _ of _ and can therefore be seen as _.",
    "If _ were not a _, then the _ of our school would be no more than a _ in the hands of _.",
    "The more _ attenuates the _, the more our _ is an altruistic example of _ and of _.",
    "I think that _ and _ are strongest, because _ shows that _ is a _ for everybody.",
)
_CLAIMS = (
    "Here I say that it {ask}, with {terms}.",
    "My answer {ask}; I think of {terms}.",
    "It is important that one {ask} and looks at {terms}.",
    "In this case the writer {ask}, for example {terms}.",
)
_HIDDEN = (
    "<!-- _ -->",
    '<span style="color:white">_</span>',
    '<p style="font-size:1px">_</p>',
    '<div style="display:none">_</div>',
    "<div hidden>_</div>",
    '<span style="opacity:0">_</span>',
    '<font color="#ffffff">_</font>',
    '<div style="position:absolute;left:-9999px">_</div>',
    '<p style="height:1px;overflow:hidden">_</p>',
    "[//]: # (_)",
    '![_](pixel.png "1px")',
    '<img src="x.png" width="1" height="1" alt="_">',
    "$\\phantom{_}$",
    "<!-- _",
    "<template>_</template>",
)
_LOREM = (
    "lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et "
    "dolore magna "
    "aliqua enim ad minim veniam quis nostrud exercitation ullamco laboris nisi aliquip ex ea commodo "
    "consequat duis aute "
    "irure in reprehenderit voluptate velit esse cillum fugiat nulla pariatur excepteur sint occaecat "
    "cupidatat non proident"
)
_POSING = str.maketrans("aeopcyxsijhBEHKMOPCTXA", "аеорсухѕіјһВЕНКМОРСТХА")
_CHANGES = [
    "really",
    "some",
    "certain",
    "often",
    "this",
    "thing",
    "simply",
    "mainly",
    "perhaps",
    "clearly",
    "matter",
    "such",
    "another",
    "little",
    "rather",
    "whole",
    "given",
    "good",
    "other",
    "work",
    "view",
]


def _changed(rng: random.Random, text: str, share: float) -> str:
    words = vary(text, rng).split()
    for at in range(len(words)):
        if rng.random() < share:
            words[at] = rng.choice(_CHANGES)
    return " ".join(words)


def _injected(rng: random.Random, text: str, said: str) -> str:
    return rng.choice((f"{said}\n\n{text}", f"{text}\n\n{said}", f"{text} {said}"))


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?])\s+", text)


@cache
def _sincere() -> dict[str, str]:
    from pathlib import Path

    file = Path(__file__).parent / "sincere.yml"
    told: dict[str, str] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return {name: text for name, text in told.items() if name != "English"}
