"""The session minute by minute: the teaching note's own table where it has one, else the prompts' minutes.

Both are stretched or shortened to the length that there is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

from coursekit.model.ids import PromptId
from coursekit.model.outcome import Allowed, Decision, Refused
from coursekit.model.plan import Slot, View
from coursekit.model.prompt import Prompt
from coursekit.policy.discussion.calls import SILENT

_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*$", re.M)
_TABLE = re.compile(r"^\|[ \t]*minutes[ \t]*\|.*\n\|[ \t:|-]+\n((?:\|.*(?:\n|\Z))+)", re.M | re.I)
_MINUTES = re.compile(r"(\d+)\s*[-–—]\s*(\d+)")
_CELLS = re.compile(r"(?<!\\)\|")
_ITEM = re.compile(r"^(?:[-*+]|\d+[.)])\s+(.+(?:\n(?![-*+#\n]|\d+[.)]).+)*)", re.M)
_WORD = re.compile(r"\w+")
_MOST = 8
"""Voices called in one row: after eight the room has heard itself."""
_ENDS = 5
"""Minutes for the opening and for the closing, where no teaching note says it."""


def part_of(note: str, title: str, others: Sequence[str] = ()) -> str:
    """The part of a teaching note that is about that module: below the heading with its title.

    Where no heading has it, all but the parts of the `others` whose case it is as well.
    """
    headings = list(_HEADING.finditer(note))
    for index, found in enumerate(headings):
        if title.casefold() in found[2].casefold():
            return _below(note, headings, index)
    for index, found in enumerate(headings):
        if any(other.casefold() in found[2].casefold() for other in others):
            rest = note[: found.start()] + note[found.end() + len(_below(note, headings, index)) :]
            return part_of(rest, title, others)
    return note


def section(note: str, *names: str) -> str:
    """What stands under the first heading that begins with one of these words; empty without one."""
    headings = list(_HEADING.finditer(note))
    for index, found in enumerate(headings):
        if found[2].casefold().startswith(names):
            return _below(note, headings, index).strip()
    return ""


def questions(text: str) -> tuple[str, ...]:
    """The items of its lists."""
    return tuple(" ".join(item.split()) for item in _ITEM.findall(text))


def read_table(note: str, prompts: Sequence[Prompt]) -> tuple[Slot, ...]:
    """The rows of its table of minutes; none where it has none that can be read."""
    found = _TABLE.search(note)
    rows: list[tuple[int, int, str, str]] = []
    for line in found[1].splitlines() if found else ():
        cells = [c.strip().replace("\\|", "|") for c in _CELLS.split(line.strip().strip("|"))]
        minutes = _MINUTES.search(cells[0])
        if minutes is None or len(cells) < 2 or int(minutes[2]) <= int(minutes[1]):
            return ()
        rows.append((int(minutes[1]), int(minutes[2]), cells[1], " · ".join(c for c in cells[2:] if c)))
    # A task is called for where a row is about it; where none is, in the first row that mentions it.
    about = [_named(what, prompts) or _titled(what, prompts) for _, _, what, _ in rows]
    mentions = [
        tuple(dict.fromkeys((*named, *_named(how, prompts))))
        for named, (_, _, _, how) in zip(about, rows, strict=True)
    ]
    home: dict[PromptId, int] = {}
    for where in (about, mentions):
        for index, named in enumerate(where):
            for prompt in named:
                home.setdefault(prompt, index)
    return tuple(
        Slot(
            *row,
            mentions[index],
            tuple(p for p in mentions[index] if home[p] == index),
            _smallest_first(f"{row[2]}. {row[3]}"),
        )
        for index, row in enumerate(rows)
    )


def rooms(slots: Sequence[Slot], views: Sequence[View]) -> dict[PromptId, int]:
    """How many to call at each task: the turns of its row, shared by the row's tasks, and never none."""
    able = {v.prompt.id for v in views if v.camp_of and v.prompt.kind not in SILENT}
    found: dict[PromptId, int] = {}
    for slot in slots:
        here = [p for p in slot.calls_for if p in able]
        turns = min(slot.turns, _MOST)
        for index, prompt in enumerate(here):
            found[prompt] = max(1, turns // len(here) + (index < turns % len(here)))
    return found


def unmatched(slots: Sequence[Slot]) -> tuple[str, ...]:
    """What the rows are called that name no task."""
    return tuple(s.what for s in slots if not s.prompts)


def by_prompts(prompts: Sequence[Prompt]) -> tuple[Slot, ...]:
    """An opening, each required prompt with its minutes, a closing."""
    parts: list[tuple[float, str, str, tuple[PromptId, ...]]] = [
        (_ENDS, "Opening", "Say what the session is for. Ask the first question, and wait.", ())
    ]
    parts += [
        (p.minutes, p.title, "Call the voices named below, then whoever wants to speak.", (p.id,))
        for p in prompts
        if p.required
    ]
    parts.append((_ENDS, "Closing", "Each says in one line what they will do, and when.", ()))
    ends = _whole([p[0] for p in parts], max(len(parts), round(sum(p[0] for p in parts))))
    starts = [0, *accumulate(ends)]
    return tuple(
        Slot(start, end, what, how, about, about)
        for (start, end), (_, what, how, about) in zip(pairwise(starts), parts, strict=True)
    )


def fits(slots: Sequence[Slot], minutes: int) -> Decision:
    """Whether every part of the session can have a minute."""
    if minutes >= len(slots):
        return Allowed()
    return Refused(
        "too-short",
        f"The session has {len(slots)} parts and {minutes} minutes.",
        f"Give it {len(slots)} minutes or more, or merge rows in teaching-note.md.",
    )


def fit(slots: Sequence[Slot], minutes: int) -> tuple[Slot, ...]:
    """The same parts in that many minutes, each at least one long."""
    lengths = _whole([s.end - s.start for s in slots], minutes)
    starts = [0, *accumulate(lengths)]
    return tuple(
        replace(s, start=start, end=end) for (start, end), s in zip(pairwise(starts), slots, strict=True)
    )


def _whole(weights: Sequence[float], total: int) -> list[int]:
    """Whole numbers that add up to `total`, each 1 or more, in proportion to these (largest remainder)."""
    free = total - len(weights)
    extra = [max(0.0, w * total / sum(weights) - 1) for w in weights]
    scale = free / sum(extra) if sum(extra) else 0.0
    shares = [e * scale for e in extra]
    whole = [int(s) for s in shares]
    for index in sorted(range(len(shares)), key=lambda i: whole[i] - shares[i])[: free - sum(whole)]:
        whole[index] += 1
    return [1 + w for w in whole]


def _named(text: str, prompts: Sequence[Prompt]) -> tuple[PromptId, ...]:
    return tuple(p.id for p in prompts if re.search(rf"(?<![\w-]){re.escape(p.id)}(?![\w-])", text))


def _titled(what: str, prompts: Sequence[Prompt]) -> tuple[PromptId, ...]:
    """Tasks whose title stands in the row's name."""
    row = _bare(what)
    return tuple(p.id for p in prompts if _bare(p.title).strip() and _bare(p.title) in row)


def _bare(text: str) -> str:
    """Its words between single blanks, so that whole words are found whatever stands between them."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def _smallest_first(text: str) -> bool | None:
    for part in re.split(r"[.;?!]", text.casefold()):
        if re.search(r"\b(smallest|minority|fewest)\b", part):
            if re.search(r"\bfirst\b", part):
                return True
            if re.search(r"\blast\b", part):
                return False
    return None


def _below(note: str, headings: Sequence[re.Match[str]], index: int) -> str:
    """From behind that heading to the next one of its level or above."""
    level = len(headings[index][1])
    end = next((h.start() for h in headings[index + 1 :] if len(h[1]) <= level), len(note))
    return note[headings[index].end() : end]
