"""All of them."""

from __future__ import annotations

from support.hostile.course import Attack
from support.hostile.killing import KILLING
from support.hostile.lasting import LASTING
from support.hostile.outside import OUTSIDE
from support.hostile.patching import PATCHING
from support.hostile.reading import READING
from support.hostile.room import ROOM
from support.hostile.shown import SHOWN
from support.hostile.speaking import PROTOCOL

ATTACKS: tuple[Attack, ...] = READING + OUTSIDE + ROOM + KILLING + LASTING + PATCHING + PROTOCOL + SHOWN
