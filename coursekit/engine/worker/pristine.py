"""What a check relies on, remembered before any stranger's code ran, and put back before the check.

    hooks        transformers of IPython, its events, custom exceptions, trace and profile functions, import hooks
    machinery    the functions by which a cell is compiled, run and shown
    tools        the functions and classes of the modules that the check uses, and the builtins

Each difference that is found is an alarm. Additions are none: `pd.DataFrame.of_mine = f` changes no check.
"""

from __future__ import annotations

import builtins
import gc
import signal
import sys
import threading
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter, is_
from typing import Any

_MACHINERY = (
    "IPython.core.interactiveshell",
    "IPython.core.inputtransformer2",
    "IPython.core.compilerop",
    "IPython.core.displayhook",
    "IPython.core.displaypub",
    "IPython.core.events",
    "coursekit.engine.protocol",
    "coursekit.engine.worker.shell",
    "coursekit.engine.worker.child",
    "coursekit.engine.worker.pristine",
)
# `_` is the last result; the others come and go with each cell.
_COME_AND_GO = frozenset({"_", "display", "get_ipython", "exit", "quit", "__tracebackhide__"})
_HEAP_TYPE = 1 << 9
_GONE = object()
# Kept here: whatever is patched later, these stay what they are.
_CODE: Callable[[Any], Any] = attrgetter("__code__")
_DEFAULTS: Callable[[Any], Any] = attrgetter("__defaults__")


@dataclass(frozen=True)
class _Space:
    """The names of a module or a class, and what they stood for."""

    owner: Any
    shown: str
    names: list[str]
    values: list[Any]
    functions: list[types.FunctionType]
    bodies: list[tuple[Any, Any, Any]]
    codes: list[Any]
    defaults: list[Any]


def _space(owner: Any, shown: str, but: Iterable[str] = ()) -> _Space:
    # Numbers and texts are settings that honest code may change.
    kept = {key: value for key, value in list(vars(owner).items()) if _matters(value) and key not in but}
    inner = [getattr(v, "__func__", None) or getattr(v, "fget", None) or v for v in kept.values()]
    functions = [f for f in inner if isinstance(f, types.FunctionType)]
    bodies = [(f.__code__, f.__defaults__, f.__kwdefaults__) for f in functions]
    return _Space(
        owner,
        shown,
        list(kept),
        list(kept.values()),
        functions,
        bodies,
        [code for code, _, _ in bodies],
        [defaults for _, defaults, _ in bodies],
    )


def _restore_space(space: _Space) -> list[tuple[str, str]]:
    found = []
    # Hundreds of names: first a look at all of them at once.
    now = vars(space.owner).get
    if not all(map(is_, map(now, space.names), space.values)):
        for name, value in zip(space.names, space.values, strict=True):
            if now(name, _GONE) is not value:
                setattr(space.owner, name, value)
                found.append(("changed-tool", f"{space.shown}{name}"))
    if not (
        all(map(is_, map(_CODE, space.functions), space.codes))
        and all(map(is_, map(_DEFAULTS, space.functions), space.defaults))
    ):
        for function, (code, defaults, named) in zip(space.functions, space.bodies, strict=True):
            if function.__code__ is not code or function.__defaults__ is not defaults:
                function.__code__, function.__defaults__, function.__kwdefaults__ = code, defaults, named
                found.append(("changed-tool", function.__qualname__))
    return found


