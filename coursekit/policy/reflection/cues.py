"""Words by which an English sentence gives away what it does. Folded, as `tokens` folds them.

They are signs and no more: many a sentence takes a stand without one, and a sentence can have one and take none.
"""

from __future__ import annotations

from collections.abc import Mapping

Phrases = Mapping[str, tuple[tuple[str, ...], ...]]
"""By their first words."""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _phrases(lines: str) -> Phrases:
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for line in lines.strip().splitlines():
        first, *rest = line.split()
        found[first] = (*found.get(first, ()), tuple(rest))
    return found


_TO_TWENTY = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
_TENS = "thirty forty fifty sixty seventy eighty ninety"

ENGLISH = _set(
    "the of and to a in is it that was for on are with as i be by at this have from or had not but what we "
    "were they which you an there their he she his her will would has been if more when who can so no than "
    "them my our me do it's i'd don't"
)
"""Of an English sentence about every third word is one of these."""

BETWEEN = _set(
    "also always certainly clearly definitely even first honestly just maybe never now often only perhaps "
    "personally probably rather really simply still strongly surely then therefore would"
)
"""One of these may stand within a phrase: “I therefore do not”."""

STANCE = _phrases("""
i would
i wouldn't
i'd
i will
i'll
i won't
i think
i say
i choose
i chose
i select
i pick
i call
i believe
i lean
i tend
i stay
i vote
i prefer
i decide
i decided
i suggest
i propose
i recommend
i support
i agree
i disagree
i guess
i suspect
i suppose
i consider
i see it as
i find
i am for
i am against
i'm for
i'm against
i am convinced
i'm convinced
i take
i stand
i want to
i must
i can
i cannot
i can't
i do not
i don't
i do
for me
to me
to my mind
in my view
in my opinion
in my eyes
my answer
my view
my choice
my vote
my position
my opinion
my sentence
my advice
my explanation
we should
we shouldn't
we must
we would
let us
let's
it is
it's
this is
it was
is strongest
is the strongest
are the strongest
the strongest
would be
not need
should be
must be
has to
have to
""")
"""The writer takes a stand, or says what is so."""

DECIDES = _phrases("""
i would
i wouldn't
i'd
i will
i'll
i choose
i decide
i propose
i suggest
i recommend
i prefer
i vote
i sign
i select
i strike
i keep
i change
my choice
my answer
my vote
my position
my advice
""")
"""The writer decides on something, whatever it may be."""

ANSWERS = _set(
    "yes no the a an first for me to it is not rather clearly definitely mostly mainly surely maybe perhaps"
)
"""What may stand before a short answer: “The readers.” “No, keep it.”"""

HEDGES = _phrases("""
depends
whether
some would
some say
some people
others would
others say
one could
one can call
one may
many would
on the one hand
on the other hand
in some way
both sides
all of them
all three
point of view
no right or wrong
difficult to say
hard to say
can't say
cannot say
can understand
""")
"""The writer leaves it open."""

ORDER = _set(
    "first then last second third before strongest weakest most least than more less rather over mainly"
)
"""Naming all of them in an order is a stand as well."""

NOBODY_ELSE = _set("i i'd i'll i'm i've we we'd we'll we're we've you you'd you'll you're nothing no nobody")
"""Before a word of wanting: the writer wants it, or nobody does."""

WANTS = _set(
    "want wants wanted wanting fear fears feared fearing hope hopes hoped hoping need needs needed wish "
    "wishes wished worry worries worried worrying afraid scared frightened anxious dread dreads furious angry "
    "ashamed proud hurt betrayed relieved disappointed happy unhappy glad grateful jealous desperate prefer "
    "prefers preferred dream dreams dreamed long longs regret regrets suffer suffers suffered care cares "
    "cared desire desires demand demands"
)
"""What somebody wants, fears or feels."""

THINKS = _set(
    "think thinks thought believe believes believed feel feels felt trust trusts trusted expect expects "
    "expected know knows knew say says said tell tells told ask asks asked see sees saw like likes love loves "
    "loved hate hates hear hears heard object objects objected against oppose opposes resist resists lose "
    "loses lost losing gain gains gained gaining win wins risk risks remember remembers understand "
    "understands notice notices pay pays mind minds argue argues"
)
"""What somebody thinks, says, or has at stake."""

THEY = _set("he she they him her them his their hers theirs himself herself themselves who")

PERSONS = _set(
    "mother mothers father fathers parent parents child children boy boys girl girls pupil pupils student students "
    "teacher teachers colleague colleagues principal principals head heads deputy employer employers family "
    "families community person people somebody someone everybody everyone neighbour neighbours staff"
)

OF_MINE = _set("my our ours mine")

WE = _set("we i us we've i've we're i'm we'd i'd with")

SCHOOL = _set(
    "school schools class classes classroom classrooms pupil pupils student students learner learners teacher "
    "teachers staff staffroom colleague colleagues deputy deputies board council college kindergarten nursery "
    "district department faculty team teams parents families principal headteacher head secretary educator "
    "educators timetable curriculum exam exams certificate gymnasium academy university institution institute "
    "lesson lessons ministry inspectorate inspector inspectors governors community village town city country "
    "region state organisation organization library librarian grade grades year years cohort cohorts "
    "assessment policy meeting meetings conference"
)

NOT_PRACTICE = _set(
    "opinion view mind eyes answer sentence position choice vote explanation guess reason reasons point "
    "career name first impression words experience heart"
)
"""“In my opinion” says nothing of a school."""

LEADS = _phrases("""
i lead
i run
i manage
i head
i teach
i work
i am head
i am the head
i am principal
i am the principal
i rate
we decide
we decided
we have
we had
we do
we use
we must
we inform
we give
we look
with us
at ours
""")
"""The writer at work."""

WILL = _phrases("""
i will
we will
i'll
we'll
i am going to
we are going to
i'm going to
we're going to
i plan
we plan
i intend
we intend
i want to
we want to
i would like to
i shall
we shall
i am planning
we are planning
i commit
i promise
next step
my next
our next
from now on
in future
in the future
""")
"""The writer means to do something."""

MONTHS = _set(
    "january february march april may june july august september october november december jan feb mar apr jun jul "
    "aug sept sep oct nov dec"
)

WHEN = (MONTHS - {"may"}) | _set("monday tuesday wednesday thursday friday saturday sunday tomorrow tonight")
"""May alone is left out: it may be May."""

OWNERS = _set(
    "mr mrs ms dr responsible deputy secretary librarian coordinator timetabler colleague colleagues head clerk "
    "assistant adviser committee team"
)
"""Who does it."""

VAGUE = _phrases("""
in general
in the near future
near future
some day
at some point
some time
when i find the time
when there is time
ongoing process
in the long run
step by step
sooner or later
keep in mind
""")
"""Said of any school at any time."""

UNITS = _set("percent year years month months week weeks day days hour hours minute minutes time times")

SOON = _phrases("""
next week
next month
next term
next year
next school year
this week
this month
this term
in may
by may
until may
before summer
before the summer
before easter
before the holidays
after the holidays
within a month
within a week
by the end
at the end of
""")

SMALL = {
    **dict(zip(_TO_TWENTY.split(), map(str, range(2, 21)), strict=True)),
    **dict(zip(_TENS.split(), map(str, range(30, 100, 10)), strict=True)),
}
"""Numbers in words; “one” is hardly ever a number."""
