"""Ask a language model about answers, where the course has consented to one. What it does not say is left out."""

from __future__ import annotations

from collections.abc import Iterable

from coursekit.model.errors import CoursekitError
from coursekit.model.ids import Digest
from coursekit.model.reflection import Basis
from coursekit.policy.reflection.check import text_digest
from coursekit.policy.reflection.opinions import Opinions
from coursekit.ports import SecondOpinion


def gather(second: SecondOpinion, basis: Basis, texts: Iterable[str]) -> Opinions:
    """What it says of each of these. Raises nothing: where it fails, there is no opinion."""
    replies: dict[Digest, str] = {}
    for digest, text in sorted({text_digest(text): text for text in texts}.items()):
        try:
            opinion = second.ask(basis, text)
        except CoursekitError:
            continue
        if opinion is not None:
            replies[digest] = opinion.reply
    return Opinions(second.name, second.digest, replies)