class Pristine:
    """A memory of how things were."""

    def __init__(self, shell: Any, guarded: Sequence[str]) -> None:
        """`guarded`: names of modules that checks use; those that cannot be imported are left out."""
        self._shell = shell
        self._modules: dict[str, types.ModuleType] = {}
        self._spaces: dict[str, list[_Space]] = {"builtins": [_space(builtins, "", _COME_AND_GO)]}
        for name in (*_MACHINERY, *guarded):
            self._remember(name)
        self._builtins = dict(vars(builtins))
        manager = shell.input_transformer_manager
        self._lists = [
            ("input-transformer", manager.cleanup_transforms, list(manager.cleanup_transforms)),
            ("input-transformer", manager.line_transforms, list(manager.line_transforms)),
            ("input-transformer", manager.token_transformers, list(manager.token_transformers)),
            ("input-transformer", shell.input_transformers_post, list(shell.input_transformers_post)),
            ("syntax-transformer", shell.ast_transformers, list(shell.ast_transformers)),
            ("import-hook", sys.path_hooks, list(sys.path_hooks)),
        ]
        self._finders = list(sys.meta_path)
        self._events = {name: list(found) for name, found in shell.events.callbacks.items()}
        self._own = dict(vars(shell))
        self._traits = {
            name: getattr(shell, name)
            for name in ("displayhook", "display_pub", "display_formatter", "compile", "events")
        }
        self._sys = {name: getattr(sys, name) for name in ("displayhook", "excepthook", "unraisablehook")}

    def restore(
        self, names: Mapping[str, Sequence[str]], tools: Sequence[str], shadows: Sequence[str]
    ) -> list[tuple[str, str]]:
        """Put everything back; what was different, as (code, which).

        `names`: what the author imported and the check uses: name → [module] or [module, attribute].
        `tools`: the modules on which the check relies; only these and the machinery are looked at, because to look
        at an object copies its page into this process.
        `shadows`: builtins that the check uses, and that no answer is asked to define.
        """
        found: list[tuple[str, str]] = []
        found += self._restore_hooks()
        found += self._restore_tools(tools)
        found += self._restore_shell()
        found += self._restore_names(names, shadows)
        return list(dict.fromkeys(found))

    def _remember(self, name: str) -> None:
        module = sys.modules.get(name)
        if not isinstance(module, types.ModuleType) or name in self._modules:
            return
        self._modules[name] = module
        spaces = [_space(module, f"{name}.")]
        for value in list(vars(module).values()):
            if isinstance(value, type) and value.__flags__ & _HEAP_TYPE:
                spaces.append(_space(value, f"{value.__name__}."))
        self._spaces[name] = spaces

    def _restore_hooks(self) -> list[tuple[str, str]]:
        found = []
        if sys.gettrace() is not None or getattr(threading, "_trace_hook", None) is not None:
            sys.settrace(None)
            threading.settrace(None)
            found.append(("trace-function", "sys.settrace"))
        if sys.getprofile() is not None or getattr(threading, "_profile_hook", None) is not None:
            sys.setprofile(None)
            threading.setprofile(None)
            found.append(("trace-function", "sys.setprofile"))
        monitoring = getattr(sys, "monitoring", None)
        if monitoring is not None:
            for tool in range(6):
                if monitoring.get_tool(tool) is not None:
                    monitoring.set_events(tool, 0)
                    monitoring.free_tool_id(tool)
                    found.append(("trace-function", "sys.monitoring"))
        for code, now, before in self._lists:
            if list(now) != before:
                now[:] = before
                found.append((code, ""))
        strangers = [f for f in sys.meta_path if f not in self._finders and _is_of_main(f)]
        gone = [f for f in self._finders if f not in sys.meta_path]
        if strangers or gone:
            sys.meta_path[:] = self._finders
            found.append(("import-hook", "sys.meta_path"))
        if gc.callbacks:
            gc.callbacks.clear()
            found.append(("hook", "gc.callbacks"))
        for number in (signal.SIGALRM, signal.SIGVTALRM, signal.SIGPROF, signal.SIGUSR1, signal.SIGUSR2):
            signal.signal(number, signal.SIG_DFL)
        for name, value in self._sys.items():
            if getattr(sys, name) is not value:
                # IPython sets the first one for each cell, and takes it back.
                setattr(sys, name, value)
                found.append(("hook", f"sys.{name}"))
        return found

    def _restore_tools(self, tools: Sequence[str]) -> list[tuple[str, str]]:
        found = []
        for name, module in self._modules.items():
            if sys.modules.get(name) is not module:
                sys.modules[name] = module
                found.append(("changed-tool", name))
        for relied in ("builtins", *_MACHINERY, *tools):
            for space in self._spaces.get(relied, ()):
                found += _restore_space(space)
        return found

    def _restore_shell(self) -> list[tuple[str, str]]:
        shell, found = self._shell, []
        for name, value in self._traits.items():
            if getattr(shell, name, _GONE) is not value:
                setattr(shell, name, value)
                found.append(("shell-changed", name))
        for name, before in self._events.items():
            now = shell.events.callbacks.get(name, [])
            strange = [f for f in now if f not in before and not _is_matplotlibs(f)]
            if strange or any(f not in now for f in before):
                shell.events.callbacks[name] = [f for f in now if f in before or _is_matplotlibs(f)]
                found.append(("shell-hook", name))
        if shell.custom_exceptions:
            shell.custom_exceptions = ()
            found.append(("shell-hook", "custom exceptions"))
        for holder in (shell, shell.displayhook, shell.display_pub, shell.compile, shell.events):
            for name in list(vars(holder)):
                known = self._own if holder is shell else {}
                if name in known or not callable(vars(holder)[name]) or not hasattr(type(holder), name):
                    continue
                if isinstance(getattr(type(holder), name), types.FunctionType):
                    delattr(holder, name)
                    found.append(("shell-changed", name))
        return found

    def _restore_names(
        self, names: Mapping[str, Sequence[str]], shadows: Sequence[str]
    ) -> list[tuple[str, str]]:
        found = []
        space = self._shell.user_ns
        for name, (module, *attribute) in names.items():
            wanted: Any = sys.modules.get(module, _GONE)
            if attribute:
                wanted = vars(wanted).get(attribute[0], _GONE) if wanted is not _GONE else _GONE
            if wanted is not _GONE and space.get(name, wanted) is not wanted:
                space[name] = wanted
                found.append(("renamed-tool", name))
        for name in shadows:
            if callable(space.get(name)) and space[name] is not self._builtins.get(name):
                found.append(("renamed-tool", name))
        return found


def _matters(value: Any) -> bool:
    # Numbers and texts of a module are settings that honest code may change.
    return callable(value) or isinstance(value, types.ModuleType | property | staticmethod | classmethod)


def _is_of_main(finder: Any) -> bool:
    kind = finder if isinstance(finder, type) else type(finder)
    return getattr(kind, "__module__", "__main__") == "__main__"


def _is_matplotlibs(function: Any) -> bool:
    inline = sys.modules.get("matplotlib_inline.backend_inline")
    return inline is not None and function is vars(inline).get("flush_figures")
