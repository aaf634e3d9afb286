"""Seal a response with the server's clock, and open what waited for it."""

from __future__ import annotations

from datetime import datetime

from coursekit.model.ids import CourseId, ModuleId, PromptId, UserId
from coursekit.model.submission import Commitment, Receipt, canonical, sha256
from coursekit.ports import Deed
from coursekit.services import desk
from coursekit.services.desk import Exchange
from coursekit.wire.api import CommitmentRow, CommitRequest, Committed
from coursekit.wire.receipts import receipt_to_shape


def commit(
    exchange: Exchange,
    course: CourseId,
    module: ModuleId,
    learner: UserId,
    prompt: PromptId,
    request: CommitRequest,
    key: str | None = None,
) -> Committed:
    """Keep the response for good; the answer is a signed receipt and the prompt's reveal.

    The first commitment never changes: the same response again gets the same receipt, another one is kept as a
    revision beside it. The same `key` again gets the same answer. Raises Locked, NotFound, Conflict, and BadInput
    when the response is no answer yet.
    """
    with exchange.ledger.write(course, learner) as deed:
        now = desk.now_for(exchange, deed, course, learner)
        here = desk.get_open_module(deed, course, module, learner, now)
        release = desk.held_release(deed, course, module, learner, here.tally, request.release)
        asked = desk.get_prompt(release, prompt)
        # Before anything is compared with it: a text that cannot be kept has no digest either.
        text = desk.text_to_seal(asked, request.response)
        fingerprint = sha256(canonical(["commit", module, prompt, sha256(text)]))
        reply = desk.find_reply(deed, course, learner, key, fingerprint)
        first = deed.find_commitment(course, module, learner, prompt)
        number, later = 1, None
        if first is None:
            desk.check_substance(exchange, deed, release, asked, learner, request.response)
            first = desk.seal_response(deed, exchange.signer, release, asked, learner, request.response, now)
        else:
            earlier = _earlier(deed, course, module, learner, prompt)
            if reply is not None:
                number = int(reply["revision"])
            else:
                newest = max(earlier)
                number = newest if earlier[newest][0].digest == sha256(text) else newest + 1
                # The answer that stands last already is no revision of itself; nor is the first one.
                number = 1 if number == newest else number
            if number > 1 and number in earlier:
                later = earlier[number][1]
            elif number > 1:
                desk.check_substance(exchange, deed, release, asked, learner, request.response)
                _, later = desk.seal_response(
                    deed, exchange.signer, release, asked, learner, request.response, now, number
                )
        missing = desk.note_if_complete(deed, release, learner, here.tally, [prompt], now)
        if reply is None:
            desk.keep_reply(deed, course, learner, key, fingerprint, {"revision": number}, now)
        peers = desk.find_peers(deed, release, asked, learner)
        sealed_in = desk.get_release(deed, course, module, first[0].release)
    return Committed(
        receipt=receipt_to_shape(first[1]),
        reveal=desk.reveal_shape(exchange.blobs, sealed_in.find_reveal(prompt), peers),
        response=dict(first[0].response),
        revision=number,
        revision_receipt=receipt_to_shape(later) if later is not None else None,
        missing=list(missing),
    )


def list_first(
    exchange: Exchange,
    course: CourseId,
    module: ModuleId,
    prompt: PromptId,
    since: datetime | None,
    limit: int,
) -> list[CommitmentRow]:
    """Everybody's first commitment of a prompt, oldest first, from `since` on. Raises NotFound."""
    with exchange.ledger.read() as deed:
        desk.get_course(deed, course).get_module(module)
        desk.get_prompt(desk.get_release(deed, course, module), prompt)
        found = deed.first_responses_since(course, module, prompt, since, limit)
    return [CommitmentRow(learner=who, response=dict(response), at=at) for who, response, at in found]


def _earlier(
    deed: Deed, course: CourseId, module: ModuleId, learner: UserId, prompt: PromptId
) -> dict[int, tuple[Commitment, Receipt]]:
    """What is sealed for this prompt, by its number."""
    return {c.number: (c, r) for c, r in deed.commitments(course, module, learner) if c.prompt == prompt}
