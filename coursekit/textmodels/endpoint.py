"""Asks a language model of somebody else's, over the chat interface that many servers speak. Optional, and off.

consent ─▶ guard found nothing ─▶ kept reply, or POST …/chat/completions ─▶ Opinion | None
                                  └── late, too large, an error: Unreachable, and soon nobody asks any more

Nothing waits for it longer than its patience, and no answer fares worse without it: a person reads it as before.
"""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx

from coursekit.model.errors import Unreachable
from coursekit.model.ids import Digest
from coursekit.model.reflection import Basis, Opinion
from coursekit.model.submission import canonical, sha256
from coursekit.policy.reflection.opinion import INSTRUCTIONS, ask, is_suspicious, read
from coursekit.policy.reflection.text import normalise

_PATIENCE = 20.0
"""Seconds for one answer, from the first byte sent to the last one read."""
_REPLY_MOST = 256 << 10
_HERE = ("127.0.0.1", "::1", "localhost")
"""What goes to this computer takes no proxy."""
_IN_A_ROW = 3
"""So many failures, and it is not asked again: three hundred answers must not wait for a server that is down."""


class Replies(Protocol):
    """Keeps what was replied, so that nothing is asked twice, and a record can be reckoned again."""

    def find(self, question: Digest) -> str | None:
        """The reply that was kept for it."""

    def keep(self, question: Digest, reply: str) -> None:
        """Keep it, if that can be done."""


class Endpoint:
    """Plugs into `SecondOpinion`."""

    def __init__(
        self,
        url: str,
        model: str,
        key: str,
        replies: Replies,
        patience: float = _PATIENCE,
        may_ask: bool = True,
    ) -> None:
        """`url` ends before /chat/completions. Without `may_ask`, only kept replies are used."""
        self._url = url.rstrip("/") + "/chat/completions"
        self._host = _host(url)
        self._model = model
        self._key = key
        self._replies = replies
        self._patience = patience
        self._may_ask = may_ask
        self._failures = 0
        self._digest = sha256(canonical({"model": model, "instructions": INSTRUCTIONS}))

    @property
    def name(self) -> str:
        """As results carry it."""
        return f"endpoint:{self._model}"

    @property
    def digest(self) -> Digest:
        """Of the model's name and of the instructions it is given."""
        return self._digest

    def ask(self, basis: Basis, text: str) -> Opinion | None:
        """What it makes of an answer; none when it may not see it, or gave nothing that can be used.

        Raises Unreachable.
        """
        normal = normalise(text)
        material = ask(basis, normal)
        if not material or is_suspicious(basis, normal):
            return None
        question = sha256(canonical([self._digest, material]))
        reply = self._replies.find(question)
        if reply is None:
            if not self._may_ask:
                return None
            reply = self._reply(material)
            # Kept as it came, also when it is of no use: to be asked again, it would have to be another question.
            self._replies.keep(question, reply)
        return read(basis, normal, _message(reply))

    def _reply(self, material: str) -> str:
        if self._failures >= _IN_A_ROW:
            raise self._unreachable("failed several times in a row, and is left alone")
        body = {
            "model": self._model,
            "temperature": 0,
            "response_format": {"type": "json_object"},
            "messages": [
                {"role": "system", "content": INSTRUCTIONS},
                {"role": "user", "content": material},
            ],
        }
        try:
            # In a thread of its own: a notebook's server has a loop already. The clock that runs here also stops a
            # server that says a little every now and then.
            with ThreadPoolExecutor(1) as beside:
                reply = beside.submit(asyncio.run, self._in_time(body)).result()
        except Unreachable:
            self._failures += 1
            raise
        except TimeoutError as error:
            self._failures += 1
            raise self._unreachable("took too long") from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            self._failures += 1
            raise self._unreachable("cannot be reached") from error
        self._failures = 0
        return reply

    async def _in_time(self, body: dict[str, Any]) -> str:
        return await asyncio.wait_for(self._post(body), self._patience)

    async def _post(self, body: dict[str, Any]) -> str:
        headers = {"Accept-Encoding": "identity"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        async with (
            # A redirect is not followed: consent was given for one address.
            httpx.AsyncClient(timeout=self._patience, trust_env=self._host not in _HERE) as line,
            line.stream("POST", self._url, json=body, headers=headers) as answer,
        ):
            if answer.status_code != httpx.codes.OK:
                raise self._unreachable(f"answers with {answer.status_code}")
            content = b""
            async for chunk in answer.aiter_raw():
                content += chunk
                if len(content) > _REPLY_MOST:
                    raise self._unreachable("sends more than anybody asked for")
        return content.decode("utf-8", "replace")

    def _unreachable(self, what: str) -> Unreachable:
        return Unreachable(
            "no-second-opinion",
            f"The language model at {self._host} {what}.",
            "Nothing needs to be done: the answers are read by people, as without it.",
        )


class ReplyFolder:
    """Keeps replies in a folder, each under the digest of what was asked."""

    def __init__(self, folder: Path) -> None:
        """Need not be there."""
        self._folder = folder

    def find(self, question: Digest) -> str | None:
        """The reply that was kept for it; none also when the file was damaged."""
        try:
            value = json.loads((self._folder / f"{question}.json").read_bytes())
            reply = value["reply"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return reply if isinstance(reply, str) else None

    def keep(self, question: Digest, reply: str) -> None:
        """Write it whole or not at all. A disk that is full costs the reply, and no more."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, name = tempfile.mkstemp(dir=self._folder, prefix=".new-")
            with os.fdopen(handle, "wb") as file:
                file.write(json.dumps({"reply": reply}).encode())
            Path(name).replace(self._folder / f"{question}.json")
        except OSError:
            return


def _host(url: str) -> str:
    """Empty when it is no address."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _message(reply: str) -> str:
    """What the model said; empty when the server's answer holds nothing of the kind, or a refusal."""
    try:
        choice = json.loads(reply)["choices"][0]
        message = choice["message"]
        if message.get("refusal") or choice.get("finish_reason") == "content_filter":
            return ""
        content = message["content"]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        return ""
    return content if isinstance(content, str) else ""
