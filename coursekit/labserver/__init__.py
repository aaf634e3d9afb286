"""The lab's window on the exchange: a Jupyter server extension in the learner's own server.

    browser ── cookie and XSRF, Jupyter's ──▶ labserver ── the learner's token ──▶ exchange

Handlers are thin and asynchronous; what blocks runs in a thread. All routes are below <base_url>coursekit/api/;
what travels is in `coursekit.wire.lab`. Moments are ISO 8601, paths relative to the server's root.

    GET  courses                                    my courses, and as what
    GET  courses/{c}                                my way through one; ?since=ETAG&wait=25 waits for a change
    PUT  courses/{c}/place                          where I am
    PUT  courses/{c}/time-zone                      on whose clocks I want to see dates
    GET  module-of?path=                            which module a notebook belongs to; null for any other
    GET  courses/{c}/modules/{m}                    its prompts, and how far each answer has come
    POST courses/{c}/modules/{m}/open               fetch it, unless it is here
    POST courses/{c}/modules/{m}/update             merge the newest release into its folder
    PUT  courses/{c}/modules/{m}/answers/{p}        keep a form's answer
    POST courses/{c}/modules/{m}/commitments/{p}    seal what stands in the file
    POST courses/{c}/modules/{m}/submissions        hand in what stands in the file;  GET: all that was handed in
    POST courses/{c}/submissions/{s}/copy           one of them, as it was, in a folder of its own
    GET  courses/{c}/modules/{m}/feedback           what I was given
    GET  courses/{c}/modules/{m}/pointers           what the checks saw
    POST courses/{c}/modules/{m}/appeals/{p}        ask that a person reads it
    …    review/…                                   for graders; `review.py` has them

What does not work is problem+json (RFC 9457) with `code`, `detail` and `next_step`, both plain sentences:

    401 no-token, token-ended   nobody is signed in to the exchange, or no longer
    409 not-as-shown            the file says something else than the learner sees; `cell_id` says where
    422 prompts-missing         `prompts` have no answer yet
    503 exchange-unreachable    it does not answer; the work is safe, and it is worth trying again

and whatever else the exchange says, in its own words.
"""

from __future__ import annotations

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "coursekit.labserver"}]


def _load_jupyter_server_extension(server: Any) -> None:
    from coursekit.labserver.start import start

    start(server)
