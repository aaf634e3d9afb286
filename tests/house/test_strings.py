"""The lab's words in other languages: all of them, none too many, and each fit for its place."""

from __future__ import annotations

import ast
import importlib.util
import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from babel.messages.catalog import Catalog

ROOT = Path(__file__).parent.parent.parent


def _script() -> ModuleType:
    found = importlib.util.spec_from_file_location("lab_strings", ROOT / "lab" / "strings.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    # Its dataclass looks its own module up.
    import sys

    sys.modules["lab_strings"] = module
    found.loader.exec_module(module)
    return module


strings: Any = _script()
Words = strings.Words


@pytest.fixture(scope="module", params=strings.catalogues(), ids=lambda path: path.parent.parent.name)
def path(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


@pytest.fixture(scope="module")
def catalogue(path: Path) -> Catalog:
    read: Catalog = strings.read(path)
    return read


def _strings(message: Any) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


def test_german_is_there() -> None:
    assert "de_DE" in [path.parent.parent.name for path in strings.catalogues()]


def test_every_text_of_the_lab_is_there_and_no_other(catalogue: Catalog) -> None:
    """If this fails: python lab/strings.py, then translate what it names."""
    texts = set(strings.in_sources())
    there = set(strings.known(catalogue))
    assert len(texts) > 300
    assert texts - there == set()
    assert there - texts == set()


def test_each_is_translated(catalogue: Catalog) -> None:
    empty = [words.id for words, message in strings.known(catalogue).items() if not all(_strings(message))]
    assert empty == []
    assert not any(message.fuzzy for message in catalogue if message.id)


def test_each_has_as_many_forms_as_its_language_and_the_same_places_to_fill(catalogue: Catalog) -> None:
    for words, message in strings.known(catalogue).items():
        forms = _strings(message)
        assert len(forms) == (catalogue.num_plurals if words.plural else 1), words.id
        wanted = _places(words.plural or words.id)
        for number, form in enumerate(forms):
            # One thing can be said without its number, in the form that is for it alone.
            spared = {"%1"} if words.plural and number == 0 else set()
            assert wanted - spared <= _places(form) <= wanted, form


def _places(text: str) -> set[str]:
    return set(re.findall(r"%\d", text))


def test_each_begins_and_ends_as_it_does_in_english(catalogue: Catalog) -> None:
    """What stands between other words keeps its edges; a sentence keeps its full stop."""
    for words, message in strings.known(catalogue).items():
        for form in _strings(message):
            assert (form[:1].isspace(), form[-1:].isspace()) == (
                words.id[:1].isspace(),
                words.id[-1:].isspace(),
            )
            ends = [text[-1:] if text[-1:] in (".", ":", "?", "…") else "" for text in (words.id, form)]
            assert ends[0] == ends[1], (words.id, form)


def test_german_speaks_to_school_leaders() -> None:
    """“Sie”, German quotation marks, the words of the glossary, and none of Jupyter's."""
    (found,) = [path for path in strings.catalogues() if path.parent.parent.name == "de_DE"]
    for words, message in strings.known(strings.read(found)).items():
        for form in _strings(message):
            assert not re.search(r"\b(du|dich|dir|dein\w*|Notebook|Kernel|Zelle\w*|Prompt\w*)\b", form), form
            assert form.count("„") == form.count("“"), form
            assert "”" not in form
            if re.search(r"\breceipts?\b", words.id, re.IGNORECASE):
                assert re.search(r"\bBelege?\b", form), form
            if re.search(r"\b(commit|committed|seals?|sealed)\b", words.id, re.IGNORECASE):
                assert (
                    re.search(r"[Ff]est(ge|zu)?leg|[Ll]eg(en|t) Sie|legen Sie", form) or "wird sie es" in form
                ), form


def test_the_file_that_the_lab_loads_is_made_of_it(path: Path, catalogue: Catalog) -> None:
    """If this fails: python lab/strings.py."""
    language = path.parent.parent.name
    assert path.with_suffix(".json").read_bytes() == strings.as_json(catalogue, language)
    assert path.read_bytes() == strings.as_po(strings.updated(catalogue, strings.in_sources()))


def test_jupyterlab_offers_the_language_and_finds_our_words(path: Path) -> None:
    from jupyterlab_server.translation_utils import get_language_pack, get_language_packs

    language = path.parent.parent.name
    offered, trouble = get_language_packs()
    assert (language in offered, trouble) == (True, "")
    words, trouble = get_language_pack(language)
    assert trouble == ""
    assert words["coursekit"] == json.loads(path.with_suffix(".json").read_text())
    assert "jupyterlab" in words


def test_what_the_lab_says_again_is_what_the_server_says() -> None:
    """A sentence of lab/src/logic/sentences.ts that no Python file says any more would never be recognised."""
    file = "lab/src/logic/sentences.ts"
    ours = [words.id for words, files in strings.in_sources().items() if file in files]
    assert len(ours) > 40
    said = {pattern for path in (ROOT / "coursekit").rglob("*.py") for pattern in _said_in(path)}
    known = [re.compile(pattern) for pattern in said if " " in pattern]
    assert [text for text in ours if not any(pattern.fullmatch(text) for pattern in known)] == []


def _said_in(path: Path) -> Iterator[str]:
    """Patterns of the texts in a Python file; what is filled in can be anything."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for text in _texts(node):
            # One that is nearly all filled in says nothing.
            if len(text.replace(_ANYTHING, "")) >= 10:
                yield ".+".join(re.escape(part) for part in text.strip().split(_ANYTHING))


_ANYTHING = "\0"


def _texts(node: ast.AST) -> list[str]:
    """What an expression can come to."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.FormattedValue):
        return _texts(node.value) if isinstance(node.value, ast.IfExp) else [_ANYTHING]
    if isinstance(node, ast.IfExp):
        return _texts(node.body) + _texts(node.orelse)
    if isinstance(node, ast.JoinedStr):
        return ["".join(parts) for parts in itertools.product(*map(_texts, node.values))]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [
            "".join(parts)
            for parts in itertools.product(*(_texts(side) or [_ANYTHING] for side in (node.left, node.right)))
        ]
    return []


# what the script finds


def test_texts_are_found_however_they_are_written() -> None:
    source = r"""
        trans.__('plain'); this.trans.__("it’s “%1”", name); props.trans.__(`ticks \u2026`)
        trans.__(
          // why it says so
          'in two ' +
            'parts', 3)
        trans._n('%1 word', '%1 words', words.length) + trans._p('menu', 'Open')
        trans._np('x', 'one', 'many', n); other.load('coursekit'); trans.__('don\'t')
        const msg = (text: string) => text; [msg('later %1')]; this.msg(text); trans['__'](text)
    """
    assert list(strings.in_source(source)) == [
        Words("", "plain"),
        Words("", "it’s “%1”"),
        Words("", "ticks …"),
        Words("", "in two parts"),
        Words("", "%1 word", "%1 words"),
        Words("menu", "Open"),
        Words("x", "one", "many"),
        Words("", "don't"),
        Words("", "later %1"),
    ]


@pytest.mark.parametrize(
    "call", ["trans.__(title)", "trans.__(`a ${b}`)", "trans.__('a' + b)", "trans._n('a', b, 1)"]
)
def test_a_text_that_a_program_makes_is_refused(call: str) -> None:
    with pytest.raises(strings.NotALiteral):
        list(strings.in_source(call))


def test_settings_are_found_in_the_contexts_that_jupyterlab_asks_in() -> None:
    from jupyterlab_server.translation_utils import translator

    asked: list[Any] = []

    class Asking:
        def pgettext(self, context: str, text: str) -> str:
            asked.append(Words(context, text))
            return text

    for file in sorted((ROOT / "lab" / "schema").glob("*.json")):
        schema = json.loads(file.read_text())
        translator._translate_schema_strings(Asking(), schema)
    found = {words for words in strings.in_sources() if words.context in ("schema", "settings")}
    assert asked
    assert set(asked) == found


def test_translations_stay_and_what_is_gone_goes() -> None:
    old = Catalog(locale="de_DE")
    old.add("stays", "bleibt")
    old.add("goes", "geht")
    new = strings.updated(old, {Words("", "stays"): {"a.ts"}, Words("", "comes"): {"b.ts"}})
    assert {m.id: m.string for m in new if m.id} == {"stays": "bleibt", "comes": None}
    assert b"goes" not in strings.as_po(new)
    assert json.loads(strings.as_json(new, "de_DE")).keys() == {"", "stays"}
