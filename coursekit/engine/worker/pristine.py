"""What a check relies on, remembered before any stranger's code ran, and put back before the check.

    hooks        transformers of IPython, its events, custom exceptions, trace and profile functions, import hooks
    machinery    the functions by which a cell is compiled, run and shown
    tools        the functions and classes of the modules that the check uses, and the builtins

Each difference that is found is an alarm. Additions are none: `pd.DataFrame.of_mine = f` changes no check.
"""

from __future__ import annotations

import builtins
import gc
import re
import signal
import sys
import threading
import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coursekit.engine.worker.below import Below, usual

_MACHINERY = (
    "IPython.core.interactiveshell",
    "IPython.core.inputtransformer2",
    "IPython.core.compilerop",
    "IPython.core.displayhook",
    "IPython.core.displaypub",
    "IPython.core.events",
    "IPython.core.formatters",
    "IPython.lib.pretty",
    "coursekit.engine.protocol",
    "coursekit.engine.worker.shell",
    "coursekit.engine.worker.child",
    "coursekit.engine.worker.pristine",
)
# Of the machinery, the way of one cell: read, compiled, run, shown, answered.
_WAY = (
    *(
        "run_cell",
        "run_cell_async",
        "_run_cell",
        "should_run_async",
        "run_ast_nodes",
        "run_code",
        "get_ipython",
    ),
    *(
        "transform_cell",
        "transform_ast",
        "do_token_transforms",
        "do_one_token_transform",
        "ast_parse",
        "cache",
    ),
    *("showtraceback", "_showtraceback", "showsyntaxerror", "_get_exc_info", "get_exception_only", "trigger"),
    *("__call__", "quiet", "compute_format_data", "write_format_data", "update_user_ns", "fill_exec_result"),
    *("start_displayhook", "finish_displayhook", "write_output_prompt", "format", "lookup", "lookup_by_type"),
    *("publish", "pretty", "begin", "stream", "rich", "error", "clear", "taken", "take", "write", "success"),
    *(
        "raise_error",
        "serve",
        "_run",
        "_fork",
        "_plain",
        "send",
        "send_bytes",
        "receive",
        "receive_bytes",
        "_read",
    ),
    *(
        "_wait",
        "restore",
        "_restore_space",
        "_restore_tools",
        "_restore_hooks",
        "_restore_shell",
        "_restore_names",
    ),
    *(
        "_name",
        "_said",
        "_text",
        "InteractiveShell",
        "ExecutionResult",
        "TransformerManager",
        "CachingCompiler",
    ),
    *(
        "DisplayHook",
        "DisplayPublisher",
        "EventManager",
        "Capture",
        "Line",
        "Pristine",
        "ZMQInteractiveShell",
    ),
)

# `_` is the last result; the others come and go with each cell.
_COME_AND_GO = frozenset({"_", "display", "get_ipython", "exit", "quit", "__tracebackhide__"})
_HEAP_TYPE = 1 << 9
_GONE = object()
_COMPARING = (
    *("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__bool__", "__contains__", "__len__"),
    *(
        "__hash__",
        "__call__",
        "__init__",
        "__new__",
        "__getattr__",
        "__getattribute__",
        "__getitem__",
        "__abs__",
    ),
    *("__sub__", "__rsub__", "__array_ufunc__", "__exit__", "__enter__"),
)


@dataclass(frozen=True)
class _Space:
    """The names of a module or a class, and what they stood for."""

    owner: Any
    shown: str
    values: dict[str, Any]
    bodies: dict[str, tuple[types.FunctionType, Any, Any, Any]]
    """Of the functions among them: what they ran, and with which defaults."""
    keys: frozenset[str]
    """All names that there were, also of what does not matter."""


def _space(owner: Any, shown: str, but: Iterable[str] = ()) -> _Space:
    # Numbers and texts are settings that honest code may change.
    values = {key: value for key, value in list(vars(owner).items()) if _matters(value) and key not in but}
    bodies = {}
    for key, value in values.items():
        inner = getattr(value, "__func__", None) or getattr(value, "fget", None) or value
        if isinstance(inner, types.FunctionType):
            bodies[key] = (inner, inner.__code__, inner.__defaults__, inner.__kwdefaults__)
    return _Space(owner, shown, values, bodies, frozenset(vars(owner)))


