"""`docs/cli.md`: every verb and its options, from the command itself."""

from pathlib import Path
from typing import Any

from cli.reference.markdown import code, page, table

WORDS = {str: "text", int: "whole number", float: "number", Path: "path"}
ABOUT = """\
Exit codes: 0 done, 1 found something wrong, 2 usage or input error, 130 interrupted, 141 whoever reads the output has
enough (`danze search | head`). `--store` may stand in the environment as `DANZE_STORE`. Times are RFC 3339 with an
offset; a date means the end of that day in Asia/Shanghai. A unit is named with or without `unit:`.
"""


def verbs_page(command: Any) -> str:
    """The whole page from a click command (typer makes them)."""
    index = table(
        ("verb", "does"),
        ((f"[`{name}`](#danze-{name.replace(' ', '-')})", _first(each)) for name, each in verbs(command)),
    )
    parts = [line for name, each in verbs(command) for line in _verb(name, each)]
    return page("Command line 命令行", ABOUT, *index, *parts)


def verbs(command: Any, above: str = "") -> list[tuple[str, Any]]:
    """Verbs in the order of their names, groups opened."""
    told = []
    for name, each in sorted(command.commands.items()):
        full = f"{above}{name}"
        if not hasattr(each, "commands") or each.invoke_without_command:
            told.append((full, each))
        if hasattr(each, "commands"):
            told += verbs(each, f"{full} ")
    return told


def _first(command: Any) -> str:
    return " ".join((command.help or "").split("\n\n")[0].split())


def _verb(name: str, command: Any) -> list[str]:
    parameters = [each for each in command.params if each.name != "help"]
    arguments = [each for each in parameters if each.param_type_name == "argument"]
    options = [each for each in parameters if each.param_type_name == "option"]
    usage = " ".join(["danze", name, *(_argument(each) for each in arguments), *(["[OPTIONS]"] if options else [])])
    rows = (
        (code(_spelled(each)), _type(each), "yes" if each.required else "", code(_default(each)), each.help)
        for each in (*arguments, *options)
    )
    return [
        f"## danze {name}", "", _first(command), "", f"    {usage}", "",
        *table(("argument or option", "type", "required", "default", "meaning"), rows),
    ]  # fmt: skip


def _argument(argument: Any) -> str:
    shown = str(argument.name).upper()
    return shown if argument.required else f"[{shown}]"


def _spelled(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return str(parameter.name.upper())
    return ", ".join([*parameter.opts, *parameter.secondary_opts])


def _type(parameter: Any) -> str:
    """`flag`, `text`, `path`, `whole number from 1 to 1000`."""
    if getattr(parameter, "is_flag", False):
        return "flag"
    annotation = parameter.type_descriptor.annotation
    bounds = [
        f"{word} {limit:,}" for word, limit in (("from", parameter.min), ("to", parameter.max)) if limit is not None
    ]
    return " ".join([WORDS.get(annotation, annotation.__name__), *bounds])


def _default(parameter: Any) -> str:
    return "" if parameter.default in (None, False, "") or callable(parameter.default) else str(parameter.default)
