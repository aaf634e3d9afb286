"""What a language model of somebody else's said of answers: gathered before a check, and one of its inputs.

replies, by the digest of the answer ─▶ Opinion, read anew each time: a record is reckoned again without asking
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from coursekit.model.ids import Digest
from coursekit.model.reflection import Basis, Marked, Opinion
from coursekit.model.submission import canonical, sha256
from coursekit.policy.reflection.opinion import read
from coursekit.policy.reflection.text import normalise

SCHEMA = "coursekit.reflection-opinions/1"


@dataclass(frozen=True)
class Opinions:
    """On answers to one prompt."""

    name: str
    """The language model's, as results carry it."""
    digest: Digest
    """Of its name and of the instructions it was given."""
    replies: Mapping[Digest, str] = field(default_factory=dict)
    """Digest of the answer → the full reply. An answer is not in it when there was none, or it was not shown."""

    def find(self, basis: Basis, text: str) -> Opinion | None:
        """On that answer; none when there is none."""
        reply = self.replies.get(_digest(text))
        return None if reply is None else read(basis, normalise(text), reply)

    def on(self, basis: Basis, marked: Sequence[Marked]) -> dict[str, Opinion]:
        """On marked answers, by their ids."""
        found = {m.id: self.find(basis, m.text) for m in marked}
        return {name: opinion for name, opinion in found.items() if opinion is not None}

    def document(self) -> bytes:
        """As it is kept."""
        value = {
            "schema": SCHEMA,
            "name": self.name,
            "digest": self.digest,
            # Half an emoji in a reply has no UTF-8.
            "replies": {text: json.dumps(reply) for text, reply in self.replies.items()},
        }
        return canonical(value)

    @classmethod
    def parse(cls, content: bytes) -> Opinions:
        """Raises ValueError, KeyError or TypeError when it is not one."""
        value = json.loads(content)
        if value["schema"] != SCHEMA:
            raise ValueError(value["schema"])
        replies = {Digest(str(text)): json.loads(reply) for text, reply in value["replies"].items()}
        if not all(isinstance(reply, str) for reply in replies.values()):
            raise ValueError(SCHEMA)
        return cls(str(value["name"]), Digest(str(value["digest"])), replies)


def _digest(text: str) -> Digest:
    return sha256(text.encode("utf-8", "surrogatepass"))
