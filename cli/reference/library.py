"""`docs/producer.md`: the producers' Python library, from its signatures and docstrings."""

import ast
from collections.abc import Iterator
from pathlib import Path

from cli.reference.markdown import code, page, table

ABOUT = """\
`pip install ./clients/python`, or `'./clients/python[personal]'` where names, phones or texts are sent. How it is used:
[emit your first event](guides/emit-your-first-event.md#from-python). `danze_producer.facts` has a type for each of the
[types of facts](events.md); a mapping does as well.
"""


def library_page(folder: Path) -> str:
    """The whole page, from the library's folder."""
    producer = _classes(folder / "producer.py")["Producer"]
    problems = _classes(folder / "problems.py").values()
    rows = ((code(each.name), ast.get_docstring(each)) for each in problems)
    return page(
        "Python library for producers", ABOUT, *_class(producer), "## Problems", "", *table(("raised", "when"), rows)
    )


def _classes(path: Path) -> dict[str, ast.ClassDef]:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return {node.name: node for node in body if isinstance(node, ast.ClassDef)}


def _class(told: ast.ClassDef) -> Iterator[str]:
    yield from (f"## {told.name}", "", ast.get_docstring(told) or "", "")
    for each in told.body:
        if not isinstance(each, ast.FunctionDef) or (each.name.startswith("_") and each.name != "__init__"):
            continue
        yield from (f"### {told.name if each.name == '__init__' else each.name}", "", _signature(told, each), "")
        if said := ast.get_docstring(each):
            yield from (said, "")


def _signature(owner: ast.ClassDef, told: ast.FunctionDef) -> str:
    """As it is called; a property as its type."""
    answer = f" -> {ast.unparse(told.returns)}" if told.returns else ""
    if told.decorator_list:
        return f"    {told.name}: {answer.removeprefix(' -> ')}"
    told.args.args = told.args.args[1:]  # without `self`, as it is called
    made = told.name == "__init__"
    return f"    {owner.name if made else told.name}({ast.unparse(told.args)}){'' if made else answer}"
