"""A look at the learner's code itself: does it reach for what no answer needs?

A remark here is a reason to look, no verdict. There are few, and each is for something that honest work does by
accident hardly ever; what the author's own solution does as well is never remarked on.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from coursekit.model.grading import MasterNotebook, Remark, Repaired

SENTENCES = {
    "reaches-into-memory": "The code uses {what}, which can rewrite the interpreter's own memory.",
    "reaches-into-interpreter": "The code uses {what}, which can look into the tests or change them.",
    "changes-builtins": "The code changes {what}, a function of Python that the tests may use.",
    "changes-notebook": "The code changes {what}, by which the notebook runs its cells.",
    "changes-checks": "The code changes {what}, a function by which tests compare.",
    "fakes-module": "The code changes {what}, by which Python finds modules.",
    "equal-to-anything": "The code makes objects that are equal to anything ({what}).",
    "steers-the-process": "The code uses {what}, which acts on the process that runs the tests.",
    "looks-around": "The code names {what}, where answers have nothing to look for.",
    "hides-its-code": "The code runs text that it has to decode first ({what}).",
}
"""In a grader's words. `what` is a name out of our own lists, or the learner's, made plain and short."""

_MEMORY = ("ctypes", "_ctypes", "cffi", "_testcapi", "_testinternalcapi", "pymem")
_REACHING = frozenset(
    {
        *("gc.get_objects", "gc.get_referrers", "gc.get_referents"),
        *("sys._getframe", "sys._current_frames", "sys.settrace", "sys.setprofile", "sys.addaudithook"),
        *(
            "threading.settrace",
            "threading.setprofile",
            "inspect.currentframe",
            "inspect.stack",
            "inspect.trace",
        ),
        *("inspect.getouterframes", "inspect.getframeinfo", "inspect.getinnerframes"),
        *("traceback.extract_stack", "traceback.walk_stack", "traceback.walk_tb", "traceback.format_stack"),
        *("linecache.cache", "linecache.getlines", "linecache.getline", "In", "_ih"),
        *("sys.monitoring", "sys.displayhook", "faulthandler.register"),
    }
)
_REACHING_PARTS = frozenset(
    {
        *("f_back", "f_globals", "f_locals", "f_builtins", "tb_frame", "gi_frame", "cr_frame", "ag_frame"),
        *("__code__", "__subclasses__", "__closure__", "co_code", "co_consts"),
    }
)
_NOTEBOOK_PARTS = frozenset(
    {
        *("input_transformer_manager", "input_transformers_post", "input_transformers_cleanup"),
        *("ast_transformers", "input_splitter", "custom_exceptions", "set_custom_exc", "user_ns_hidden"),
        *("compile_class", "history_manager"),
    }
)
_NOTEBOOK_METHODS = frozenset(
    {
        *("run_cell", "run_code", "run_ast_nodes", "transform_cell", "transform_ast", "showtraceback"),
        *(
            "_showtraceback",
            "showsyntaxerror",
            "displayhook",
            "display_pub",
            "display_formatter",
            "run_cell_async",
        ),
    }
)
_STEERING = frozenset(
    {
        *("os._exit", "os.abort", "os.kill", "os.killpg", "os.fork", "os.forkpty", "os.setsid", "os.dup2"),
        *(
            "os.closerange",
            "os.ptrace",
            "signal.signal",
            "signal.setitimer",
            "signal.alarm",
            "signal.raise_signal",
        ),
        *("atexit.register", "multiprocessing.util.Finalize"),
    }
)
_FINDING = frozenset({"sys.modules", "sys.meta_path", "sys.path_hooks", "sys.path_importer_cache"})
_COMPARING = re.compile(r"assert[A-Z_]\w*|allclose|isclose|array_equal|array_equiv")
_TESTING = re.compile(r"(numpy|np|pandas|pd)\.(testing|_testing)|unittest(\.\w+)*|pytest|math|operator")
_EQUALITY = frozenset({"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__contains__"})
_LOOKS = re.compile(r"^/proc/|gradebook\.db|BEGIN HIDDEN TESTS|^/etc/(passwd|shadow)|\.ssh/|nbgrader_config")
_DECODERS = frozenset({"b64decode", "b32decode", "b85decode", "a85decode", "decompress", "loads", "fromhex"})
_LINE_MAGIC = re.compile(r"^([ \t]*)(?:[%!?].*|.*\?[ \t]*|[\w, ]+=[ \t]*[%!].*)$", re.MULTILINE)
_CELL_MAGIC = re.compile(r"^\s*%%(\w+)")


@dataclass(frozen=True)
class _Sign:
    code: str
    what: str


def suspicions(answers: Sequence[str], solutions: Sequence[str]) -> tuple[Remark, ...]:
    """What in a learner's cells a grader should look at; one remark of a kind. `solutions`: the author's cells."""
    known = _known(tuple(solutions))
    # An author who compares by a class of their own teaches classes: then so may the learner.
    excused = {sign.code for sign in known if sign.code == "equal-to-anything"}
    found: dict[str, Remark] = {}
    for source in answers:
        for sign in _signs(source):
            if sign not in known and sign.code not in excused:
                detail = SENTENCES[sign.code].format(what=_plain(sign.what))
                found.setdefault(sign.code, Remark(sign.code, detail))
    return tuple(found.values())


def suspicions_in(notebook: Repaired, master: MasterNotebook) -> tuple[Remark, ...]:
    """The same for a whole notebook: all code that is not the author's. Nothing for other languages than Python."""
    if master.language != "python":
        return ()
    locked = {cell.grade_id for cell in master.cells if cell.locked}
    answers = [
        cell["source"]
        for cell in notebook.notebook["cells"]
        if cell["cell_type"] == "code" and cell["metadata"].get("nbgrader", {}).get("grade_id") not in locked
    ]
    own = [cell.source for cell in master.cells if cell.cell_type == "code" and cell.locked]
    return suspicions(answers, [*master.solutions, *own])


