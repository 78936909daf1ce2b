"""Options that many verbs share."""

from pathlib import Path
from typing import Annotated

import typer

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
Json = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
AsOf = Annotated[
    str | None, typer.Option("--as-of", help="Answer as of a recorded time (RFC 3339), or the end of a date.")
]
Seals = Annotated[
    Path | None,
    typer.Option("--seals", envvar="DANZE_SEALS", help="The folder of the seals; without, beside the store."),
]
