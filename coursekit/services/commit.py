"""Seal a response with the server's clock, and open what waited for it."""

from __future__ import annotations

from coursekit.model.ids import CourseId, ModuleId, PromptId, UserId
from coursekit.model.submission import canonical, sha256
from coursekit.ports import Deed
from coursekit.services import desk
from coursekit.services.desk import Exchange
from coursekit.wire.api import CommitRequest, Committed
from coursekit.wire.receipts import receipt_to_shape


def commit(
    exchange: Exchange,
    course: CourseId,
    module: ModuleId,
    learner: UserId,
    prompt: PromptId,
    request: CommitRequest,
) -> Committed:
    """Keep the response for good; the answer is a signed receipt and the prompt's reveal.

    The first commitment never changes: the same response again gets the same receipt, another one is kept as a
    revision beside it. Raises Locked, NotFound, and BadInput when the response is no answer yet.
    """
    with exchange.ledger.write() as deed:
        now = exchange.clock()
        desk.get_open_module(deed, course, module, learner, now)
        release = desk.held_release(deed, course, module, learner, request.release)
        asked = desk.get_prompt(release, prompt)
        # Before anything is compared with it: a text that cannot be kept has no digest either.
        desk.text_to_seal(asked, request.response)
        first = deed.find_commitment(course, module, learner, prompt)
        revision, later = 1, None
        if first is None:
            first = desk.seal_response(deed, exchange.signer, release, asked, learner, request.response, now)
        else:
            revision = _revision(deed, course, module, learner, prompt, request)
            if revision > 1:
                _, later = desk.seal_response(
                    deed, exchange.signer, release, asked, learner, request.response, now, revision
                )
        missing = desk.note_if_complete(deed, release, learner, now)
        peers = desk.find_peers(deed, release, asked, learner)
        sealed_in = desk.get_release(deed, course, module, first[0].release)
    return Committed(
        receipt=receipt_to_shape(first[1]),
        reveal=desk.reveal_shape(exchange.blobs, sealed_in.find_reveal(prompt), peers),
        response=dict(first[0].response),
        revision=revision,
        revision_receipt=receipt_to_shape(later) if later is not None else None,
        missing=list(missing),
    )


def _revision(
    deed: Deed,
    course: CourseId,
    module: ModuleId,
    learner: UserId,
    prompt: PromptId,
    request: CommitRequest,
) -> int:
    """The number to keep this response under: 1 when it is the one that stands last already."""
    earlier = [c for c, _ in deed.commitments(course, module, learner) if c.prompt == prompt]
    newest = max(earlier, key=lambda c: c.number)
    same = newest.digest == sha256(canonical(dict(request.response)))
    return 1 if same else newest.number + 1
