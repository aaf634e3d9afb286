"""Texts that nobody should be able to break anything with."""

from __future__ import annotations

ODD: dict[str, str] = {
    "empty": "",
    "blanks": " \n\t  \u00a0",
    "one letter": "a",
    "10,000 words": "We counted the papers again and talked with the readers about it. " * 850,
    "10,000 different words": " ".join(f"word{n}" for n in range(10_000)),
    "one long word": "a" * 100_000,
    "emoji": "🙂👩‍🏫🏳️‍🌈 " * 60,
    "right to left": "أعتقد أن المعلمين في مدرستي يقررون كل يوم قرب الخط نفسه " * 6,
    "overrides": "I think \u202esrehcaet eht\u202c decide here " * 10,
    "zero width": "\u200b".join("The readers knew what a point was worth, and so they gave it. ") * 3,
    "only zero width": "\u200b\u200c\u200d\ufeff" * 200,
    "half an emoji": "The teachers decide \ud83d here, and nobody else does. " * 6,
    "nul": "The teachers\0 decide here. " * 10,
    "combining marks": "Ź̀̂̃̄̆̇̈" * 500,
    "brackets": "(" * 20_000,
    "stars": "*" * 20_000,
    "backticks": "`" * 20_001,
    "open tags": "<" * 20_000,
    "open comment": "<!--" * 5_000,
    "entities": "&lt;&amp;&#x3c;&#0;&nosuch;" * 2_000,
    "tables": "| a | b |\n|---|---|\n" * 1_000,
    "links": "[a](b" * 5_000,
    "full stops": "." * 50_000,
    "line breaks": "\n" * 50_000,
    "digits": "64 65 790 33,654 " * 500,
    "ideographs": "我认为阅卷人知道一分意味着什么" * 50,
    "astral letters": "𝕿𝖍𝖊 𝖗𝖊𝖆𝖉𝖊𝖗𝖘 𝖐𝖓𝖊𝖜 𝖎𝖙. " * 20,
    "json": '{"evidence": 2, "position": 2, "adequate": true}' * 20,
}
