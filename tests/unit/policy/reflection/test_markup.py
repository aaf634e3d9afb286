"""Markdown and HTML as the page shows them."""

from __future__ import annotations

import pytest

from coursekit.policy.reflection.text import normalise


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("**bold**, *it* and __more__ ~~gone~~", "bold, it and more gone"),
        ("2*3 and snake_case and 3 * 4", "2*3 and snake_case and 3 * 4"),
        ("# Heading\ntext", "Heading\ntext"),
        ("- one\n- two\n1. three", "one\ntwo\nthree"),
        ("> said\n> so", "said\nso"),
        ("[a link](https://x.y/z) and [one][2]", "a link and one"),
        ("![words nobody sees](x.png) after", "after"),
        ("```python\nx = 1\n```\nafter", "x = 1\nafter"),
        ("| a | b |\n|---|---|\n| c | d |", "a b\nc d"),
        ("a &lt; b &amp;&#65;", "a < b &A"),
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("a < b and <3", "a < b and <3"),
        ("<https://x.y>", "https://x.y"),
        (r"\*stars\*", "*stars*"),
    ],
)
def test_the_words_without_the_marks(typed: str, seen: str) -> None:
    normal = normalise(typed)
    assert (normal.text, normal.hidden) == (seen, 0)


@pytest.mark.parametrize(
    "wrapped",
    [
        "<!-- {} -->",
        "<!-- {}",
        '<span style="color:white">{}</span>',
        "<span style='color: #FFFFFF;'>{}</span>",
        '<span style="color:rgba(255, 255, 255, 1)">{}</span>',
        '<font color="white">{}</font>',
        '<p style="font-size:1px">{}</p>',
        '<p style="font-size:0">{}</p>',
        '<div style="display:none">{}<div>{}</div></div>',
        "<div hidden>{}</div>",
        '<p style="opacity:0">{}</p>',
        '<div style="position:absolute;left:-9999px">{}</div>',
        '<p style="height:1px;overflow:hidden">{}</p>',
        "<template>{}</template>",
        "<style>{}</style>",
        "\n[//]: # ({})\n",
        "$\\phantom{{{}}}$",
        "$\\color{{white}}{{{}}}$",
    ],
)
def test_what_a_page_does_not_show_is_counted_and_earns_nothing(wrapped: str) -> None:
    normal = normalise(f"Before {wrapped.format('secretwords', 'inner')} after.")
    assert "secretwords" not in normal.text
    assert normal.hidden >= len("secretwords")
    assert normal.text.startswith("Before")


@pytest.mark.parametrize(
    "shown",
    [
        '<span style="color:red">{}</span>',
        '<b class="hiding">{}</b>',
        '<p style="width:100%">{}</p>',
        "<h2>{}</h2>",
    ],
)
def test_what_it_shows_is_not(shown: str) -> None:
    normal = normalise(shown.format("visible"))
    assert (normal.text, normal.hidden) == ("visible", 0)
