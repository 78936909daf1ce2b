"""Options that many verbs share."""

import inspect
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

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
Refused = Annotated[Path | None, typer.Option("--rejected", help="Write refused actions and why to this file.")]
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
