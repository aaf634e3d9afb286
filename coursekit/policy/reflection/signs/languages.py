"""Which languages a text is in, seen at its smallest words: those that every sentence needs.

A language model tells the language of a whole. This tells whether a part is in another one, and needs no
model.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_SMALL: Mapping[str, frozenset[str]] = {
    code: frozenset(words.split())
    for code, words in {
        "de": "der die das und ist nicht ein eine einen einem einer ich wir sie mit auf fur von zu den dem "
        "des sich auch wird werden haben hat sind dass wenn aber oder weil noch nur uber durch bei "
        "nach aus wie kann",
        "fr": "le la les des une est pas que qui dans pour sur avec nous vous ils elles je ce cette ces par "
        "plus ne sont ont etre avoir mais ou donc leur leurs aux du au et en",
        "es": "el la los las una que por para con del como pero mas sus esta este son han nos ser muy sin "
        "sobre entre cuando donde porque tambien yo ellos lo se su al y en",
        "it": "il lo gli una che per con del della dei delle nel nella sono non anche piu come ma perche "
        "questo questa essere ha hanno noi loro si di da e le ai alla",
        "pt": "os as um uma que nao para com por mais dos das nos na no ao aos mas como foi sao ser seu sua "
        "quando muito porque eu eles ela e em pelo pela",
        "nl": "de het een en van ik dat die niet zijn op voor met maar ook aan bij naar uit wij ze zij hun "
        "wordt worden heeft hebben omdat als nog wel kan er",
        "sv": "och det att en ett som pa ar av for med inte den till har de vi jag men om sa kan ska var "
        "eller nar under",
        "da": "og det at en et som pa er af for med ikke den til har de vi jeg men om sa kan skal var eller "
        "nar fra",
        "pl": "i w na z do nie sie jest to ze jak ale po od dla przez przy sa czy jego ich tym ktory ktore "
        "bardzo tylko oraz",
        "cs": "a v na se je ze s z do pro to ale jak po jako by jsem jsme jsou byl byla nebo kdyz ktery "
        "ktere jeho jen tak",
        "hr": "i u na je se da za su od s sa ne koji koja koje kao ali po iz bi smo sam biti ili kad njihov "
        "samo ako sto",
        "hu": "a az es hogy nem egy is de ez meg volt mert csak van mint ha vagy azt ezt nagyon minden",
        "ro": "si in de la cu nu pe un o este sunt ca din care pentru mai dar sau noi ei fost prin cand "
        "foarte lui lor",
        "tr": "ve bir bu da de icin ile ama cok daha gibi olan olarak ne var biz ben o onlar kadar sonra her "
        "degil",
        "fi": "ja on ei se etta han he me mutta kun niin kuin ovat oli myos joka tai vain sen mita olen",
        "id": "yang dan di ini itu dengan untuk tidak dari dalam akan pada mereka saya kami adalah karena "
        "juga ke oleh",
        "la": "et in est ad non cum sed ut quod qui quae enim sunt esse per ex lorem ipsum dolor sit amet",
    }.items()
}
# Small words of others that are English ones as well.
_ENGLISH = frozenset(
    str.split(
        "a i in on to so is me no we he be as at an or do of the and that not was for with his her it this "
        "are but by one all die man van see son per men also war most hat fast note plus under over more us "
        "has if had once"
    )
)
_WINDOW = 25
_LATIN = frozenset(
    str.split(
        "en de fr es it pt nl sv da no nb nn fi et pl cs sk sl hr hu ro tr vi id ms tl sw cy eu ca gl ga is "
        "lt lv mt sq af lb"
    )
)
_NOT_LATIN = re.compile(
    "[\u0370-\u03ff\u0400-\u052f\u0530-\u058f\u0590-\u06ff\u0900-\u0dff\u0e00-\u0eff\u1000-\u109f\u10a0-\u10ff\u1780-\u17ff"
    "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)
_LETTER = re.compile(r"[^\W\d_]")


def share_in_other_script(text: str, wanted: str) -> float:
    """Of the letters, how many are in a script that the wanted language does not use."""
    if wanted not in _LATIN:
        return 0.0
    all_letters = len(_LETTER.findall(text))
    # Vowel signs of these scripts are no letters to Python, and counted all the same.
    return min(1.0, len(_NOT_LATIN.findall(text)) / all_letters) if all_letters else 0.0


def share_of_others(all_words: Sequence[str], wanted: str) -> float:
    """Of the text, the share that stands in windows where another language's small words hold the sentences
    together.
    """
    if wanted != "en" or len(all_words) < 8:
        return 0.0
    windows = [all_words[at : at + _WINDOW] for at in range(0, len(all_words), _WINDOW)]
    # What is left at the end is looked at together with what stands before it.
    if len(windows) > 1 and len(windows[-1]) < _WINDOW:
        windows[-1] = all_words[-_WINDOW:]
    foreign = sum(any(_share(window, small) > 0.15 for small in _SMALL.values()) for window in windows)
    return foreign / len(windows)


def _share(window: Sequence[str], small: frozenset[str]) -> float:
    return sum(word in small and word not in _ENGLISH for word in window) / len(window)
