"""Options that many verbs share."""

from typing import Annotated

import typer

Store = Annotated[
    str,
    typer.Option(
        "--store", envvar="DANZE_STORE", help="Where the log is: sqlite:///FILE.db, a path, or postgresql://…."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
AsOf = Annotated[
    str | None, typer.Option("--as-of", help="Answer as of a recorded time (RFC 3339), or the end of a date.")
]
