"""The small changes that can be made to a module, each with an id that edits of other lines leave alone."""

import ast
import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

COMPARISONS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "is": "is not", "in": "not in"}
COMPARISONS |= {"is not": "is", "not in": "in"}
ARITHMETIC = {"+": "-", "-": "+", "*": "/", "/": "*", "//": "*", "%": "//", "**": "*"}
BOOLEAN = {"and": "or", "or": "and"}
OPERATOR = re.compile(r"\bis\s+not\b|\bnot\s+in\b|\b(?:is|in|and|or)\b|[<>=!]=|\*\*|//|[<>+\-*/%]")
CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}
TEXTS = {"tr", "trn", "translatable", "tr_later"}
TYPES = {"TypeVar", "ParamSpec", "NewType", "cast"}


@dataclass(frozen=True)
class Mutant:
    """One change of a file: bytes `start` to `end` become `text`; tests that run none of `lines` cannot see it."""

    id: str
    file: str
    line: int
    lines: range
    old: str
    new: str
    start: int
    end: int
    text: str

    def applied(self, source: bytes) -> bytes:
        """The source of the file with the change made."""
        return source[: self.start] + self.text.encode() + source[self.end :]

    def __str__(self) -> str:
        return f"{self.id}  {self.file}:{self.line}  {self.old}  ->  {self.new}"


def mutants_of(root: Path, folder: str) -> list[Mutant]:
    """Every mutant of a folder of the package, in the order of files and lines."""
    files = sorted((root / "resnet_viz" / folder).rglob("*.py"))
    required = required_arguments(str(root))
    return [found for file in files for found in mutants(file.read_bytes(), str(file.relative_to(root)), required)]


@cache
def required_arguments(root: str) -> frozenset[tuple[str, str]]:
    """The (function, argument) and (class, field) pairs without a default: a call that lacks one raises TypeError."""
    found = set()
    for file in Path(root, "resnet_viz").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.FunctionDef):
                a = node.args
                positional = [*a.posonlyargs, *a.args]
                named = [arg for arg, default in zip(a.kwonlyargs, a.kw_defaults, strict=True) if default is None]
                found |= {(node.name, arg.arg) for arg in [*positional[: len(positional) - len(a.defaults)], *named]}
            elif isinstance(node, ast.ClassDef):
                fields = [part for part in node.body if isinstance(part, ast.AnnAssign) and part.value is None]
                found |= {(node.name, part.target.id) for part in fields if isinstance(part.target, ast.Name)}
                for part in node.body:
                    if isinstance(part, ast.FunctionDef) and part.name == "__init__":
                        found |= {(node.name, arg.arg) for arg in [*part.args.args, *part.args.kwonlyargs]}
    return frozenset(found)


def mutants(source: bytes, file: str, required: Iterable[tuple[str, str]] = ()) -> list[Mutant]:
    """Every mutant of one module. The id depends on the file, the old and the new line, and a count of equal ones."""
    finder = _Finder(source, frozenset(required))
    finder.visit(ast.parse(source))
    found, seen = [], Counter[tuple[str, str]]()
    for start, end, text, lines in sorted(finder.found, key=lambda change: change[:3]):
        first, last = source.rfind(b"\n", 0, start) + 1, source.find(b"\n", end)
        last = len(source) if last < 0 else last
        old = _one_line(source[first:last])
        new = _one_line(source[first:start] + text.encode() + source[end:last])
        seen[old, new] += 1
        key = "\0".join((file, old, new, str(seen[old, new])))
        identity = hashlib.sha256(key.encode()).hexdigest()[:8]
        found.append(Mutant(identity, file, source.count(b"\n", 0, start) + 1, lines, old, new, start, end, text))
    return found


def _one_line(code: bytes) -> str:
    return " ".join(code.decode().split())


