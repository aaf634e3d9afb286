"""The record: one line for each thing that was done, each naming the one before it. Nobody's name is in it.

    {"kind", "at", "body", "previous", "digest"}        one JSON object a line, keys in order

`digest` is the SHA-256 over all the rest, `previous` the digest of the line above: nothing can be taken out, put in
or changed unseen (Haber and Stornetta, How to time-stamp a digital document, 1991).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from coursekit.model.feedback import Found
from coursekit.model.ids import Digest, PromptId
from coursekit.model.reflection import (
    Certificate,
    Checked,
    Contribution,
    End,
    Evidence,
    Flagged,
    Level,
    Nearest,
    Reason,
    Route,
    Rung,
    Span,
    Suggestion,
)
from coursekit.model.submission import canonical, sha256, stamp

SCHEMA = "coursekit.reflections/1"
NORMALISER = 1
"""Counts up whenever the same text would be read otherwise: normalising, sentences, guards, detectors."""
_PLACES = 6


class Kind(StrEnum):
    """What was done."""

    CHECK = "check"
    REVIEW = "review"
    """A person has marked an answer."""
    SEEN = "seen"
    """A grader has asked for a suggestion: what they decide from then on is not blind."""
    APPEAL = "appeal"
    SWITCH = "switch"
    NAMED = "named"
    """A grader has asked whose answer it is."""
    CERTIFICATE = "certificate"


@dataclass(frozen=True)
class Entry:
    """One line of a record."""

    kind: Kind
    at: str
    """RFC 3339, in UTC."""
    body: Mapping[str, Any]
    previous: Digest
    digest: Digest

    def line(self) -> bytes:
        """As it stands in the file, with its line break."""
        return canonical(_whole(self) | {"digest": self.digest}) + b"\n"


@dataclass(frozen=True)
class Fault:
    """A line that does not hold."""

    line: int
    """From 1."""
    text: str


def seal(kind: Kind, body: Mapping[str, Any], at: datetime, previous: Digest | None) -> Entry:
    """The next line. `previous`: the digest of the last one; none for the first."""
    entry = Entry(kind, stamp(at), body, previous or Digest(""), Digest(""))
    return Entry(entry.kind, entry.at, entry.body, entry.previous, sha256(canonical(_whole(entry))))


def read(lines: Iterable[bytes], previous: str = "") -> tuple[list[Entry], list[Fault]]:
    """All lines that can be read, and whatever is wrong with any. `previous`: the digest of the line above them."""
    entries: list[Entry] = []
    faults: list[Fault] = []
    for number, line in enumerate(lines, 1):
        try:
            value = json.loads(line)
            entry = Entry(
                Kind(value["kind"]),
                str(value["at"]),
                dict(value["body"]),
                Digest(str(value["previous"])),
                Digest(str(value["digest"])),
            )
        except (ValueError, KeyError, TypeError, RecursionError):
            faults.append(Fault(number, "It is no line of a record."))
            continue
        if entry.line() != line.rstrip(b"\n") + b"\n":
            faults.append(Fault(number, "It is spelt otherwise than we spell it."))
        if sha256(canonical(_whole(entry))) != entry.digest:
            faults.append(Fault(number, "What it says is not what was sealed."))
        if entry.previous != previous:
            faults.append(Fault(number, "It does not follow the line above: something is missing or moved."))
        previous = entry.digest
        entries.append(entry)
    return entries, faults


def body_of(
    checked: Checked, submission: str, inputs: Digest, tools: Mapping[str, str], shown: Digest | None = None
) -> dict[str, Any]:
    """What a check's line says. `inputs`: the document that names all that went in; `tools`: library → version;
    `shown`: of what the learner was told. Numbers are rounded to 6 places."""
    body: dict[str, Any] = _rounded(
        {
            "schema": SCHEMA,
            "submission": submission,
            "normaliser": NORMALISER,
            "inputs": inputs,
            "tools": dict(tools),
            "shown": shown or "",
            "seed": 0,
            "checked": _plain(checked),
        }
    )
    return body


def checked_of(body: Mapping[str, Any]) -> Checked:
    """The value back from a check's line. Raises ValueError, KeyError or TypeError when it is not one."""
    value = body["checked"]
    suggestion = value["suggestion"]
    return Checked(
        PromptId(value["prompt"]),
        Digest(value["text_digest"]),
        Digest(value["basis"]),
        tuple(Flagged(Reason(f["reason"]), f["share"], _spans(f["spans"])) for f in value["flags"]),
        tuple(
            Evidence(
                e["criterion"],
                Found(e["state"]),
                e["score"],
                Span(**e["span"]) if e["span"] else None,
                tuple((Span(**span), score) for span, score in e["others"]),
            )
            for e in value["evidence"]
        ),
        _route_of(value["route"]),
        _suggestion_of(suggestion) if suggestion else None,
        Rung(value["rung"]),
        dict(value["models"]),
        value["failure"],
    )


def _suggestion_of(value: Mapping[str, Any]) -> Suggestion:
    return Suggestion(
        value["mean"],
        value["sd"],
        value["p_adequate"],
        tuple(Level(**one) for one in value["levels"]),
        tuple(Contribution(**one) for one in value["contributions"]),
        tuple(Nearest(**one) for one in value["nearest"]),
        value["length_driven"],
    )


def _route_of(value: Mapping[str, Any]) -> Route:
    certificate = value["certificate"]
    return Route(
        End(value["end"]),
        tuple(Reason(r) for r in value["reasons"]),
        Certificate(**certificate) if certificate else None,
    )


def _spans(values: Iterable[Mapping[str, int]]) -> tuple[Span, ...]:
    return tuple(Span(**span) for span in values)


def _whole(entry: Entry) -> dict[str, Any]:
    return {"kind": entry.kind, "at": entry.at, "body": dict(entry.body), "previous": entry.previous}


def _plain(checked: Checked) -> dict[str, Any]:
    return asdict(checked)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        # Adding nought turns -0.0 into 0.0, which JSON would spell otherwise.
        return round(value, _PLACES) + 0.0
    if isinstance(value, Mapping):
        return {str(key): _rounded(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    return value
