"""How every program of the sandbox begins: it takes up its line, and gives up what it was started with."""

from __future__ import annotations

import os
import signal
import socket
import sys
from typing import Any

from coursekit.engine.protocol import Line
from coursekit.engine.worker import confine


def enter() -> tuple[Line, dict[str, Any]] | None:
    """The line to the grader, whose descriptor is the first argument, and the setting that came over it.

    None where this process could not become the account that it was to become; the grader knows then.
    """
    control = Line(socket.socket(fileno=int(sys.argv[1])))
    # Programs that are started from here would inherit it, and with it the way to the grader.
    os.set_inheritable(control.fileno(), False)
    setting, _ = control.receive()
    if setting["account"] and not confine.give_up_root(setting["account"]):
        control.send({"problem": "cannot-give-up-root"})
        return None
    confine.hide_memory(True)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return control, setting
