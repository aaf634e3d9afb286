"""Both sides of the lab name the same things alike: shapes.ts, and its twins here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from coursekit.wire import api, lab, lab_author, lab_preview

SOURCES = Path(__file__).parents[3] / "lab" / "src"
SHAPES = "\n".join((SOURCES / room / "shapes.ts").read_text() for room in ("api", "author", "preview"))
TWINS: dict[str, type[BaseModel]] = {
    "IRefusal": api.RefusalShape,
    "ICourseRow": api.CourseRow,
    "IStep": lab.LabStep,
    "IPart": api.PathPart,
    "IPlace": lab.Place,
    "ICourse": lab.LabCourse,
    "IUnchanged": lab.Unchanged,
    "IOpened": lab.Opened,
    "IUpdated": lab.Updated,
    "IChoice": lab.ChoiceShape,
    "ICriterion": lab.LabCriterion,
    "IRubric": lab.LabRubric,
    "IReceipt": lab.LabReceipt,
    "IPrompt": lab.LabPrompt,
    "IModule": lab.LabModule,
    "ISaved": lab.Saved,
    "ICommitted": lab.Committed,
    "IShownCell": lab.ShownCell,
    "ISubmission": lab.LabSubmission,
    "IHandedIn": lab.HandedIn,
    "IFeedbackCheck": lab.FeedbackCheck,
    "IFeedbackItem": lab.FeedbackItem,
    "IFeedback": lab.LabFeedback,
    "IPointer": api.PointerShape,
    "IPromptPointers": api.PromptPointers,
    "IPointers": api.PointersShape,
    "IAuthorCompetency": lab_author.AuthorCompetency,
    "IAuthorRubric": lab_author.AuthorRubric,
    "IAuthorModule": lab_author.AuthorModule,
    "IAuthorFinding": lab_author.AuthorFinding,
    "IAuthorSheet": lab_author.AuthorSheet,
    "IAuthorChange": lab_author.AuthorChange,
    "IAuthorChanges": lab_author.AuthorChanges,
    "IAuthorReleased": lab_author.AuthorReleased,
    "IAuthorPreview": lab_author.AuthorPreview,
    "INow": lab_preview.Now,
}


def interfaces() -> dict[str, set[str]]:
    """The names of each interface's fields; what it extends counted in."""
    bare = re.sub(r"/\*.*?\*/|//[^\n]*", "", SHAPES, flags=re.S)
    found: dict[str, set[str]] = {}
    for name, above, body in re.findall(r"export interface (\w+)(?: extends (\w+))? \{(.*?)\n\}", bare, re.S):
        # A field that is a list of objects has their fields within braces of its own.
        body = re.sub(r"\{.*?\}", "", body, flags=re.S)
        found[name] = set(re.findall(r"^\s*(\w+)\??:", body, re.M)) | found.get(above, set())
    return found


@pytest.mark.parametrize("name", sorted(interfaces().keys() - {"IPromptDefinition"}))
def test_an_interface_and_its_twin_have_the_same_fields(name: str) -> None:
    twin = TWINS[name]
    fields = {field.serialization_alias or key for key, field in twin.model_fields.items()}
    assert fields == interfaces()[name]


def test_every_twin_has_its_interface() -> None:
    assert set(TWINS) == interfaces().keys() - {"IPromptDefinition"}
