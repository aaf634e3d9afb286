"""What the grader and the sandbox say to each other: JSON in frames, over a socket that can carry descriptors.

    grader ── control ──▶ zygote       warm · begin · interrupt · settle · wake · end
    grader ── line ─────▶ the learner's line of execution          run · snapshot
    grader ── line ─────▶ each snapshot of it                      run · cleanse

The zygote answers each of its messages once. A line answers `run` once. Whatever comes out of a line was written by
a stranger's code, or may have been: it is read up to a size, and believed only as far as `outputs` and the policies
believe it.

This file and `worker/` run inside the sandbox and import nothing else of coursekit.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Mapping, Sequence
from typing import Any

HEADER = struct.Struct(">I")
CREDENTIALS = struct.Struct("iii")
SCM_CREDENTIALS = 2
"""Linux; Python's socket module does not name it everywhere."""
MESSAGE_BYTES = 1 << 20
"""Enough for every message but the outputs of a cell and the contents of files."""


class Lost(Exception):
    """The other end is gone, or talks nonsense."""


class Line:
    """One end of a socket pair. Messages are JSON objects; files are bytes."""

    def __init__(self, sock: socket.socket) -> None:
        self.socket = sock
        self.sender = 0
        """The process that sent the last message, by the kernel's word; 0 where it was not asked for."""

    def fileno(self) -> int:
        """For select."""
        return self.socket.fileno()

    def ask_for_sender(self) -> None:
        """Let the kernel say who sends. Linux only; elsewhere `sender` stays 0."""
        option = getattr(socket, "SO_PASSCRED", None)
        if option is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, option, 1)

    def send(self, message: Mapping[str, Any], descriptors: Sequence[int] = ()) -> None:
        """One message, with open files if there are any. Raises Lost."""
        self.send_bytes(json.dumps(message, separators=(",", ":")).encode(), descriptors)

    def send_bytes(self, payload: bytes, descriptors: Sequence[int] = ()) -> None:
        """One frame as it is. Raises Lost."""
        try:
            header = HEADER.pack(len(payload))
            if descriptors:
                # They travel with the header, so that whoever reads it has them before the message.
                socket.send_fds(self.socket, [header], list(descriptors))
                self.socket.sendall(payload)
            else:
                self.socket.sendall(header + payload)
        except OSError as error:
            raise Lost(str(error)) from None

    def receive(
        self, limit: int = MESSAGE_BYTES, descriptors: int = 0, until: float | None = None
    ) -> tuple[dict[str, Any], list[int]]:
        """One message and the open files that came with it. `until`: a reading of `time.monotonic`.

        Raises Lost when there is none or no object in it, and TimeoutError when nothing came in time.
        """
        payload, received = self.receive_bytes(limit, descriptors, until)
        try:
            message = json.loads(payload)
        except (ValueError, RecursionError):
            raise Lost("not JSON") from None
        if not isinstance(message, dict):
            raise Lost("not an object")
        return message, received

    def receive_bytes(
        self, limit: int, descriptors: int = 0, until: float | None = None
    ) -> tuple[bytes, list[int]]:
        """One frame. Raises Lost, or TimeoutError when not a byte of it came in time."""
        received: list[int] = []
        header = b""
        while len(header) < HEADER.size:
            try:
                self._wait(until)
                part, more = self._read(HEADER.size - len(header), descriptors)
            except TimeoutError:
                if not header:
                    raise
                raise Lost("half a message") from None
            received += more
            header += part
        size = HEADER.unpack(header)[0]
        if size > limit:
            raise Lost("too large")
        payload = bytearray(size)
        view = memoryview(payload)
        while view:
            try:
                self._wait(until)
                count = self.socket.recv_into(view)
            except OSError as error:
                raise Lost(str(error)) from None
            if not count:
                raise Lost("closed")
            view = view[count:]
        return bytes(payload), received

    def close(self) -> None:
        """Hang up."""
        self.socket.close()

    def _wait(self, until: float | None) -> None:
        # Anew for each piece: whoever sends a byte now and then must not hold us for ever.
        if until is not None:
            self.socket.settimeout(max(0.001, until - time.monotonic()))

    def _read(self, size: int, descriptors: int) -> tuple[bytes, list[int]]:
        space = socket.CMSG_SPACE(4 * descriptors) + socket.CMSG_SPACE(CREDENTIALS.size)
        try:
            part, ancillary, _, _ = self.socket.recvmsg(size, space)
        except TimeoutError:
            raise
        except OSError as error:
            raise Lost(str(error)) from None
        if not part:
            raise Lost("closed")
        received: list[int] = []
        for level, kind, data in ancillary:
            if level != socket.SOL_SOCKET:
                continue
            if kind == socket.SCM_RIGHTS:
                whole = len(data) - len(data) % 4
                received += struct.unpack(f"{whole // 4}i", data[:whole])
            elif kind == SCM_CREDENTIALS:
                self.sender = CREDENTIALS.unpack(data[: CREDENTIALS.size])[0]
        return part, received


def pair() -> tuple[Line, Line]:
    """Two ends of one line."""
    ours, theirs = socket.socketpair()
    return Line(ours), Line(theirs)
