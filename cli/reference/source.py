"""The domain's own source as syntax trees: what a page quotes from it."""

import ast
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import NamedTuple

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Module(NamedTuple):
    """A module by its dotted name."""

    name: str
    tree: ast.Module


@cache
def modules(*packages: str) -> tuple[Module, ...]:
    """All modules below the packages, in the order of their names."""
    found = (each for package in packages for each in _below(files(package), package))
    return tuple(sorted(found, key=lambda each: each.name))


def _below(folder: Traversable, name: str) -> Iterator[Module]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _below(entry, f"{name}.{entry.name}")
        elif entry.name.endswith(".py"):
            yield Module(f"{name}.{entry.name.removesuffix('.py')}", ast.parse(entry.read_text(encoding="utf-8")))


def functions(module: Module) -> Iterator[Function]:
    """Functions and methods, in the order in which they stand."""
    for node in ast.walk(module.tree):
        if isinstance(node, Function):
            yield node


def shown(expression: ast.expr, within: ast.AST) -> Iterator[str]:
    """A sentence of the code with `…` for what is filled in; a local name stands for what is assigned to it."""
    match expression:
        case ast.Constant(value=str() as text):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in parts)
        case ast.IfExp(body=one, orelse=other):
            yield from shown(one, within)
            yield from shown(other, within)
        case ast.Name(id=name):
            yield from shown(_assigned(name, expression.lineno, within), within)
        case _:
            yield "…"


def _assigned(name: str, line: int, within: ast.AST) -> ast.expr:
    """What the name stands for on a line: the last assignment above it."""
    value: ast.expr = ast.Constant("…")
    for node in ast.walk(within):
        match node:
            case ast.Assign(targets=[ast.Name(id=target)], value=given) if target == name and node.lineno < line:
                value = given
    return value
