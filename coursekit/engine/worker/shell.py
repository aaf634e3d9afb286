"""IPython without a kernel: cells run as in one, and everything that they show is caught as nbformat has it.

The traceback is plain: drawing a coloured one costs more than the sandbox does.
"""

from __future__ import annotations

import base64
import builtins
import contextlib
import getpass
import io
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

_MOST_OUTPUTS = 1000


class Capture:
    """What one cell shows, in order, up to a size. The grader cuts again: this bound only saves memory."""

    def __init__(self, text_bytes: int, display_bytes: int) -> None:
        self._most_text, self._most_display = text_bytes, display_bytes
        self.begin()

    def begin(self) -> None:
        """Forget what the cell before showed."""
        self.outputs: list[dict[str, Any]] = []
        self.cut = False
        self._text = self._display = 0

    def stream(self, name: str, text: str) -> None:
        """Printed text; pieces of one stream in a row are one output."""
        room = self._most_text - self._text
        if len(text) > room:
            self.cut = True
            text = text[:room]
        if not text:
            return
        self._text += len(text)
        last = self.outputs[-1] if self.outputs else None
        if last is not None and last["output_type"] == "stream" and last["name"] == name:
            last["pieces"].append(text)
        elif len(self.outputs) < _MOST_OUTPUTS:
            self.outputs.append({"output_type": "stream", "name": name, "pieces": [text]})
        else:
            self.cut = True

    def rich(
        self,
        kind: str,
        data: Mapping[str, Any],
        metadata: Mapping[str, Any] | None,
        display_id: str | None = None,
        update: bool = False,
    ) -> None:
        """A picture, a table, a value."""
        bundle = {mime: _text(value) for mime, value in data.items()}
        size = sum(len(value) if isinstance(value, str) else 1000 for value in bundle.values())
        if self._display + size > self._most_display or len(self.outputs) >= _MOST_OUTPUTS:
            self.cut = True
            return
        self._display += size
        if update:
            for output in self.outputs:
                if display_id is not None and output.get("display_id") == display_id:
                    output["data"], output["metadata"] = bundle, dict(metadata or {})
            return
        output = {"output_type": kind, "data": bundle, "metadata": dict(metadata or {})}
        if display_id is not None:
            output["display_id"] = display_id
        self.outputs.append(output)

    def error(self, name: str, value: str, traceback: list[str]) -> None:
        """An exception that ended the cell."""
        most = self._most_text
        self.outputs.append(
            {
                "output_type": "error",
                "ename": name[:200],
                "evalue": value[:most],
                "traceback": [line[:most] for line in traceback[:200]],
            }
        )

    def clear(self) -> None:
        """`clear_output`: forget what was shown, not that there is a bound."""
        self.outputs.clear()

    def taken(self, count: int) -> list[dict[str, Any]]:
        """The outputs, each as nbformat has it. `count`: the cell's number."""
        found = []
        for output in self.outputs:
            output.pop("display_id", None)
            if output["output_type"] == "execute_result":
                output["execution_count"] = count
            if "pieces" in output:
                output["text"] = "".join(output.pop("pieces"))
            found.append(output)
        return found


class _Stream(io.TextIOBase):
    """What stands for sys.stdout or sys.stderr in a child."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, name: str, capture: Capture, number: int) -> None:
        self.name = f"<{name}>"
        self._stream = name
        self._capture = capture
        self._number = number

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._capture.stream(self._stream, text)
        return len(text)

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        return self._number


class _Publisher(DisplayPublisher):
    capture: Capture

    def publish(
        self,
        data: Mapping[str, Any],
        metadata: Mapping[str, Any] | None = None,
        *_: Any,
        transient: Mapping[str, Any] | None = None,
        update: bool = False,
        **__: Any,
    ) -> None:
        shown = (transient or {}).get("display_id")
        self.capture.rich("display_data", data, metadata, display_id=shown, update=update)

    def clear_output(self, wait: bool = False) -> None:
        self.capture.clear()


class _Hook(DisplayHook):
    capture: Capture

    def write_output_prompt(self) -> None:
        """No prompt."""

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        self.capture.rich("execute_result", format_dict, md_dict)

    def finish_displayhook(self) -> None:
        self._is_active = False


class ZMQInteractiveShell(InteractiveShell):
    """Named as a notebook's shell is: pandas and others look for it to find out where they are."""

    display_pub_class = Type(_Publisher)
    displayhook_class = Type(_Hook)
    capture: Capture

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        self.capture.error(_name(etype), _said(evalue), [str(line) for line in stb])

    def enable_gui(self, gui: Any = None) -> None:
        """There is no screen."""

    def ask_exit(self) -> None:
        """`exit` in a notebook ends nothing here either."""

    def init_virtualenv(self) -> None:
        """The interpreter is the right one already."""


def _nobody_answers(*_: Any, **__: Any) -> str:
    """What `input` does in a kernel that nobody sits at."""
    raise StdinNotImplementedError("raw_input was called, but this frontend does not support input requests.")


def make_shell(text_bytes: int, display_bytes: int) -> ZMQInteractiveShell:
    """The one shell of this process, warm."""
    builtins.input = getpass.getpass = _nobody_answers
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.xmode = "Plain"
    # Where libraries look whether they are in a notebook.
    config.IPKernelApp.connection_file = ""
    made: Any = ZMQInteractiveShell.instance(config=config)
    shell: ZMQInteractiveShell = made
    shell.capture = Capture(text_bytes, display_bytes)
    shell.display_pub.capture = shell.capture
    shell.displayhook.capture = shell.capture
    return shell


