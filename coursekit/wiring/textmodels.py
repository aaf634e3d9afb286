"""Opens whatever text models are there. Without any, the checks still run, and find less.

What runs a model is loaded when it is opened: to say which there are costs nothing.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from coursekit.model.course import Course
from coursekit.model.errors import CoursekitError
from coursekit.policy.reflection.models import Models
from coursekit.ports import SecondOpinion
from coursekit.store.authored import read_course
from coursekit.store.reflections import FOLDER
from coursekit.textmodels.installed import ModelFolder
from coursekit.wiring import settings

SHIPPED = frozenset({"cered", "py3langid"})
"""Names of the models that come with coursekit and its dependencies; they change with those alone."""


def open_models(home: Path | None = None, with_embedding: bool = True) -> Models:
    """The models that come with coursekit, and the embedding that somebody has added, if any.

    `home` is the folder of added models; the one that the settings name when left out. Raises BadInput when an
    added model is no longer what it was.
    """
    shipped = shipped_models()
    return replace(shipped, embedding=added_models(home).open_embedding()) if with_embedding else shipped


def shipped_models() -> Models:
    """Those that come with coursekit."""
    from coursekit.textmodels.cered import open_cered
    from coursekit.textmodels.language import open_language

    return Models(open_cered(), open_language())


def added_models(home: Path | None = None) -> ModelFolder:
    """Those that somebody has added."""
    return ModelFolder(home or settings.models_folder())


def optional_digests(second: SecondOpinion | None) -> dict[str, str]:
    """Name → digest of the models that have a say beside the shipped ones. Opens none."""
    found = {str(model.name): str(model.digest) for model in added_models().all()}
    return found if second is None else {**found, second.name: second.digest}


def open_endpoint(course: Course, replies: Path, may_ask: bool = True) -> SecondOpinion | None:
    """The language model that the course has consented to; none without consent.

    `replies` is the folder that keeps its full replies. Without `may_ask`, those are all there is.
    """
    chosen = course.endpoint
    if chosen is None or not chosen.consent:
        return None
    from coursekit.textmodels.endpoint import Endpoint, ReplyFolder

    return Endpoint(chosen.url, chosen.model, settings.endpoint_key(), ReplyFolder(replies), may_ask=may_ask)


def find_endpoint(root: Path, may_ask: bool = True) -> SecondOpinion | None:
    """That of the course in a folder; its replies lie beside the records. None when course.yml cannot be read."""
    try:
        course = read_course(root)
    except CoursekitError:
        # Without a word of consent that can be read, there is none.
        return None
    return open_endpoint(course, root / ".coursekit" / FOLDER / "replies", may_ask)
