"""Models whose files are known by their digests. Nothing else may come in, unless a person vouches for it.

A digest stands here when two sources that do not know each other agree on it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from coursekit.model.errors import BadInput
from coursekit.model.ids import Digest

FILES = WEIGHTS, TOKENIZER, CONFIG = "model.safetensors", "tokenizer.json", "config.json"
"""What a model consists of."""


@dataclass(frozen=True)
class Proof:
    """What a model must answer before it is taken in."""

    text: str
    vector: tuple[float, ...]
    """The first numbers of its embedding."""


@dataclass(frozen=True)
class Pinned:
    """A model as it was published."""

    name: str
    digests: Mapping[str, Digest]
    licence: str
    proof: Proof


PINNED = (
    # The files of the model's own repository at revision 1110a243fdf4706b3f48f1d95db1a4f5529b4d41. Two packages by
    # different uploaders hold these very bytes, and several public programs pin the same three digests.
    Pinned(
        "all-MiniLM-L6-v2",
        {
            WEIGHTS: Digest("53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"),
            TOKENIZER: Digest("be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
            CONFIG: Digest("953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"),
        },
        "Apache-2.0",
        Proof("The principal reads the report.", (-0.020362, 0.128908, -0.046867, 0.006304)),
    ),
)


@dataclass(frozen=True)
class Admitted:
    """A model that may come in."""

    name: str
    """As every result carries it: an unpinned one cannot pass for another."""
    pinned: Pinned | None


def admit(
    digests: Mapping[str, Digest], trusted: Collection[str], pinned: Collection[Pinned] = PINNED
) -> Admitted:
    """Whether files with these digests may come in.

    Raises BadInput when they are no model that is pinned, and somebody has not vouched for each that is unknown.
    """
    for known in pinned:
        if known.digests == digests:
            return Admitted(known.name, known)
    for known in pinned:
        if known.digests[WEIGHTS] == digests[WEIGHTS]:
            other = next(file for file in FILES if known.digests[file] != digests[file])
            if digests[other] not in trusted:
                raise BadInput(
                    "unknown-model",
                    f"These are the weights of {known.name}, but {other} is not the one it was published with "
                    f"(SHA-256 {digests[other]}).",
                    f"Get {other} from where {WEIGHTS} came from, or another copy of the model.",
                )
    unknown = [file for file in FILES if digests[file] not in {*trusted, *_all(pinned)}]
    if unknown:
        files = ", ".join(f"{file} (SHA-256 {digests[file]})" for file in unknown)
        # No command to paste: the digest is to come from the publisher, and not from here.
        raise BadInput(
            "unknown-model",
            f"coursekit does not know {files}.",
            "Look up what the model’s publisher states. If you then vouch for these files, give each of those "
            "digests with --i-trust-sha256.",
        )
    return Admitted(f"unpinned-{_mark(digests)}", None)


def _all(pinned: Collection[Pinned]) -> set[str]:
    return {digest for known in pinned for digest in known.digests.values()}


def _mark(digests: Mapping[str, Digest]) -> str:
    """Of all the files: other words with the same weights are another model."""
    return hashlib.sha256("\n".join(digests[file] for file in FILES).encode()).hexdigest()[:12]
