"""Marked answers to two prompts of the reference modules, as many as wanted, the same for the same seed.

An answer is composed of sentences that earn a level, of own practice and reasoning that earn nothing by themselves,
and of filler. How much filler there is does not depend on how good an answer is, so length tells something, and not
all. It is a stand-in: with it one can show that the machinery works, not how good it is for people's answers.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from coursekit.model.reflection import Marked
from support.reflections.bases import basis, exemplars
from support.reflections.grammar import expand
from support.reflections.variety import vary

PROMPTS = ("spike-at-65/p2", "small-classes/p5")
"""Those for which there are sentences."""

_HERE = Path(__file__).parent
_STANCES = {
    "spike-at-65/p2": ("readers", "readers", "readers", "rule", "rule", "pupils"),
    "small-classes/p5": ("change", "change", "change", "strike", "sign"),
}
_ADEQUATE_SUM = {"spike-at-65/p2": 3, "small-classes/p5": 4}


def marked(prompt: str, n: int, seed: int = 0) -> list[Marked]:
    """`n` marked answers of all qualities: up to half of them the authors' exemplars, the rest composed."""
    rng = random.Random(f"marked {prompt} {seed}")
    own = list(exemplars(prompt))
    rng.shuffle(own)
    chosen = own[: n // 2]
    made = [_answer(prompt, rng, f"m{i:04d}") for i in range(n - len(chosen))]
    answers = chosen + made
    rng.shuffle(answers)
    return answers


def held_out(prompt: str, n: int, seed: int = 0) -> list[Marked]:
    """`n` composed answers that `marked` never gives, for measuring; marked without a slip of anybody's."""
    rng = random.Random(f"held out {prompt} {seed}")
    return [_answer(prompt, rng, f"h{i:04d}", slips=False) for i in range(n)]


def genuine(prompt: str, n: int, seed: int = 0) -> list[str]:
    """`n` answers out of `held_out` that are an adequate attempt."""
    many = held_out(prompt, 4 * n + 20, seed)
    return [one.text for one in many if one.adequate][:n]


def failing(prompt: str, n: int, seed: int = 0) -> list[str]:
    """`n` answers out of `held_out` that are none."""
    many = held_out(prompt, 4 * n + 20, seed + 1_000_003)
    return [one.text for one in many if not one.adequate][:n]


def asides(prompt: str, n: int, seed: int = 0) -> list[str]:
    """`n` sentences of a leader's own that say nothing about the case."""
    rng = random.Random(f"asides {prompt} {seed}")
    bank = _bank(prompt)
    return [_tidy(_said(rng.choice(bank["practice"] + bank["filler"]), rng)) for _ in range(n)]


def _answer(prompt: str, rng: random.Random, name: str, slips: bool = True) -> Marked:
    bank = _bank(prompt)
    quality = rng.betavariate(1.3, 1.1)
    stance = rng.choice(_STANCES[prompt])
    levels: dict[str, int] = {}
    sentences: list[str] = []
    for criterion in basis(prompt).rubric.criteria:
        level = _level(rng, quality, criterion.points)
        by_stance = bank[criterion.id][level]
        choices = by_stance.get(stance) or by_stance.get("any") or by_stance.get("none")
        if not choices:
            level, choices = 1, bank[criterion.id][1][stance]
        levels[criterion.id] = level
        # Whoever has nothing to say on it mostly says nothing.
        if level or rng.random() < 0.45:
            wanted = 1 + (level == criterion.points and criterion.id == "evidence" and rng.random() < 0.6)
            sentences += [_said(t, rng) for t in rng.sample(choices, min(wanted, len(choices)))]
    reasoning = _count(rng, 1.0 + 2.2 * quality)
    practice = _count(rng, 0.9)
    filler = _count(rng, 1.6 + 1.4 * (1 - quality) if rng.random() < 0.7 else 4.5)
    for kind, wanted in (("reasoning", reasoning), ("practice", practice), ("filler", filler)):
        sentences += [_said(t, rng) for t in rng.sample(bank[kind], min(wanted, len(bank[kind])))]
    _ORDERS[rng.randrange(len(_ORDERS))](rng, sentences)
    text = " ".join(s if s[-1] in '.!?"' else f"{s}." for s in map(_tidy, sentences))
    while len(text.split()) < 32:
        text += " " + _tidy(_said(rng.choice(bank["filler"]), rng))
    if rng.random() < 0.2:
        text = typos(text, 0.02, rng)
    if not slips:
        return Marked(name, text, levels, _adequate(prompt, levels))
    fit = _adequate(prompt, levels)
    return Marked(name, text, _noisy(prompt, levels, rng), fit if rng.random() >= 0.02 else not fit)


def typos(text: str, share: float, rng: random.Random) -> str:
    """The text with that share of its words mistyped: two letters swapped, one left out, or one doubled."""
    words = re.split(r"(\s+)", text)
    for place in range(0, len(words), 2):
        word = words[place]
        if len(word) < 4 or not word.isascii() or rng.random() >= share:
            continue
        at = rng.randrange(1, len(word) - 2)
        kind = rng.randrange(3)
        if kind == 0:
            words[place] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        elif kind == 1:
            words[place] = word[:at] + word[at + 1 :]
        else:
            words[place] = word[:at] + word[at] + word[at:]
    return "".join(words)


def _level(rng: random.Random, quality: float, points: int) -> int:
    return sum(rng.random() < quality * 1.15 - 0.12 * step for step in range(points))


def _count(rng: random.Random, mean: float) -> int:
    return max(0, round(rng.gauss(mean, 0.4 + mean / 3)))


def _said(template: str, rng: random.Random) -> str:
    return vary(expand(template, rng), rng)


def _tidy(sentence: str) -> str:
    one = " ".join(sentence.split()).replace(" ,", ",").replace(",,", ",").replace(" .", ".")
    return one[:1].upper() + one[1:]


def _noisy(prompt: str, levels: Mapping[str, int], rng: random.Random) -> dict[str, int]:
    # Two people agree on a level in most cases, not in all.
    top = {c.id: c.points for c in basis(prompt).rubric.criteria}
    return {
        name: min(top[name], max(0, level + rng.choice((-1, 1)))) if rng.random() < 0.07 else level
        for name, level in levels.items()
    }


def _adequate(prompt: str, levels: Mapping[str, int]) -> bool:
    enough = sum(levels.values()) >= _ADEQUATE_SUM[prompt]
    return levels["evidence"] > 0 and levels["position"] > 0 and enough


def _as_found(rng: random.Random, sentences: list[str]) -> None:
    pass


def _filler_first(rng: random.Random, sentences: list[str]) -> None:
    sentences[:] = sentences[-1:] + sentences[:-1]


def _any_order(rng: random.Random, sentences: list[str]) -> None:
    head = sentences[:1]
    rest = sentences[1:]
    rng.shuffle(rest)
    sentences[:] = head + rest


_ORDERS = (_as_found, _filler_first, _any_order, _any_order)


@cache
def _bank(prompt: str) -> Mapping[str, Any]:
    path = _HERE / f"{prompt.replace('/', '.')}.yml"
    bank: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return bank
