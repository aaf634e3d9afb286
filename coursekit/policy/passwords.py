"""Passwords of `coursekit up`: how they are spelled, how they are kept, and how often one may try.

Chance comes in as bytes, time as seconds. What is kept is scrypt's, with a salt for each account.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""None that is taken for another: no i and l, no o, no 0 and 1."""
_GROUPS, _IN_GROUP = 4, 4
BYTES = 4 * _GROUPS * _IN_GROUP
"""How much chance one password takes."""
SALT = 16
"""How many bytes of chance go into keeping one."""
_COST, _BLOCK = 2**14, 8
FROM_ONE_PLACE, FROM_EVERYWHERE = 4, 40
"""Wrong tries for one name that cost no waiting."""
_LONGEST = 60.0
FORGOTTEN = 900.0
"""Seconds after which a wrong try is forgotten."""


def spelled(chance: bytes) -> str:
    """A password such as `k7mq-vw3p-9dre-x4hn`: 79 bits, easy to read out."""
    if len(chance) < BYTES:
        raise ValueError(f"a password takes {BYTES} bytes")
    # Four bytes a letter: what is left over by the division favours no letter that anybody could notice.
    letters = [
        _LETTERS[int.from_bytes(chance[4 * n : 4 * n + 4]) % len(_LETTERS)]
        for n in range(_GROUPS * _IN_GROUP)
    ]
    groups = ["".join(letters[n : n + _IN_GROUP]) for n in range(0, len(letters), _IN_GROUP)]
    return "-".join(groups)


def kept(password: str, salt: bytes) -> str:
    """What is written down of a password; it does not lead back to it."""
    return f"scrypt${salt.hex()}${_scrypt(password, salt).hex()}"


def is_right(password: str, written: str | None) -> bool:
    """Whether that is the password. It takes as long for an account that is not there as for one that is."""
    method, _, rest = (written or "").partition("$")
    salt, _, digest = rest.partition("$")
    try:
        known = bytes.fromhex(salt), bytes.fromhex(digest)
    except ValueError:
        known = b"", b""
    there = method == "scrypt" and len(known[0]) == SALT and bool(known[1])
    same = hmac.compare_digest(_scrypt(password, known[0] if there else bytes(SALT)), known[1])
    return there and same


def seconds_to_wait(wrong: Sequence[float], now: float, free: int = FROM_ONE_PLACE) -> float:
    """How long one must wait before the next try, after wrong ones at those moments; the pauses double."""
    recent = [moment for moment in wrong if now - moment < FORGOTTEN]
    if len(recent) < free:
        return 0.0
    pause = min(2.0 ** min(len(recent) - free, 10), _LONGEST)
    return max(0.0, max(recent) + pause - now)


def _scrypt(password: str, salt: bytes) -> bytes:
    # More than anybody types; a form filled by a program must not make the Hub work for minutes.
    secret = password[:200].encode("utf-8", "surrogatepass")
    return hashlib.scrypt(secret, salt=salt, n=_COST, r=_BLOCK, p=1, dklen=32)
