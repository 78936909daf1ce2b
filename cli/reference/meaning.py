"""What a type of fact means and holds, read from its docstring and its annotations."""

import ast
import inspect
import re
import textwrap
from functools import cache
from typing import Any, Literal, NamedTuple, get_args, get_type_hints

import msgspec
from msgspec import inspect as typed
from msgspec.structs import fields as fields_of

from domain.fact import PREFIXES, Fact
from projections.sentences import TEMPLATES

CHINESE = re.compile(r"[\u3400-\u9fff]")
_IN_BRACKETS = re.compile(r"\s*\(([^()]*)\)")


class Field(NamedTuple):
    """One field of `data`."""

    name: str
    kind: str
    required: bool
    default: str
    note: str


def said(thing: object) -> str:
    """A docstring on one line."""
    return " ".join((inspect.getdoc(thing) or "").split())


def english(thing: object) -> str:
    """The same without the Chinese terms in brackets; `(备案, Art 20)` keeps its article."""
    return _IN_BRACKETS.sub(_only_english, said(thing))


def _only_english(bracket: re.Match[str]) -> str:
    kept = [part for part in bracket.group(1).split(",") if not CHINESE.search(part)]
    return f" ({','.join(kept).strip()})" if kept else ""


def chinese(name: str, fact: type[Fact]) -> str:
    """The term in brackets in the docstring; else the sentence of the timeline with its fields left open."""
    terms = [each for each in _IN_BRACKETS.findall(said(fact)) if CHINESE.search(each)]
    if terms:
        return "；".join(_without_article(each) for each in terms)
    template = TEMPLATES.get(name.rpartition(".")[0], ("", ""))[0]
    return re.sub(r"\{\w+\}", "…", template)


def _without_article(term: str) -> str:
    """`Art 20` and the like stand in the English text."""
    return ", ".join(part.strip() for part in term.split(",") if CHINESE.search(part))


def fields(fact: type[Fact]) -> list[Field]:
    """The fields of a fact as they are spelled in JSON, required ones first; `origin`, which all have, left out."""
    hints, notes = get_type_hints(fact, include_extras=True), remarks(fact)
    found = []
    for each in fields_of(fact):
        if each.name == "origin":
            continue
        default = "" if each.required or each.default in (None, msgspec.NODEFAULT, ()) else _json(each.default)
        told = Field(each.encode_name, kind_of(hints[each.name]), each.required, default, notes.get(each.name, ""))
        found.append(told)
    return sorted(found, key=lambda each: not each.required)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def kind_of(hint: Any) -> str:
    """A type in words: `unit:…`, `date`, `one of a, b`, `list of …`, `… or null`."""
    if prefix := PREFIXES.get(hint):
        return f"`{prefix}…`"
    if name := _alias(hint):
        return name
    parts = get_args(hint)
    optional = type(None) in parts
    if optional:
        inner = [each for each in parts if each is not type(None)]
        return " or ".join([*(kind_of(each) for each in inner), "null"])
    if getattr(hint, "__origin__", None) is tuple:
        return f"list of {kind_of(parts[0])}"
    if getattr(hint, "__origin__", None) is Literal:
        return "one of " + ", ".join(f"`{value}`" for value in parts)
    return _plain(typed.type_info(hint))


def _alias(hint: Any) -> str:
    return "item number" if getattr(hint, "__name__", "") == "PetitionNo" else ""


def _plain(kind: typed.Type) -> str:
    match kind:
        case typed.StrType(min_length=least):
            return "text, not empty" if least else "text"
        case typed.IntType(ge=low, le=high):
            return (
                "whole number" + (f" ≥ {low}" if low is not None else "") + (f", ≤ {high}" if high is not None else "")
            )
        case typed.BoolType():
            return "true or false"
        case typed.DateType():
            return "date"
        case typed.DateTimeType():
            return "time with offset" if kind.tz else "time"
        case typed.DictType():
            return "object of " + _plain(kind.value_type)
        case typed.UnionType():
            return " or ".join(_plain(each) for each in kind.types)
        case _:
            return type(kind).__name__.removesuffix("Type").lower()


@cache
def remarks(owner: type) -> dict[str, str]:
    """The strings that stand under the fields of a class."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(owner))).body[0]
    assert isinstance(tree, ast.ClassDef)
    told = {}
    for line, after in zip(tree.body, tree.body[1:], strict=False):
        named = isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
        if named and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            told[line.target.id] = " ".join(str(after.value.value).split())  # type: ignore[attr-defined]
    return told
