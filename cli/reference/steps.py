"""What `decide` does about each fact of an item, read from the source of its step: clocks, and rules that may trip.

Read are the calls of the step and of the functions it calls as statements; both ways of a branch, unless it asks which
type the fact is.
"""

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, NamedTuple, TypeVar

from domain.fact import Fact
from domain.petition.decide import STEPS

CLOCK = re.compile(r"K\d+x?|S\d+|execution|sponsor")
RULE = re.compile(r"f\d\d_\w+")
VERBS = {
    "start": "starts",
    "call_for_supervision": "starts",
    "meet": "meets",
    "meet_one": "meets",
    "move": "moves",
    "end": "ends",
}


Node = TypeVar("Node", bound=ast.AST)
EVERY = "every clock that runs"


class Effects(NamedTuple):
    """Clocks that a fact may start, meet, move and end; rules that it may trip; in the order of their names."""

    starts: tuple[str, ...]
    meets: tuple[str, ...]
    moves: tuple[str, ...]
    ends: tuple[str, ...]
    trips: tuple[str, ...]


def effects(fact: type[Fact]) -> Effects:
    """What the step of this fact may do; nothing for a fact that has no step."""
    step = STEPS.get(fact)
    found: dict[str, set[str]] = {name: set() for name in Effects._fields}
    if step is not None:
        for verb, names in _Reader(step, fact).calls():
            found[verb] |= names
    return Effects(*(tuple(sorted(found[name], key=_by_number)) for name in Effects._fields))


def _by_number(name: str) -> tuple[str, int, str]:
    digits = re.search(r"\d+", name)
    return name[:1].lower(), int(digits.group()) if digits else 0, name


class _Reader:
    """Reads one function. `given` are the arguments it is called with, by name, and `caller` who reads them."""

    def __init__(
        self, step: Callable[..., Any], fact: type[Fact],
        given: dict[str, ast.expr] | None = None, caller: "_Reader | None" = None,
    ) -> None:  # fmt: skip
        self._fact = fact
        self._module = inspect.getmodule(step)
        self._body = ast.parse(textwrap.dedent(inspect.getsource(step))).body[0]
        self._given = given or {}
        self._caller = caller

    def calls(self) -> Iterator[tuple[str, set[str]]]:
        """What is done, and to which clocks or rules; in functions of the domain that stand as a statement as well."""
        for call in self._reached(self._body, ast.Call):
            if not isinstance(call.func, ast.Attribute):
                continue
            if call.func.attr == "end_all":
                yield "ends", {EVERY}
            elif verb := VERBS.get(call.func.attr):
                yield verb, {name for given in call.args for name in self.clocks(given)}
            elif RULE.fullmatch(call.func.attr):
                yield "trips", {call.func.attr[:3].upper()}
        for statement in self._reached(self._body, ast.Expr):
            if isinstance(statement.value, ast.Call) and (called := self._function(statement.value.func)):
                names = inspect.signature(called).parameters
                given = dict(zip(names, statement.value.args, strict=False))
                yield from _Reader(called, self._fact, given, self).calls()

    def _function(self, name: ast.expr) -> Callable[..., Any] | None:
        """The function of the domain that a call names, as `resumed` or as `rule.f15_repeat_after_close`."""
        match name:
            case ast.Name(id=word):
                found = getattr(self._module, word, None)
            case ast.Attribute(value=ast.Name(id=owner), attr=word):
                found = getattr(getattr(self._module, owner, None), word, None)
            case _:
                return None
        return found if inspect.isfunction(found) and found.__module__.startswith("domain.") else None

    def _reached(self, node: ast.AST, kind: type[Node]) -> Iterator[Node]:
        """Nodes of a kind in the branches that this type of fact can take."""
        if isinstance(node, ast.If | ast.IfExp) and (taken := self._asked(node.test)) is not None:
            branch = node.body if taken else node.orelse
            for each in branch if isinstance(branch, list) else [branch]:
                yield from self._reached(each, kind)
            return
        if isinstance(node, kind):
            yield node
        for child in ast.iter_child_nodes(node):
            yield from self._reached(child, kind)

    def _asked(self, test: ast.expr) -> bool | None:
        """The answer to `isinstance(fact, e.Type)`, also where a local name holds it; None for any other question."""
        if isinstance(test, ast.Name):
            values = list(self._values(test.id))
            return self._asked(values[0]) if len(values) == 1 else None
        match test:
            case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id="fact"), ast.Attribute(attr=name)]):
                return self._fact.__name__ == name
            case _:
                return None

    def clocks(self, given: ast.AST) -> set[str]:
        """The names of clocks in an argument, through local names and constants of the module."""
        match given:
            case ast.Constant(value=str() as text):
                return {text} if CLOCK.fullmatch(text) else set()
            case ast.Name(id=name):
                local = {each for value in self._values(name) for each in self.clocks(value)}
                return local or self._argument(name) or self._constant(name)
            case ast.IfExp() if (taken := self._asked(given.test)) is not None:
                return self.clocks(given.body if taken else given.orelse)
            case _:
                return {name for child in ast.iter_child_nodes(given) for name in self.clocks(child)}

    def _values(self, name: str) -> Iterator[ast.expr]:
        """What is assigned to a local name, or what it loops over."""
        for node in ast.walk(self._body):
            match node:
                case ast.Assign(targets=[ast.Name(id=target)]) if target == name:
                    yield node.value
                case ast.For(target=ast.Name(id=target)) if target == name:
                    yield node.iter

    def _argument(self, name: str) -> set[str]:
        given = self._given.get(name)
        return self._caller.clocks(given) if self._caller and given else set()

    def _constant(self, name: str) -> set[str]:
        assert isinstance(self._module, ModuleType)
        value = getattr(self._module, name, None)
        return {each for each in value if CLOCK.fullmatch(str(each))} if isinstance(value, tuple) else set()
