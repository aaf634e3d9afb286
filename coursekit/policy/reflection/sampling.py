"""Which answers a pilot takes, under which ids, and in which order each grader reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from random import Random

from coursekit.model.pilot import Drawn, Written

# No vowels: neither words nor what a spreadsheet takes for a number, a month or “true”.
_LETTERS = "bcdfghjklmnpqrstvwxz"
_LONG = 5


def draw(answers: Iterable[Written], size: int, seed: int) -> tuple[Drawn, ...]:
    """Up to `size` answers, as many of each prompt as of the others where there are enough, each as likely.

    The same answers and the same seed give the same sample, in whatever order the answers come.
    """
    chance = Random(seed)
    by_prompt: dict[str, list[Written]] = {}
    for answer in sorted(answers, key=lambda a: (a.prompt, a.learner)):
        by_prompt.setdefault(answer.prompt, []).append(answer)
    quotas = share({prompt: len(there) for prompt, there in by_prompt.items()}, size)
    taken = [a for prompt, there in by_prompt.items() for a in chance.sample(there, quotas[prompt])]
    ids: set[str] = set()
    drawn = []
    for answer in taken:
        while (name := "".join(chance.choices(_LETTERS, k=_LONG))) in ids:
            pass
        ids.add(name)
        drawn.append(Drawn(name, answer))
    # By id: the list's own order must not tell whose they are.
    return tuple(sorted(drawn, key=lambda d: d.id))


def share(there: Mapping[str, int], size: int) -> dict[str, int]:
    """How many of each prompt: equal parts, and what a small one cannot give goes to the others."""
    quotas = dict.fromkeys(there, 0)
    left = min(size, sum(there.values()))
    while left:
        open_ = [prompt for prompt in quotas if quotas[prompt] < there[prompt]]
        for prompt in open_[:left] if left < len(open_) else open_:
            step = min(max(left // len(open_), 1), there[prompt] - quotas[prompt])
            quotas[prompt] += step
        left = min(size, sum(there.values())) - sum(quotas.values())
    return quotas


def order_for(grader: str, answers: Mapping[str, str], prompts: Sequence[str], seed: int) -> tuple[str, ...]:
    """The ids in this grader's own order: prompt by prompt, and shuffled within, the same each time.

    Another grader has another order, so that tiredness and comparison with the one before fall on other answers.
    """
    chance = Random(f"{seed}:{grader}")
    ordered: list[str] = []
    for prompt in prompts:
        mine = sorted(name for name, of in answers.items() if of == prompt)
        chance.shuffle(mine)
        ordered += mine
    return tuple(ordered)
