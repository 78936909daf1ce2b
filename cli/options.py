"""Options that many verbs share."""

import inspect
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer
from typer import CallbackParam

from cli.screen import fail, moment
from domain.moments import When, both

Store = Annotated[
    str,
    typer.Option(
        "--store", envvar="DANZE_STORE", help="Where the log is: sqlite:///FILE.db, a path, or postgresql://…."
    ),
]
Kafka = Annotated[
    str,
    typer.Option(
        "--kafka", envvar="DANZE_KAFKA",
        help="Brokers, HOST:PORT[,HOST:PORT]; DANZE_KAFKA_SECURITY, _MECHANISM, _USER, _PASSWORD_FILE and _CA say how.",
    ),
]  # fmt: skip
Prefix = Annotated[
    str, typer.Option("--topics", envvar="DANZE_TOPICS", help="Prefix of the topics, as in PREFIXpetition.events.")
]
Touched = Annotated[
    Path | None,
    typer.Option("--pulse", envvar="DANZE_PULSE", help="A file to touch while work goes on, for a health check."),
]
Metrics = Annotated[
    str,
    typer.Option(
        "--metrics", envvar="DANZE_METRICS", help="[HOST:]PORT for Prometheus; without a host, this machine only."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
Refused = Annotated[
    Path | None,
    typer.Option("--rejected", help="Write refused actions and why to this file, made 0600: they are whole."),
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", help="As it was known at a recorded time (RFC 3339), or by the end of a date; else now."),
]
At = Annotated[
    str | None,
    typer.Option("--at", help="What was the case at a time, or by the end of a date, late entries included; else now."),
]
Seals = Annotated[
    Path | None,
    typer.Option("--seals", envvar="DANZE_SEALS", help="The folder of the seals; without, beside the store."),
]


POSITIONS = 10**15
"""No log has so many; what lies beyond is a slip, and beyond what a store can be asked."""
LONG = 366 * 86_400
"""Seconds that nobody waits."""


def _given(parameter: CallbackParam, value: Any) -> Any:
    """What was given, unless that is nothing: an empty variable of a shell, most often."""
    if value == "" or (isinstance(value, list) and "" in value):
        raise fail(f"{parameter.opts[0] if parameter.param_type_name == 'option' else parameter.name.upper()} is empty")
    return value


def _unit(parameter: CallbackParam, value: Any) -> Any:
    """Units may be named without `unit:`, as in an address of the API."""
    match _given(parameter, value):
        case str() as unit:
            return unit if unit.startswith("unit:") else f"unit:{unit}"
        case list() as units:
            return [_unit(parameter, each) for each in units]
        case none:
            return none


def option(name: str, told: str) -> Any:
    """An option whose text names something."""
    return typer.Option(name, help=told, callback=_given)


def argument(told: str) -> Any:
    return typer.Argument(help=told, callback=_given)


def unit_option(told: str) -> Any:
    return typer.Option("--unit", help=told, callback=_unit)


def unit_argument(told: str) -> Any:
    return typer.Argument(help=f"{told} With or without unit:.", callback=_unit)


Unit = Annotated[str | None, unit_option("This unit and those below it.")]
OneUnit = Annotated[str, unit_option("The unit; what is below it counts in.")]


def bitemporal(verb: Callable[..., None]) -> Callable[..., None]:
    """Gives a verb that asks the options --as-of and --at; it has both as one parameter, `when`."""
    declared = inspect.signature(verb)
    options = [
        inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=annotation)
        for name, annotation in (("as_of", AsOf), ("at", At))
    ]
    parameters = []
    for name, each in declared.parameters.items():
        parameters += options if name == "when" else [each]

    @wraps(verb)
    def asked(as_of: str | None, at: str | None, **given: Any) -> None:
        verb(when=times(as_of, at), **given)

    asked.__signature__ = declared.replace(parameters=parameters)  # type: ignore[attr-defined]
    asked.__annotations__ = {each.name: each.annotation for each in parameters}
    return asked


def times(as_of: str | None, at: str | None) -> When:
    """The two times of a question; a sentence where the one contradicts the other."""
    try:
        return both(moment(as_of), moment(at, "--at"))
    except ValueError as error:
        raise fail(f"--at: {error}") from None
