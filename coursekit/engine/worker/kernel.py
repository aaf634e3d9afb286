"""A real kernel inside the sandbox, driven by nbclient: for other languages, and for notebooks that need one.

    this process   process 1 of the sandbox; talks to the grader, never runs a stranger's code
      └─ kernel    behind Landlock and the limits; one notebook, then everything ends

Cells run in order, tests among them, as nbgrader runs them: a kernel cannot be forked.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coursekit.engine.protocol import Line, Lost
from coursekit.engine.worker import calls, confine, door, watch


def main() -> None:
    """`python -m coursekit.engine.worker.kernel DESCRIPTOR`."""
    entered = door.enter()
    if entered is not None:
        with contextlib.suppress(Lost):
            asyncio.run(_serve(*entered))


async def _serve(control: Line, setting: Mapping[str, Any]) -> None:
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError
    from nbformat.v4 import new_code_cell, new_notebook
    from traitlets.config import Config

    folder = Path(setting["scratch"], "work")
    folder.mkdir(mode=0o700)
    for path, seen in setting["files"]:
        _write(folder / path, Path(seen).read_bytes())
    for path in setting["own"]:
        content, _ = control.receive_bytes(256 << 20)
        if not (folder / path).exists():
            _write(folder / path, content)
    sockets, home = Path(setting["scratch"], "sockets"), Path(setting["scratch"], "home")
    sockets.mkdir(mode=0o700)
    home.mkdir(mode=0o700)
    limits = setting["limits"]
    notebook = new_notebook()
    client = NotebookClient(
        notebook,
        kernel_name=setting["kernel"],
        timeout=int(limits["cell_seconds"]) or 1,
        startup_timeout=60,
        allow_errors=True,
        interrupt_on_timeout=True,
        error_on_timeout={
            "ename": "CellTimeoutError",
            "evalue": "",
            "traceback": ["CellTimeoutError: No reply from kernel before timeout"],
        },
        config=Config({"KernelManager": {"transport": "ipc", "ip": str(sockets / "k")}}),
    )

    def confined() -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        confine.hide_memory(False)
        # Some languages reserve more address space than there is memory; what they hold is looked at outside.
        confine.set_limits({**limits, "memory_bytes": 0}, 0)
        confine.no_new_rights()
        if setting["sandboxed"]:
            writable = [str(folder), str(sockets), str(home), *setting["writable"]]
            confine.landlock(writable, confine.landlock_version())
            calls.refuse(netlink=True)

    loop = asyncio.get_running_loop()
    try:
        client.create_kernel_manager()
        own = {**os.environ, "HOME": str(home), "IPYTHONDIR": str(home), "JUPYTER_RUNTIME_DIR": str(home)}
        async with client.async_setup_kernel(cwd=str(folder), env=own, preexec_fn=confined):
            control.send({"ready": True})
            if setting["sandboxed"] and os.getpid() == 1:
                watching = asyncio.create_task(_look_at_memory(limits["memory_bytes"]))
                watching.set_name("memory")
            while True:
                message, _ = await loop.run_in_executor(None, control.receive)
                cell = new_code_cell(str(message["run"]))
                notebook.cells.append(cell)
                dead = False
                try:
                    await client.async_execute_cell(cell, len(notebook.cells) - 1)
                except CellExecutionError:
                    pass
                except DeadKernelError:
                    dead = True
                control.send(
                    {
                        "dead": dead,
                        "ok": not dead and not any(o["output_type"] == "error" for o in cell.outputs),
                        "count": cell.get("execution_count"),
                        "outputs": cell.outputs,
                        "cpu": watch.spent(),
                    }
                )
                if dead:
                    return
    except NoSuchKernel:
        control.send({"problem": "no-such-kernel"})
    except (RuntimeError, DeadKernelError, TimeoutError) as error:
        control.send({"problem": f"kernel-did-not-start: {type(error).__name__}"})


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


async def _look_at_memory(most: int) -> None:
    while True:
        await asyncio.sleep(0.2)
        if watch.held_by_all() > most:
            with contextlib.suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)


if __name__ == "__main__":
    main()
    os._exit(0)
