"""Two modules of the producers' library, written from the domain: the types of facts, and the check of an action.

`python -m cli.reference.producer FOLDER` writes them: a producer refuses by the very code that the intake refuses by.
"""

import ast
import sys
from collections import Counter
from importlib.resources import files
from pathlib import Path

from domain.vocabulary import LOG_ITSELF, LOG_MADE, SUBJECT_KIND, TYPES

MARK = "# Written by `make docs` from danze's domain; changes here are lost."
KINDS = tuple(dict.fromkeys(fact.__module__.split(".")[1] for fact in TYPES.values()))

FACTS = '''\
"""Everything that can have happened: the `data` of each type of action. Those in LOG_MADE danze's log writes itself."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, NewType

from msgspec import Meta, Struct, field
'''
CHECK = '''\
"""One action from its JSON, or the reason why it is none: what danze's intake does before it knows anything."""

import re
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Generic, Literal, TypeVar, get_args, get_type_hints

import msgspec
from msgspec import Meta, Raw, Struct

from danze_producer.facts import (
    LOG_ITSELF,
    LOG_MADE,
    PREFIXES,
    SUBJECT_KIND,
    Fact,
    Moment,
    PersonId,
    PetitionNo,
    UnitId,
)
from danze_producer.facts import TYPES as STORED
'''


def modules() -> dict[str, str]:
    """File names and texts."""
    facts = [*_statements("fact"), *(each for kind in KINDS for each in _statements(f"{kind}/events"))]
    check = _needed("decode_action", [*_statements("envelope"), *_statements("codec")])
    return {"facts.py": _module(FACTS, facts, tail=_tables()), "check.py": _module(CHECK, check)}


class _Statement:
    """One statement of a module, with the string under it, as it is written there."""

    def __init__(self, lines: list[str], node: ast.stmt, note: ast.stmt | None) -> None:
        decorators = node.decorator_list if isinstance(node, ast.ClassDef | ast.FunctionDef) else []
        first = min([node.lineno, *(each.lineno for each in decorators)])
        self.text = "\n".join(lines[first - 1 : (note or node).end_lineno])
        self.is_long = isinstance(node, ast.ClassDef | ast.FunctionDef)
        self.name = _name(node)
        self.uses = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _name(node: ast.stmt) -> str:
    match node:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
            return name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
        case _:
            raise ValueError(f"line {node.lineno}: a module of the domain holds imports, names, classes and functions")


def _statements(module: str) -> list[_Statement]:
    """All statements but imports and the module's docstring."""
    source = files("domain").joinpath(f"{module}.py").read_text(encoding="utf-8")
    lines, body = source.splitlines(), ast.parse(source).body
    body = [node for node in body[1:] if not isinstance(node, ast.Import | ast.ImportFrom)]
    after = [*body[1:], None]
    pairs = [(node, note if _is_note(note) else None) for node, note in zip(body, after, strict=True)]
    return [_Statement(lines, node, note) for node, note in pairs if not _is_note(node)]


def _is_note(node: ast.stmt | None) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _needed(first: str, all_: list[_Statement]) -> list[_Statement]:
    """What a function needs, directly or through others, and itself; in the order given."""
    needed, waiting = set[str](), {first}
    while waiting:
        needed |= waiting
        waiting = {name for each in all_ if each.name in waiting for name in each.uses} - needed
    return [each for each in all_ if each.name in needed]


def _module(head: str, body: list[_Statement], tail: str = "") -> str:
    twice = [name for name, count in Counter(each.name for each in body).items() if count > 1]
    if twice:
        raise ValueError(f"two modules of the domain both name {', '.join(twice)}")
    text, long = f"{MARK}\n{head}", False
    for each in body:
        text += ("\n\n\n" if each.is_long or long else "\n") + each.text
        long = each.is_long
    return text.replace(head + "\n\n\n", head + "\n\n") + "\n" + tail


def _tables() -> str:
    types = [f'    "{name}": {fact.__name__},' for name, fact in TYPES.items()]
    made = [f'    "{name}",' for name in sorted(LOG_MADE)]
    itself = ", ".join(map(_quoted, sorted(LOG_ITSELF)))
    kinds = [f'    "{name}": ({", ".join(map(_quoted, kinds))},),' for name, kinds in SUBJECT_KIND.items()]
    return "\n".join([
        "\n\nTYPES: dict[str, type[Fact]] = {", *types, "}", "",
        "LOG_MADE = frozenset({", *made, "})", "", f"LOG_ITSELF = frozenset({{{itself}}})", "",
        "SUBJECT_KIND: dict[str, tuple[str, ...]] = {", *kinds, "}", "",
    ])  # fmt: skip


def _quoted(text: str) -> str:
    return f'"{text}"'


if __name__ == "__main__":
    for name, text in modules().items():
        Path(sys.argv[1], name).write_text(text, encoding="utf-8")
