"""`danze docs`: the reference pages, written from the code."""

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.options import Json
from cli.screen import fail, out, told


def docs(
    folder: Annotated[Path, typer.Option("--folder", help="Where the pages are.")] = Path("docs"),
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit code 1 names the stale pages.")] = False,
    as_json: Json = False,
) -> None:
    """Write the generated pages of docs/ again: articles, events, schemas, topics, steps, rules, codes, verbs, HTTP."""
    if not folder.is_dir():
        raise fail(f"there is no folder {folder}; run this in a clone of danze, or name one with --folder")
    from cli.reference.pages import stale, write

    generated = all_pages(folder)
    changed = stale(folder, generated) if check else write(folder, generated)
    word = "stale" if check else "written"
    told({word: changed}, as_json, lambda _: _say(word, changed))
    if check and changed:
        raise typer.Exit(1)


def _say(word: str, changed: list[str]) -> None:
    for path in changed:
        out.print(f"{word}: {path}")
    if not changed:
        out.print("all pages are as the code says")


def all_pages(folder: Path = Path("docs")) -> dict[str, str]:
    """What the pages of a clone's folder should say."""
    from cli.reference.pages import pages
    from cli.verbs import app

    return pages(typer.main.get_command(app), _openapi(), folder.parent)


def _openapi() -> dict[str, Any] | None:
    """The OpenAPI document of the API, which needs nobody to ask for that; None where there is no API yet."""
    try:
        from api.app import create_app
    except ImportError:
        return None
    app = create_app(_Nobody(), _Nobody(), version="0")  # type: ignore[arg-type]
    document: dict[str, Any] = app.openapi_schema.to_schema()
    return document


class _Nobody:
    """Stands where the API wants answers; asked for a document only, it is never called."""