class Descriptors:
    """What programs that a cell starts write to the descriptors 1 and 2, caught in files without a name."""

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self._files = []
        for number, name in ((1, "stdout"), (2, "stderr")):
            file = os.memfd_create(name) if hasattr(os, "memfd_create") else _nameless()
            os.dup2(file, number)
            self._files.append((file, name))
        empty = os.open(os.devnull, os.O_RDONLY)
        os.dup2(empty, 0)
        os.close(empty)

    def take(self, most: int) -> None:
        """Move what was written since the last time into the capture."""
        for file, name in self._files:
            with contextlib.suppress(OSError):
                size = os.fstat(file).st_size
                if size:
                    text = os.pread(file, min(size, most), 0).decode("utf-8", "replace")
                    self._capture.stream(name, text)
                    self._capture.cut |= size > most
                    os.ftruncate(file, 0)
                    os.lseek(file, 0, os.SEEK_SET)


def catch(shell: ZMQInteractiveShell) -> Descriptors:
    """From now on everything that this process shows goes into the shell's capture."""
    descriptors = Descriptors(shell.capture)
    sys.stdin = open(os.devnull)  # noqa: PTH123, SIM115
    sys.stdout = _Stream("stdout", shell.capture, 1)
    sys.stderr = _Stream("stderr", shell.capture, 2)
    sys.__stdout__, sys.__stderr__ = sys.stdout, sys.stderr  # type: ignore[misc, assignment]
    return descriptors


def rehearse(shell: ZMQInteractiveShell) -> None:
    """Run cells of our own once, so that no child has to load what running and failing need; then forget them."""
    import asyncio

    async def all_kinds() -> None:
        for source in ("1 + 1", "print(end='')", "assert 1 == 2, 'x'", "def", "await asyncio.sleep(0)"):
            await run_cell(shell, source)

    shell.user_ns["asyncio"] = asyncio
    loop = asyncio.new_event_loop()
    loop.run_until_complete(all_kinds())
    loop.close()
    asyncio.set_event_loop(None)
    shell.reset(new_session=True)
    # As in a new kernel: nothing was shown yet.
    shell.user_ns.update({"_": "", "__": "", "___": ""})
    shell.capture.begin()


def try_out(shell: ZMQInteractiveShell, cells: Sequence[str]) -> list[str]:
    """Run these cells, whatever comes of them; the modules that were loaded meanwhile."""
    import asyncio

    before = set(sys.modules)
    catch(shell)

    async def all_cells() -> None:
        for source in cells:
            with contextlib.suppress(BaseException):
                await run_cell(shell, source)

    asyncio.new_event_loop().run_until_complete(all_cells())
    return sorted(set(sys.modules) - before - {"__mp_main__"})


async def run_cell(
    shell: ZMQInteractiveShell, source: str, plain: bool = False, remembered: bool = True
) -> bool:
    """Run one cell as a kernel would, within a running event loop. Whether it went well.

    `plain`: it is Python and nothing else, so that IPython need not look for its own syntax in it. `remembered`: it
    can be read in `In` from then on, while it runs.
    """
    transformed, failed = source, None
    if not plain:
        try:
            transformed = shell.transform_cell(source)
        except Exception:
            failed = sys.exc_info()
    if not remembered:
        # As long as in a kernel all the same: tests look at `In[-2]` for how an answer was written.
        # And the semicolon that mutes a result is looked for in there.
        stand_in = ";" if not plain and _is_muted(shell, source) else ""
        shell.history_manager.input_hist_parsed.append(stand_in)
        shell.history_manager.input_hist_raw.append(stand_in)
    result = None
    try:
        # A cell that awaits nothing runs to its end in one go: as in a kernel, it is not to know of this loop.
        result = await shell.run_cell_async(
            source, store_history=remembered, transformed_cell=transformed, preprocessing_exc_tuple=failed
        )
    finally:
        shell.events.trigger("post_execute")
        shell.events.trigger("post_run_cell", result)
    error = result.error_before_exec or result.error_in_exec
    if error is not None and not any(o["output_type"] == "error" for o in shell.capture.outputs):
        # Some errors are only printed; in a kernel the reply says that the cell failed.
        shell.capture.error(_name(type(error)), _said(error), [f"{_name(type(error))}: {_said(error)}"])
    return error is None


def _is_muted(shell: ZMQInteractiveShell, source: str) -> bool:
    # To ask is to read all of it once more; most cells show in their last line that they are not.
    lines = (line.strip() for line in reversed(source.splitlines()))
    last = next((line for line in lines if line and not line.startswith("#")), "")
    if ";" in last:
        with contextlib.suppress(Exception):
            return bool(shell.displayhook.semicolon_at_end_of_expression(source))
    return False


def _name(kind: Any) -> str:
    name = getattr(kind, "__name__", None)
    return name if isinstance(name, str) else "Exception"


def _said(value: Any) -> str:
    try:
        return str(value)
    except BaseException:
        return ""


def _text(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def _nameless() -> int:
    file, path = tempfile.mkstemp()
    os.unlink(path)  # noqa: PTH108
    return file
