"""Values of the checks of reflections, made small for tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from coursekit.model.ids import Digest, PromptId
from coursekit.model.reflection import Basis, Certificate, Rung, Suggestion
from coursekit.model.rubric import Auto, AutoDecision, Criterion, Detector, Rubric, Rule
from coursekit.policy.reflection.route import Leave

LEVELS = {0: "no", 1: "a little", 2: "yes"}
BASIS = Basis(
    PromptId("p1"),
    "The lamps",
    "Should the ward keep its new lamps? Use the exhibits.",
    Rubric(
        "lamps",
        "About lamps",
        (
            Criterion(
                "evidence",
                "Uses a fact from the case.",
                LEVELS,
                ("lamps",),
                "You used a fact.",
                "Point to one number.",
                Detector.CASE_EVIDENCE,
            ),
            Criterion(
                "position",
                "Takes a position.",
                LEVELS,
                (),
                "",
                "Say what you would do.",
                Detector.POSITION,
                ("keep", "remove"),
            ),
            Criterion("depth", "Thinks further.", LEVELS),
        ),
        decision=AutoDecision(Auto.ADEQUATE_ATTEMPT, 3, Rule(("evidence", "position"))),
    ),
    case=("The ward has 412 lamps. Nurse Ada counted 37 falls before and 12 after.",),
    digest=Digest("b" * 64),
)
CERTIFICATE = Certificate(0.95, 60, 0, 0.9624, Digest("c" * 64))
LEAVE = Leave(Rung.SUGGESTION, CERTIFICATE, "c" * 64, seed="s")
SUGGESTION = Suggestion(3.2, 0.4, 0.97, (), (), (), False)


def basis(**decision: Any) -> Basis:
    """BASIS with other terms for what may happen without a person."""
    changed = replace(BASIS.rubric.decision, **decision)
    return replace(BASIS, rubric=replace(BASIS.rubric, decision=changed))