def _restore_space(space: _Space, words: Iterable[str] | None = None) -> list[tuple[str, str]]:
    """`words`: only these names; all of them when left out."""
    found = []
    now = vars(space.owner).get
    for name in space.values if words is None else words:
        value = space.values.get(name, _GONE)
        if value is _GONE:
            if name not in space.keys and callable(now(name)) and _inherits(space.owner, name):
                delattr(space.owner, name)
                found.append(("changed-tool", f"{space.shown}{name}"))
            continue
        if now(name, _GONE) is not value:
            setattr(space.owner, name, value)
            found.append(("changed-tool", f"{space.shown}{name}"))
        if name in space.bodies:
            function, code, defaults, named = space.bodies[name]
            if function.__code__ is not code or function.__defaults__ is not defaults:
                function.__code__, function.__defaults__, function.__kwdefaults__ = code, defaults, named
                found.append(("changed-tool", f"{space.shown}{name}"))
    return found


def _inherits(owner: Any, name: str) -> bool:
    return isinstance(owner, type) and any(name in vars(base) for base in owner.__mro__[1:])


class Pristine:
    """A memory of how things were."""

    def __init__(self, shell: Any, guarded: Sequence[str]) -> None:
        """`guarded`: names of modules that checks use; those that cannot be imported are left out."""
        self._shell = shell
        self._modules: dict[str, types.ModuleType] = {}
        self._spaces: dict[str, list[_Space]] = {"builtins": [_space(builtins, "", _COME_AND_GO)]}
        guarded = (*guarded, *usual(guarded))
        for name in (*_MACHINERY, *guarded):
            self._remember(name)
        self._below = Below(guarded)
        self._path = list(sys.path)
        self._builtins = dict(vars(builtins))
        # IPython gives a notebook an `open` of its own.
        self._given = dict(shell.user_ns)
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
        self._space, self._module = shell.user_ns, shell.user_module
        formatter = shell.display_formatter
        self._formatters = [
            *formatter.formatters.values(),
            formatter.mimebundle_formatter,
            formatter.ipython_display_formatter,
        ]
        self._printers = [
            [(printers, dict(printers)) for printers in _printers_of(one)] for one in self._formatters
        ]
        self._float_format = formatter.formatters["text/plain"].float_format

    def restore(
        self,
        names: Mapping[str, Sequence[str]],
        tools: Sequence[str],
        words: Sequence[str],
        shadows: Sequence[str],
    ) -> list[tuple[str, str]]:
        """Put everything back; what was different, as (code, which).

        `names`: what the author imported and the check uses: name → [module] or [module, attribute].
        `tools`: the modules on which the check relies. `words`: the names that it uses of them.
        `shadows`: builtins that the check uses, and that no answer is asked to define.
        """
        found: list[tuple[str, str]] = []
        found += self._restore_hooks()
        found += self._restore_tools(tools, words)
        found += self._restore_shell()
        found += self._restore_printers()
        found += self._restore_names(names, shadows)
        return list(dict.fromkeys(found))

    def _remember(self, name: str) -> None:
        module = sys.modules.get(name)
        if not isinstance(module, types.ModuleType) or name in self._modules:
            return
        self._modules[name] = module
        spaces = [_space(module, f"{name}.")]
        for value in list(vars(module).values()):
            # Of the machinery, what it only borrows from others is not what runs a cell.
            is_own = name not in _MACHINERY or getattr(value, "__module__", "") == name
            if isinstance(value, type) and value.__flags__ & _HEAP_TYPE and is_own:
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
        # A file beside the notebook is found, but not in the place of a module that the check asks for.
        sys.path[:] = [*self._path, *(place for place in sys.path if place not in self._path)]
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

    def _restore_tools(self, tools: Sequence[str], words: Sequence[str]) -> list[tuple[str, str]]:
        found = []
        for name, module in self._modules.items():
            if sys.modules.get(name) is not module:
                sys.modules[name] = module
                found.append(("changed-tool", name))
        looked_at = (*words, *_COMPARING)
        for relied in ("builtins", *_MACHINERY, *tools):
            where = looked_at if relied in tools else _WAY if relied in _MACHINERY else None
            for space in self._spaces.get(relied, ()):
                # To look at an object copies its page into this process, and pandas alone has thousands: of tools
                # only what the check names, and how their objects compare.
                found += _restore_space(space, where)
        return found + self._below.restore(tools, words)

    def _restore_shell(self) -> list[tuple[str, str]]:
        shell, found = self._shell, []
        for name, value in self._traits.items():
            if getattr(shell, name, _GONE) is not value:
                setattr(shell, name, value)
                found.append(("shell-changed", name))
        for name, before in self._events.items():
            now = shell.events.callbacks.get(name, [])
            strange = [f for f in now if f not in before and not _is_librarys(f)]
            if strange or any(f not in now for f in before):
                shell.events.callbacks[name] = [f for f in now if f in before or _is_librarys(f)]
                found.append(("shell-hook", name))
        if shell.custom_exceptions:
            shell.custom_exceptions = ()
            found.append(("shell-hook", "custom exceptions"))
        if shell.user_ns is not self._space or shell.user_module is not self._module:
            shell.user_ns, shell.user_module = self._space, self._module
            found.append(("shell-changed", "user_ns"))
        holders = (shell, shell.displayhook, shell.display_pub, shell.compile, shell.events, shell.capture)
        for holder in (*holders, shell.display_formatter, *self._formatters):
            for name in list(vars(holder)):
                known = self._own if holder is shell else {}
                if name in known or not callable(vars(holder)[name]) or not hasattr(type(holder), name):
                    continue
                if isinstance(getattr(type(holder), name), types.FunctionType):
                    delattr(holder, name)
                    found.append(("shell-changed", name))
        return found

    def _restore_printers(self) -> list[tuple[str, str]]:
        """How numbers are shown, which is how marks are read."""
        found = []
        plain = self._shell.display_formatter.formatters.get("text/plain")
        if plain is not None and plain.float_format != self._float_format:
            # `%precision 3` is honest, and no way to write a mark down.
            if not re.fullmatch(r"%(\.\d+)?[efgr]", str(plain.float_format)):
                found.append(("shell-changed", "float_format"))
            plain.float_format = self._float_format
        for formatter, kinds in zip(self._formatters, self._printers, strict=True):
            if any(
                now is not before for now, (before, _) in zip(_printers_of(formatter), kinds, strict=True)
            ):
                found.append(("shell-changed", "printers"))
                formatter.type_printers, formatter.singleton_printers, formatter.deferred_printers = (
                    before for before, _ in kinds
                )
            for now, before in kinds:
                strange = {k: now[k] for k in now if _shows_marks(k) and now[k] is not before.get(k)}
                for key in strange:
                    del now[key]
                now.update({k: v for k, v in before.items() if k not in now})
                # Libraries of mathematics show numbers in their own way.
                if any(
                    getattr(printer, "__module__", "__main__") == "__main__" for printer in strange.values()
                ):
                    found.append(("shell-changed", "printers"))
        return found

    def _restore_names(
        self, names: Mapping[str, Sequence[str]], shadows: Sequence[str]
    ) -> list[tuple[str, str]]:
        found = []
        space = self._shell.user_ns
        if not any(space.get("__builtins__", own) is own for own in (builtins, vars(builtins))):
            space["__builtins__"] = builtins
            found.append(("renamed-tool", "__builtins__"))
        for name, (module, *attribute) in names.items():
            wanted: Any = sys.modules.get(module, _GONE)
            if attribute:
                wanted = vars(wanted).get(attribute[0], _GONE) if wanted is not _GONE else _GONE
            if wanted is not _GONE and space.get(name, wanted) is not wanted:
                space[name] = wanted
                found.append(("renamed-tool", name))
        for name in shadows:
            own = space.get(name)
            if callable(own) and own is not self._builtins.get(name) and own is not self._given.get(name):
                found.append(("renamed-tool", name))
        return found


def _matters(value: Any) -> bool:
    # Numbers and texts of a module are settings that honest code may change.
    return callable(value) or isinstance(value, types.ModuleType | property | staticmethod | classmethod)


def _printers_of(formatter: Any) -> tuple[dict[Any, Any], ...]:
    return formatter.type_printers, formatter.singleton_printers, formatter.deferred_printers


def _shows_marks(key: Any) -> bool:
    """Whether what is registered under this key could show a number: a type, an object, or a type's path."""
    numbers = ("builtins", "numpy", "decimal", "fractions")
    if isinstance(key, type):
        return key.__module__ in numbers
    return not isinstance(key, tuple) or key[0] in numbers


def _is_of_main(finder: Any) -> bool:
    kind = finder if isinstance(finder, type) else type(finder)
    return getattr(kind, "__module__", "__main__") == "__main__"


def _is_librarys(function: Any) -> bool:
    """Whether its code came out of an installed file: `%matplotlib inline` and `%load_ext` leave hooks as well."""
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    file = getattr(code, "co_filename", "")
    return any(file.startswith(f"{place}/") for place in (sys.prefix, sys.base_prefix))
