"""All that went into a check, as documents that name each other by digest; many lines of a record share them.

a check's line ─▶ Inputs ─┬─▶ checks.json
                          ├─▶ the answers of all, in the order of their digests ─▶ texts
                          ├─▶ the marked answers ─▶ texts
          ├─▶ what a language model said of any of these, where one was asked
                          └─▶ facts: certificate, switch, share, seed
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from coursekit.model.ids import Digest
from coursekit.model.reflection import Basis, Certificate, Checked, Marked
from coursekit.model.submission import canonical, sha256
from coursekit.policy.reflection.pointers import pointers
from coursekit.policy.reflection.record import body_of

SCHEMA = "coursekit.reflection-inputs/1"
_NONE = Digest("")


@dataclass(frozen=True)
class Facts:
    """What has been earned for a prompt, and what holds it back, when an answer was checked."""

    certificate: Certificate | None = None
    is_on: bool = True
    auto_share: float = 0.0
    """Of the answers, how many were passed without a person so far; in whole hundredths, rounded up."""
    seed: str = ""
    scorer: str = ""
    """What a certificate must be made for: the digest of basis and scorer."""

    @classmethod
    def share(cls, passed: int, answers: int) -> float:
        """As `auto_share` has it."""
        return math.ceil(100 * passed / answers) / 100 if answers else 0.0


@dataclass(frozen=True)
class Inputs:
    """What one line names."""

    checks: Digest
    """checks.json."""
    peers: Digest
    marked: Digest
    facts: Facts
    opinions: Digest = _NONE
    """What a language model said; empty where none is asked."""

    def document(self) -> bytes:
        """As it is kept."""
        return canonical({"schema": SCHEMA, **asdict(self)})

    @classmethod
    def parse(cls, content: bytes) -> Inputs:
        """Raises ValueError, KeyError or TypeError when it is not one."""
        value = json.loads(content)
        if value["schema"] != SCHEMA:
            raise ValueError(value["schema"])
        facts = value["facts"]
        certificate = facts["certificate"]
        return cls(
            Digest(value["checks"]),
            Digest(value["peers"]),
            Digest(value["marked"]),
            Facts(
                Certificate(**certificate) if certificate is not None else None,
                bool(facts["is_on"]),
                float(facts["auto_share"]),
                str(facts["seed"]),
                str(facts["scorer"]),
            ),
            Digest(str(value["opinions"])),
        )


def peers_document(digests: Iterable[Digest]) -> bytes:
    """Everybody's answers, in an order that tells nothing about whose they are."""
    return canonical(sorted(digests))


def parse_peers(content: bytes) -> tuple[Digest, ...]:
    """Raises ValueError or TypeError when it is not one."""
    return tuple(Digest(str(digest)) for digest in json.loads(content))


def marked_document(marked: Sequence[Marked], digest: Callable[[str], Digest]) -> bytes:
    """The marked answers in their order: texts by digest."""
    return canonical(
        [
            {"id": m.id, "text": digest(m.text), "levels": dict(m.levels), "adequate": m.adequate}
            for m in marked
        ]
    )


def parse_marked(content: bytes, text: Callable[[str], str]) -> tuple[Marked, ...]:
    """Raises ValueError, KeyError or TypeError when it is not one; and whatever `text` raises."""
    rows: Sequence[Mapping[str, Any]] = json.loads(content)
    return tuple(Marked(r["id"], text(r["text"]), dict(r["levels"]), r["adequate"]) for r in rows)


def check_line(
    basis: Basis, checked: Checked, text: str, submission: str, inputs: Inputs, tools: Mapping[str, str]
) -> dict[str, Any]:
    """What the record says of a check, with the digest of what the learner is told by it."""
    told = json.dumps(asdict(pointers(basis, checked, text)), sort_keys=True).encode()
    body = body_of(checked, submission, sha256(inputs.document()), tools, sha256(told))
    return body | {"scorer": inputs.facts.scorer}