class _Finder(ast.NodeVisitor):
    """Collects changes as (start, end, text, lines of the statement) while it walks through a module."""

    def __init__(self, source: bytes, required: frozenset[tuple[str, str]]) -> None:
        self.source = source
        self.required = required
        self.starts = [0]
        for line in source.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.found: list[tuple[int, int, str, range]] = []
        self.lines = range(0)

    # Places

    def span(self, node: ast.expr | ast.stmt | ast.keyword) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.starts[node.lineno - 1] + node.col_offset, self.starts[node.end_lineno - 1] + node.end_col_offset

    def change(self, start: int, end: int, text: str) -> None:
        self.found.append((start, end, text, self.lines))

    def replace(self, node: ast.expr | ast.stmt, text: str) -> None:
        self.change(*self.span(node), text)

    def swap(self, left: ast.expr, right: ast.expr, table: dict[str, str]) -> None:
        """Change the operator between two operands."""
        start, end = self.span(left)[1], self.span(right)[0]
        operator = OPERATOR.search(self.source[start:end].decode())
        if operator and (name := " ".join(operator[0].split())) in table:
            at = start + len(self.source[start : start + operator.start()])
            self.change(at, at + len(operator[0]), table[name])

    def force(self, test: ast.expr) -> None:
        """Make a condition true and false, and keep what it assigns."""
        if isinstance(test, ast.Constant):
            return
        start, end = self.span(test)
        assigns = any(isinstance(node, ast.NamedExpr) for node in ast.walk(test))
        for value in ("True", "False"):
            self.change(start, end, f"(({self.source[start:end].decode()}), {value})[1]" if assigns else value)

    # Statements

    def visit(self, node: ast.AST) -> None:
        outer = self.lines
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            last = max(node.lineno, body[0].lineno - 1) if body else node.end_lineno or node.lineno
            self.lines = range(node.lineno, last + 1)
        super().visit(node)
        self.lines = outer

    def visit_many(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        pass

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        pass

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.visit_many([*node.args.defaults, *node.args.kw_defaults, *node.body])

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.visit_many(node.body)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.visit_many([*node.args.defaults, *node.args.kw_defaults, node.body])

    def visit_Assign(self, node: ast.Assign) -> None:
        if any(isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets):
            return
        if all(isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets):
            self.replace(node, "pass")
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if isinstance(node.target, ast.Attribute) and node.value:
            self.replace(node, "pass")
        self.visit_many([node.value])

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.replace(node, "pass")
        self.swap(node.target, node.value, ARITHMETIC)
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call):
            self.replace(node, "pass")
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> None:
        if node.value and not isinstance(node.value, ast.Constant):
            self.replace(node.value, "None")
        self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        """Messages of errors for programmers are left as they are."""

    def visit_Assert(self, node: ast.Assert) -> None:
        self.visit(node.test)

    def visit_Break(self, node: ast.Break) -> None:
        self.replace(node, "continue")

    def visit_Continue(self, node: ast.Continue) -> None:
        self.replace(node, "break")

    def visit_If(self, node: ast.If) -> None:
        names = {part.id for part in ast.walk(node.test) if isinstance(part, ast.Name)}
        if names & {"TYPE_CHECKING", "__name__"}:
            self.visit_many(node.orelse)
            return
        self.force(node.test)
        self.generic_visit(node)

    def visit_While(self, node: ast.While) -> None:
        self.force(node.test)
        self.generic_visit(node)

    # Expressions

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self.force(node.test)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for test in node.ifs:
            self.force(test)
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        for left, right in zip([node.left, *node.comparators], node.comparators, strict=False):
            self.swap(left, right, COMPARISONS)
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        for left, right in zip(node.values, node.values[1:], strict=False):
            self.swap(left, right, BOOLEAN)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        start, end = self.span(node)
        if isinstance(node.op, ast.Not):
            self.change(start, end, self.source[start + 3 : end].decode().lstrip())
        elif isinstance(node.op, ast.USub) and not isinstance(node.operand, ast.Constant):
            self.change(start, start + 1, "")
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        operands = [operand for operand in (node.left, node.right) if not _is_sequence(operand)]
        if len(operands) == 2:
            self.swap(node.left, node.right, ARITHMETIC)
        self.visit_many(operands if isinstance(node.op, ast.Add) else [node.left, node.right])

    def visit_Call(self, node: ast.Call) -> None:
        name = _name(node.func)
        if isinstance(node.func, ast.Name) and name in CALLS:
            self.replace(node.func, CALLS[name])
        for keyword in node.keywords:
            if keyword.arg and (name, keyword.arg) not in self.required:
                start, end = self.span(keyword)
                comma = re.match(rb"\s*,?\s*", self.source[end:])
                self.change(start, end + (comma.end() if comma else 0), "")
        self.visit(node.func)
        if name in TYPES:
            return
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        self.visit_many(part for part in given if not (name in TEXTS and isinstance(part, ast.Constant)))

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if _name(node.value) != "Literal":
            self.generic_visit(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self.replace(node, '""')
        for part in node.values:
            if isinstance(part, ast.FormattedValue) and self.is_where_it_says(part.value):
                self.visit(part.value)

    def is_where_it_says(self, node: ast.expr) -> bool:
        """False for some expressions in f-strings, whose places Python 3.11 mistakes."""
        start, end = self.span(node)
        try:
            found = ast.parse(self.source[start:end].decode().strip(), mode="eval").body
        except (SyntaxError, ValueError):
            return False
        return ast.dump(found) == ast.dump(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self.replace(node, str(not node.value))
        elif isinstance(node.value, int):
            self.replace(node, str(node.value + 1))
        elif isinstance(node.value, float):
            self.replace(node, repr(node.value * 2 or 1.0))
        elif isinstance(node.value, str):
            self.replace(node, repr(f"XX{node.value}"))


def _name(function: ast.expr) -> str:
    """The last name of what is called or indexed."""
    return (
        function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
    )


def _is_sequence(node: ast.expr) -> bool:
    """Whether it is visibly a text, list or tuple, for which minus would only be a TypeError."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str | bytes)
    if isinstance(node, ast.BinOp):
        return _is_sequence(node.left) or _is_sequence(node.right)
    return isinstance(node, ast.JoinedStr | ast.List | ast.Tuple | ast.ListComp) or (
        isinstance(node, ast.Call) and _name(node.func) in {*TEXTS, "join", "format", "list", "tuple", "str", "repr"}
    )
