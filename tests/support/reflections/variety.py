"""Two people do not say one thing in the same words: synonyms, asides, connectives by chance.

Without it, composed answers would have whole sentences in common, as genuine ones never have.
"""

from __future__ import annotations

import random
import re

_SETS = """
strongest/most convincing/soundest
explanation/account/story
readers/scorers/markers
teachers/colleagues/staff
teacher/colleague
pupils/students/learners/youngsters
pupil/student/learner
children/kids/young ones
papers/scripts/exam papers
paper/script/exam paper
essays/long texts/written answers
marks/scores/results
mark/score/result
below/under
think/believe
because/since
but/yet
so/thus/therefore
always/every time/without exception
only/just/merely
very/rather/really/quite
many/a lot of/plenty of/lots of
good/sound/decent
see/notice/observe/find
show/demonstrate/reveal
shows/reveals/tells
clear/obvious/plain
everybody/everyone/all people
nobody/no one/not anybody
school/institution
our school/our house/the place where I work
choose/pick/select
choice/pick/preference
write/put down/note
difference/gap/distance
points/score points/test points
gained/improved/moved ahead/got better
helped/supported/lifted
poor/less well-off/needy
families/homes/households
number/figure
numbers/figures
jump/leap/step upwards
heap/pile/bulge/bump
hole/gap/dent
chart/diagram/graph/picture
rule/regulation/procedure
would/would/would probably/would certainly
cannot/can't/is not able to
could/might/may
want/wish for/ask for
wants/would like/hopes
fears/worries/is anxious
proof/evidence/certainty
proven/demonstrated/established
counting/calculating/reckoning
counted/calculated/computed
council/parents' council/board
money/funds/the grant
foundation/donor/funder
honest/sincere/truthful
question/issue/matter
answer/reply
important/essential/crucial
people/persons/human beings
place/spot
start/begin/set out
hard/difficult/not easy
small/little/tiny
big/large/considerable
convinced/persuaded/certain
sure/certain/confident
same/identical/very same
sees/notices/spots
knows/is aware/understands
give/offer/hand
takes/removes/steals
exactly/precisely
system/machinery/arrangement
""".strip().splitlines()
_SAME = {
    word: options for line in _SETS for options in [line.split("/")] for word in options if " " not in word
}


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(" ".join(text.split()).split(" | "))


_PATTERN = re.compile(r"\b(" + "|".join(sorted(map(re.escape, _SAME), key=len, reverse=True)) + r")\b")
_BEFORE = _phrases("""
Frankly, | To be honest, | As I see it, | Also, | Then, | Well, | In short, | On reflection, | Besides, |
Looking at it again, | In my opinion, | After all, | Of course | Maybe | Here | And | Secondly, | Now, |
Reading the case, | As a head, | From where I sit, | For a start, | At first sight | After two readings
""")
_ASIDES = _phrases("""
I think | as far as I see | in my eyes | at least here | if I am right | to my surprise | one could say |
at least on paper | so to speak | I suppose | as it seems | for me | all in all | in the end | you see |
and this is no detail | strange as it is | to put it simply | from experience | by the way | without doubt
""")


def vary(sentence: str, rng: random.Random) -> str:
    """Much the same in other words."""
    said = _PATTERN.sub(lambda f: rng.choice(_SAME[f[0]]) if rng.random() < 0.75 else f[0], sentence)
    if rng.random() < 0.45:
        parts = said.split(", ")
        at = rng.randrange(len(parts))
        words = parts[at].split(" ")
        if len(words) > 5:
            place = rng.randrange(3, len(words) - 1)
            words.insert(place, f", {rng.choice(_ASIDES)},")
            parts[at] = " ".join(words).replace(" ,", ",")
            said = ", ".join(parts)
    if rng.random() < 0.3:
        first = said.split(" ", 1)[0]
        keeps = first in ("I", "Petra", "Idris", "Dr", "English", "My", "Tennessee") or not first.isalpha()
        said = f"{rng.choice(_BEFORE)} {said if keeps else said[:1].lower() + said[1:]}"
    return said
