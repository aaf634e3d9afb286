"""Which text models are opened, and for which course a second opinion is asked at all."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.reflections import stub_endpoint
from support.reflections.stub_endpoint import Stub, says
from support.reflections.tiny_model import TINY, digests

from coursekit.model.course import Course
from coursekit.model.errors import BadInput
from coursekit.model.ids import PromptId
from coursekit.model.reflection import Basis
from coursekit.model.rubric import Criterion, Detector, Rubric
from coursekit.store.authored import parse_course
from coursekit.wire.course import course_from_shape, course_to_shape
from coursekit.wiring import settings
from coursekit.wiring.textmodels import (
    SHIPPED,
    added_models,
    find_endpoint,
    open_endpoint,
    open_models,
    optional_digests,
    shipped_models,
)

BASIS = Basis(
    PromptId("p1"),
    "",
    "Why?",
    Rubric("r", "", (Criterion("why", "Says why", {0: "no", 1: "yes"}, detector=Detector.TERMS),)),
)
ANSWER = "Because the figures of September are worse than those of May."


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COURSEKIT_MODELS", "COURSEKIT_ENDPOINT_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


# models


def test_those_that_come_with_coursekit_are_always_there():
    models = open_models()
    assert set(models.digests()) == {"cered", "py3langid"}
    assert all(len(d) == 64 for d in models.digests().values())


def test_one_that_was_added_is_opened_and_every_result_carries_it():
    added = added_models().add(TINY, digests())
    models = open_models()
    assert models.embedding is not None
    assert models.digests()[added.name] == added.digest
    assert open_models(with_embedding=False).embedding is None
    assert shipped_models().embedding is None


def test_one_that_was_changed_is_told_and_not_used():
    added = added_models().add(TINY, digests())
    (settings.models_folder() / added.name / "config.json").write_text("{}")
    with pytest.raises(BadInput):
        open_models()
    assert open_models(with_embedding=False).sentences is not None


def test_where_added_models_are_kept(tmp_path, monkeypatch):
    assert settings.models_folder() == tmp_path / "data" / "coursekit" / "models"
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert settings.models_folder() == tmp_path / ".local" / "share" / "coursekit" / "models"
    monkeypatch.setenv("COURSEKIT_MODELS", "/srv/models")
    assert settings.models_folder() == Path("/srv/models")
    assert added_models(tmp_path).home == tmp_path


# the endpoint


@pytest.fixture
def stub() -> Iterator[Stub]:
    with stub_endpoint.running() as server:
        server.answer = says({"criteria": [{"id": "why", "level": 1, "quote": "the figures of September"}]})
        yield server


def course(reflections: str = "") -> Course:
    text = (
        "schema: coursekit.course/1\ncourse: c\ntitle: C\ntime_zone: Europe/Vienna\n"
        "modules: [{id: m, title: M}]\n"
    )
    return parse_course(text + reflections)


def consenting(url: str, consent: str = ", consent: true") -> Course:
    return course(f'reflections: {{endpoint: {{url: "{url}", model: some-model{consent}}}}}\n')


def test_a_course_that_says_nothing_asks_nobody(tmp_path):
    assert course().endpoint is None
    assert open_endpoint(course(), tmp_path) is None
    assert open_endpoint(course("reflections: {}\n"), tmp_path) is None


@pytest.mark.parametrize("consent", ["", ", consent: false"])
def test_without_consent_nothing_is_sent(stub, tmp_path, consent):
    asked = open_endpoint(consenting(stub.url, consent), tmp_path)
    assert asked is None
    assert stub.requests == []


def test_with_consent_it_is_asked_with_the_key_of_the_settings(stub, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSEKIT_ENDPOINT_KEY", "a-key")
    asked = open_endpoint(consenting(stub.url), tmp_path / "replies")
    assert asked is not None
    opinion = asked.ask(BASIS, ANSWER)
    assert opinion is not None
    assert opinion.levels == {"why": 1}
    assert stub.headers[0]["Authorization"] == "Bearer a-key"


def test_reckoning_again_asks_nobody(stub, tmp_path):
    told = consenting(stub.url)
    first = open_endpoint(told, tmp_path)
    again = open_endpoint(told, tmp_path, may_ask=False)
    assert first is not None
    assert again is not None
    assert again.ask(BASIS, ANSWER) is None
    assert first.ask(BASIS, ANSWER) == again.ask(BASIS, ANSWER)
    assert len(stub.requests) == 1


@pytest.mark.parametrize(
    "consent", [", consent: yes", ", consent: 1", ', consent: "true"', ", consents: true"]
)
def test_a_consent_that_is_none_is_told(consent):
    with pytest.raises(BadInput) as refused:
        consenting("https://api.example.org/v1", consent)
    assert "endpoint" in refused.value.detail


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.org/v1",
        "api.example.org",
        "",
        "https://",
        "https://u:p@x.org",
        "file:///etc",
        "http://[",
    ],
)
def test_an_address_that_would_be_read_on_the_way_is_refused(url):
    with pytest.raises(BadInput) as refused:
        consenting(url)
    assert "url" in refused.value.detail


@pytest.mark.parametrize(
    "url", ["https://api.example.org/v1", "http://127.0.0.1:8000/v1", "http://localhost:11434/v1"]
)
def test_an_address_that_will_do(url):
    told = consenting(url).endpoint
    assert told is not None
    assert (told.url, told.model, told.consent) == (url, "some-model", True)


def test_it_never_leaves_the_authors_side():
    told = consenting("https://api.example.org/v1")
    shape = course_to_shape(told)
    assert "example.org" not in shape.model_dump_json()
    assert course_from_shape(shape).endpoint is None


def test_a_courses_folder_has_its_replies_beside_its_records(stub, tmp_path):
    (tmp_path / "modules").mkdir()
    assert find_endpoint(tmp_path) is None
    text = (
        "schema: coursekit.course/1\ncourse: c\ntitle: C\ntime_zone: Europe/Vienna\n"
        "modules: [{id: m, title: M}]\n"
        f'reflections: {{endpoint: {{url: "{stub.url}", model: some-model, consent: true}}}}\n'
    )
    (tmp_path / "modules" / "course.yml").write_text(text)
    asked = find_endpoint(tmp_path)
    assert asked is not None
    assert asked.ask(BASIS, ANSWER) is not None
    assert len(list((tmp_path / ".coursekit" / "reflections" / "replies").iterdir())) == 1
    (tmp_path / "modules" / "course.yml").write_text(text + "oops: [")
    assert find_endpoint(tmp_path) is None


def test_which_optional_models_there_are_is_told_without_opening_them(stub, tmp_path):
    assert optional_digests(None) == {}
    second = open_endpoint(consenting(stub.url), tmp_path)
    added = added_models().add(TINY, digests())
    assert second is not None
    assert optional_digests(second) == {added.name: added.digest, second.name: second.digest}
    models = open_models()
    opened = {n: d for n, d in models.digests().items() if n not in SHIPPED}
    assert opened == optional_digests(None)


def test_looking_for_models_loads_nothing_large():
    code = (
        "import sys, coursekit.wiring.textmodels as t; t.optional_digests(None)\n"
        "print([m for m in ('numpy', 'scipy', 'sklearn', 'py3langid', 'httpx') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
