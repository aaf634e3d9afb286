"""Reckon a record's checks again, from what was kept beside it, and compare byte for byte.

chain ─▶ line by line: inputs ─▶ check ─▶ the line it would be ─▶ the same?
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from coursekit.model.errors import BadInput
from coursekit.model.ids import Digest
from coursekit.model.reflection import Basis, Marked
from coursekit.model.submission import canonical
from coursekit.policy.reflection.check import Standing, check
from coursekit.policy.reflection.inputs import Inputs, check_line, parse_marked, parse_peers
from coursekit.policy.reflection.learning import standing_for
from coursekit.policy.reflection.models import Models
from coursekit.policy.reflection.opinions import Opinions
from coursekit.policy.reflection.record import Entry, Fault, Kind, checked_of
from coursekit.policy.reflection.shingles import Peers
from coursekit.wire.checks import parse_checks

_MOST = 3
"""Fields of one line that are told; the rest is counted."""
_ABSENT = object()


@dataclass(frozen=True)
class Difference:
    """Something that is not as it was recorded."""

    line: int
    code: str
    """`chain`, `version`, `input` or `result`."""
    detail: str


@dataclass(frozen=True)
class Replayed:
    """What came of it."""

    lines: int
    checks: int
    same: int
    differences: tuple[Difference, ...]


_Loaded = tuple[Inputs, Mapping[Any, Basis], tuple[str, ...], tuple[Marked, ...], Opinions | None]


class _Missing(Exception):
    """An input that is not there, or not readable."""


def replay(
    entries: Sequence[Entry],
    faults: Sequence[Fault],
    find: Callable[[str], bytes | None],
    models: Models,
    tools: Mapping[str, str],
    advance: Callable[[], None] = lambda: None,
) -> Replayed:
    """Reckon every check of these lines again. `faults`: what is wrong with the chain; `find`: bytes by digest."""
    differences = [Difference(fault.line, "chain", fault.text) for fault in faults]
    # Where lines could not be read, the number of a line is its place among those that could.
    again = _Again(find, models, tools)
    checks = same = 0
    for number, entry in enumerate(entries, 1):
        if entry.kind is not Kind.CHECK:
            advance()
            continue
        checks += 1
        found = list(again.compare(number, entry))
        differences += found
        same += not found
        advance()
    return Replayed(len(entries), checks, same, tuple(differences))


class _Again:
    """Documents are read once, and a scorer is fitted once for all lines that share it."""

    def __init__(
        self,
        find: Callable[[str], bytes | None],
        models: Models,
        tools: Mapping[str, str],
    ) -> None:
        self._find = find
        self._models = models
        self._tools = tools
        self._inputs: dict[str, _Loaded] = {}
        self._standings: dict[tuple[str, str], Standing] = {}
        self._peers: dict[str, Peers] = {}

    def compare(self, number: int, entry: Entry) -> Iterator[Difference]:
        """What is different about one check."""
        try:
            then = checked_of(entry.body)
            recorded = {
                "tools": {str(k): str(v) for k, v in entry.body["tools"].items()},
                "models": dict(then.models),
            }
            named = str(entry.body["inputs"])
            submission = str(entry.body["submission"])
        except (ValueError, KeyError, TypeError, AttributeError):
            yield Difference(number, "input", "It is no check as we write it.")
            return
        models = self._models
        try:
            inputs, bases, everybody, marked, opinions = self._load(named)
            # What was said then is one of the inputs: nobody is asked again.
            models = replace(models, opinions=opinions)
            text = self._text(then.text_digest)
            basis = bases.get(then.prompt)
            if basis is None:
                raise _Missing(f"checks.json has no reflection {then.prompt}.")
        except _Missing as error:
            yield from self._versions(number, recorded, models)
            yield Difference(number, "input", str(error))
            return
        yield from self._versions(number, recorded, models)
        key = (named, str(then.prompt))
        if key not in self._standings:
            try:
                self._standings[key] = standing_for(basis, marked, inputs.facts, models)
            except Exception:
                # As it was when it was checked: then nothing is suggested.
                self._standings[key] = Standing()
        if inputs.peers not in self._peers:
            self._peers[inputs.peers] = Peers.of(everybody)
        peers = self._peers[inputs.peers].without(text)
        checked = check(basis, text, peers, models, self._standings[key])
        # Versions were told already; here only what came out counts.
        tools = recorded["tools"]
        now = check_line(basis, checked, text, submission, inputs, tools)
        if recorded["models"] != dict(checked.models):
            now["checked"]["models"] = recorded["models"]
        if canonical(now) != canonical(dict(entry.body)):
            yield Difference(number, "result", _told(entry.body, now))

    def _versions(
        self, number: int, recorded: Mapping[str, Mapping[str, str]], models: Models
    ) -> Iterator[Difference]:
        now = {"tools": dict(self._tools), "models": models.digests()}
        for what, before in recorded.items():
            for name in sorted(before.keys() | now[what].keys()):
                a, b = before.get(name, "not there"), now[what].get(name, "not there")
                if a != b:
                    yield Difference(number, "version", f"{name}: {_short(a)} then, {_short(b)} now.")

    def _load(self, named: str) -> _Loaded:
        if named not in self._inputs:
            try:
                inputs = Inputs.parse(self._get(named, "what it was checked with"))
                bases = parse_checks(self._get(inputs.checks, "checks.json"))
                everybody = tuple(
                    self._text(digest)
                    for digest in parse_peers(self._get(inputs.peers, "the list of answers"))
                )
                marked = parse_marked(
                    self._get(inputs.marked, "the marked answers"), lambda d: self._text(Digest(d))
                )
                opinions = (
                    Opinions.parse(self._get(inputs.opinions, "what a language model said"))
                    if inputs.opinions
                    else None
                )
            except (ValueError, KeyError, TypeError, RecursionError, BadInput) as error:
                raise _Missing("A document that it names cannot be read.") from error
            self._inputs[named] = inputs, bases, everybody, marked, opinions
        return self._inputs[named]

    def _text(self, digest: Digest) -> str:
        return self._get(digest, "a text").decode("utf-8", "surrogatepass")

    def _get(self, digest: str, what: str) -> bytes:
        content = self._find(digest)
        if content is None:
            raise _Missing(
                f"{what[:1].upper()}{what[1:]} is not there any more, or was changed: {digest[:12]}…."
            )
        return content


def _told(then: Any, now: Any) -> str:
    rows = list(_differing("", then, now))
    told = "; ".join(f"{path}: {_short(a)} then, {_short(b)} now" for path, a, b in rows[:_MOST])
    more = f"; and {len(rows) - _MOST} more" if len(rows) > _MOST else ""
    return f"{told}{more}."


def _differing(path: str, then: Any, now: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(then, Mapping) and isinstance(now, Mapping):
        for key in sorted({*then, *now}):
            yield from _differing(f"{path}.{key}".lstrip("."), then.get(key, _ABSENT), now.get(key, _ABSENT))
    elif isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        for place, (a, b) in enumerate(zip(then, now, strict=True)):
            yield from _differing(f"{path}[{place}]", a, b)
    elif then != now:
        yield path, then, now


def _short(value: Any) -> str:
    if value is _ABSENT:
        return "nothing"
    text = str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