@lru_cache(maxsize=16)
def _known(solutions: tuple[str, ...]) -> frozenset[_Sign]:
    # A whole class is compared with the same few cells.
    return frozenset(sign for source in solutions for sign in _signs(source))


def _plain(what: str) -> str:
    return re.sub(r"[^\w.()/ ]", "", what)[:60]


def _parsed(source: str) -> ast.Module | None:
    """The code without IPython's own lines; none where it is no Python even so."""
    magic = _CELL_MAGIC.match(source)
    if magic is not None:
        if magic[1] not in ("time", "timeit", "capture", "prun"):
            return None
        source = source.partition("\n")[2]
    for attempt in (source, _LINE_MAGIC.sub(r"\1pass", source)):
        try:
            tree = compile(
                attempt, "cell", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True
            )
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        assert isinstance(tree, ast.Module)
        return tree
    return None


def _dotted(node: ast.AST) -> str | None:
    """`a.b.c`, where it is nothing but names."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return ".".join([node.id, *reversed(parts)])


def _signs(source: str) -> Iterator[_Sign]:
    tree = _parsed(source)
    if tree is None:
        return
    full = _full_names(tree)
    for node in ast.walk(tree):
        yield from _imported(node)
        if isinstance(node, ast.Attribute | ast.Name):
            yield from _used(node, full)
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Delete):
            targets = [node.target] if isinstance(node, ast.AugAssign | ast.AnnAssign) else node.targets
            for target in targets:
                yield from _set(target, full)
        if isinstance(node, ast.Call):
            yield from _called(node, full)
        if isinstance(node, ast.ClassDef | ast.Call | ast.Assign):
            yield from _equal(node)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            look = _LOOKS.search(node.value)
            if look is not None:
                yield _Sign("looks-around", look[0])


def _full_names(tree: ast.Module) -> dict[str, str]:
    """What each imported name stands for."""
    found = {"__builtins__": "builtins"}
    # Somebody may call a table `In`.
    if any(isinstance(n, ast.Name) and n.id == "In" and isinstance(n.ctx, ast.Store) for n in ast.walk(tree)):
        found["In"] = ""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                if name.asname:
                    found[name.asname] = name.name
        elif isinstance(node, ast.ImportFrom) and node.module:
            for name in node.names:
                found[name.asname or name.name] = f"{node.module}.{name.name}"
    return found


def _resolved(node: ast.AST, full: dict[str, str]) -> str:
    dotted = _dotted(node) or ""
    root, dot, rest = dotted.partition(".")
    return full.get(root, root) + dot + rest


def _imported(node: ast.AST) -> Iterator[_Sign]:
    names: list[str] = []
    if isinstance(node, ast.Import):
        names = [name.name for name in node.names]
    elif isinstance(node, ast.ImportFrom) and node.module:
        names = [node.module, *(f"{node.module}.{name.name}" for name in node.names)]
    elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        called = _dotted(node.func) or ""
        if called.rpartition(".")[2] in ("__import__", "import_module"):
            names = [str(node.args[0].value)]
    for name in names:
        if name.partition(".")[0] in _MEMORY:
            yield _Sign("reaches-into-memory", name.partition(".")[0])
        elif name == "numpy.ctypeslib":
            yield _Sign("reaches-into-memory", name)


def _used(node: ast.Attribute | ast.Name, full: dict[str, str]) -> Iterator[_Sign]:
    name = _resolved(node, full)
    if name in _REACHING:
        yield _Sign("reaches-into-interpreter", name)
    elif name in _STEERING:
        yield _Sign("steers-the-process", name)
    elif name in ("unittest.mock.ANY", "mock.ANY"):
        yield _Sign("equal-to-anything", "mock.ANY")
    elif isinstance(node, ast.Attribute):
        if node.attr in _REACHING_PARTS:
            yield _Sign("reaches-into-interpreter", node.attr)
        elif node.attr in _NOTEBOOK_PARTS:
            yield _Sign("changes-notebook", node.attr)
        elif (node.attr == "register" and (_dotted(node) or "").endswith("events.register")) or (
            node.attr == "register" and isinstance(node.value, ast.Attribute) and node.value.attr == "events"
        ):
            yield _Sign("changes-notebook", "events.register")


def _set(target: ast.expr, full: dict[str, str]) -> Iterator[_Sign]:
    """Something is assigned to, or deleted."""
    if isinstance(target, ast.Tuple | ast.List):
        for part in target.elts:
            yield from _set(part, full)
    elif isinstance(target, ast.Subscript):
        holder = _resolved(target.value, full)
        if isinstance(target.value, ast.Call) and _dotted(target.value.func) == "vars" and target.value.args:
            holder = _resolved(target.value.args[0], full)
        if holder in ("builtins", "builtins.__dict__"):
            yield _Sign("changes-builtins", "builtins")
        elif holder in _FINDING:
            yield _Sign("fakes-module", holder)
    elif isinstance(target, ast.Attribute):
        yield from _set_attribute(target.attr, _resolved(target.value, full), target.value)
    elif isinstance(target, ast.Name) and target.id == "__builtins__":
        yield _Sign("changes-builtins", "__builtins__")


def _set_attribute(name: str, holder: str, node: ast.expr) -> Iterator[_Sign]:
    if holder == "builtins":
        yield _Sign("changes-builtins", name)
    elif f"{holder}.{name}" in _FINDING:
        yield _Sign("fakes-module", f"{holder}.{name}")
    elif name in _NOTEBOOK_METHODS and holder != "self":
        yield _Sign("changes-notebook", name)
    elif (_TESTING.fullmatch(holder) or _COMPARING.fullmatch(name)) and holder not in ("", "self", "cls"):
        yield _Sign("changes-checks", f"{holder}.{name}")
    elif isinstance(node, ast.Call) and _dotted(node.func) == "get_ipython":
        yield _Sign("changes-notebook", name)


def _called(node: ast.Call, full: dict[str, str]) -> Iterator[_Sign]:
    called = _resolved(node.func, full)
    first = node.args[0] if node.args else None
    if called in ("setattr", "delattr") and first is not None:
        word = node.args[1] if len(node.args) > 1 else None
        name = str(word.value) if isinstance(word, ast.Constant) else ""
        yield from _set_attribute(name, _resolved(first, full), first)
    elif called in ("exec", "eval", "compile") and first is not None:
        for inner in ast.walk(first):
            name = (_dotted(inner.func) or "") if isinstance(inner, ast.Call) else ""
            if name.rpartition(".")[2] in _DECODERS and name != "json.loads":
                yield _Sign("hides-its-code", name)
    elif isinstance(node.func, ast.Attribute):
        holder = _resolved(node.func.value, full)
        if node.func.attr in ("insert", "append", "extend", "update", "setdefault", "clear", "pop"):
            if holder in _FINDING:
                yield _Sign("fakes-module", holder)
            elif holder in ("builtins", "builtins.__dict__"):
                yield _Sign("changes-builtins", "builtins")


def _equal(node: ast.ClassDef | ast.Call | ast.Assign) -> Iterator[_Sign]:
    """A comparison that does not look at what it compares with."""
    if isinstance(node, ast.ClassDef):
        for part in node.body:
            if isinstance(part, ast.FunctionDef) and part.name in _EQUALITY and _is_blind_function(part):
                yield _Sign("equal-to-anything", part.name)
            elif isinstance(part, ast.Assign):
                for target in part.targets:
                    if isinstance(target, ast.Name) and target.id in _EQUALITY and _is_blind(part.value):
                        yield _Sign("equal-to-anything", target.id)
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Attribute) and target.attr in _EQUALITY and _is_blind(node.value):
                yield _Sign("equal-to-anything", target.attr)
    elif len(node.args) == 3:
        # type("X", (), {"__eq__": …}) and setattr(X, "__eq__", …)
        word, last = node.args[1], node.args[2]
        if isinstance(word, ast.Constant) and word.value in _EQUALITY and _is_blind(last):
            yield _Sign("equal-to-anything", str(word.value))
        elif isinstance(last, ast.Dict):
            for key, value in zip(last.keys, last.values, strict=True):
                if isinstance(key, ast.Constant) and key.value in _EQUALITY and _is_blind(value):
                    yield _Sign("equal-to-anything", str(key.value))


def _is_blind(node: ast.expr) -> bool:
    return isinstance(node, ast.Lambda) and _is_blind_function(node)


def _is_blind_function(function: ast.FunctionDef | ast.Lambda) -> bool:
    """Whether a comparison gives an answer without reading its other side."""
    arguments = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
    other = arguments[1] if len(arguments) > 1 else None
    body = function.body if isinstance(function, ast.FunctionDef) else [function.body]
    for node in (inner for part in body for inner in ast.walk(part)):
        # One that has no answer, or never says yes, helps nobody.
        if isinstance(node, ast.Raise) or (
            isinstance(node, ast.Name) and node.id in (other, "NotImplemented")
        ):
            return False
    said = [n.value for part in body for n in ast.walk(part) if isinstance(n, ast.Return)]
    return isinstance(function, ast.Lambda) or any(value is not None for value in said)
