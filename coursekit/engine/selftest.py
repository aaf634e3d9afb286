"""The sandbox proves itself before it meets a stranger's code: programs that must not succeed, run like any other.

DMOJ's executors prove themselves in the same way before a language is offered.
"""

from __future__ import annotations

import socket
import tempfile
from pathlib import Path

from coursekit.engine.launch import Walls
from coursekit.engine.pool import Worker
from coursekit.model.errors import ServiceFault
from coursekit.model.grading import Ending, Job, Step

_MUST_WORK, _SENDS = "runs Python", "sends over the network"
_TRIES = {
    _MUST_WORK: "6 * 7",
    "reads a file of the grader's": "open({canary!r}).read(); 42",
    "writes outside its folder": "open('/usr/coursekit-selftest', 'w'); 42",
    "writes over Python itself": "import os; open(os.__file__, 'a'); 42",
    "opens a connection": (
        "import socket; s = socket.socket(); s.settimeout(2); s.connect(('127.0.0.1', {port})); 42"
    ),
    _SENDS: (
        "import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.sendto(b'x', ('127.0.0.1', {mailbox})); 1 / 0"
    ),
    "ends the worker": "import os, signal; os.kill(os.getppid(), signal.SIGKILL); os.getppid() == 1 and 1 / 0; 42",
    "sees other processes": "import os; assert sum(name.isdigit() for name in os.listdir('/proc')) > 4; 42",
    "gains rights": "import os; os.setuid(0); os.mount if os.getuid() else 1 / 0; 42",
}


def check(worker: Worker, walls: Walls) -> None:
    """Raises ServiceFault when the worker cannot run Python, or can do what it must not."""
    with (
        tempfile.NamedTemporaryFile(prefix="coursekit-selftest-") as canary,
        socket.create_server(("127.0.0.1", 0)) as door,
        socket.socket(type=socket.SOCK_DGRAM) as mailbox,
    ):
        mailbox.bind(("127.0.0.1", 0))
        mailbox.setblocking(False)
        # Walls must hold it back, not the rights of a file.
        Path(canary.name).chmod(0o644)
        tries = {
            name: source.format(
                canary=canary.name, port=door.getsockname()[1], mailbox=mailbox.getsockname()[1]
            )
            for name, source in _TRIES.items()
        }
        wanted = tries if walls.sandboxed else {_MUST_WORK: tries[_MUST_WORK]}
        steps = tuple(Step(number, source) for number, source in enumerate(wanted.values()))
        ran = worker.run(Job("selftest", steps))
        went_well = {
            name
            for number, name in enumerate(wanted)
            if number in ran.cells and ran.cells[number].ending is Ending.OK
        }
        # In a network of its own a datagram can be sent, to nobody; what counts is whether it comes out here.
        if walls.sandboxed and _has_mail(mailbox):
            went_well.add(_SENDS)
    if _MUST_WORK not in went_well:
        said = "; ".join(remark.detail for remark in ran.trouble) or "its cell failed"
        raise ServiceFault(
            "worker-does-not-run",
            f"A grading worker does not run Python: {said}",
            "Check that this Python and its packages can be read by every account, then run the same again.",
        )
    holes = sorted(went_well - {_MUST_WORK})
    if holes:
        raise ServiceFault(
            "sandbox-leaks",
            f"The sandbox does not hold here. What runs in it {', '.join(holes)}.",
            "Nothing of a learner's was run. Grade on another machine, and report this.",
        )


def _has_mail(mailbox: socket.socket) -> bool:
    try:
        return bool(mailbox.recv(16))
    except BlockingIOError:
        return False
