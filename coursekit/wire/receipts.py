"""A receipt on and off the wire."""

from __future__ import annotations

from dataclasses import asdict

from coursekit.model.ids import CourseId, Digest, ModuleId, ReleaseNumber, UserId
from coursekit.model.submission import Receipt, ReceiptKind, RevealedCell
from coursekit.wire.api import CellShape, ReceiptShape


def receipt_to_shape(receipt: Receipt) -> ReceiptShape:
    """For sending."""
    return ReceiptShape(**asdict(receipt))


def receipt_from_shape(shape: ReceiptShape) -> Receipt:
    """As received; its signature is not looked at here."""
    return Receipt(
        kind=ReceiptKind(shape.kind),
        course=CourseId(shape.course),
        module=ModuleId(shape.module),
        learner=UserId(shape.learner),
        release=ReleaseNumber(shape.release),
        subject=shape.subject,
        digest=Digest(shape.digest),
        at=shape.at,
        previous=shape.previous,
        key=shape.key,
        signature=shape.signature,
    )


def cell_from_shape(shape: CellShape) -> RevealedCell:
    """A revealed cell as received."""
    return RevealedCell(shape.cell_id, shape.cell_type, shape.source, tuple(shape.outputs), shape.alt)
