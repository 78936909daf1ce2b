"""Which pages there are, which of them are stale, and how they are written."""

from pathlib import Path
from typing import Any

from cli.reference.articles import articles_page
from cli.reference.asyncapi import asyncapi
from cli.reference.decisions import decisions_page
from cli.reference.events import events_page
from cli.reference.http import http_page
from cli.reference.library import library_page
from cli.reference.metrics import metrics_page
from cli.reference.process import process_page
from cli.reference.rejections import rejections_page
from cli.reference.rules import rules_page
from cli.reference.schemas import schemas
from cli.reference.verbs import verbs_page

Pages = dict[str, str]
"""Text by path below `docs/`."""


def pages(command: Any, openapi: dict[str, Any] | None, clone: Path) -> Pages:
    """All generated pages. `command` is click's form of `danze`; without an OpenAPI document there is no HTTP page.

    `clone` holds what danze does not bring along: stories that prove the articles, decisions, the producers' library.
    """
    told = {
        "articles.md": articles_page(command, clone / "tests/scenarios"),
        "events.md": events_page(),
        "process.md": process_page(),
        "rules.md": rules_page(),
        "rejections.md": rejections_page(),
        "cli.md": verbs_page(command),
        "metrics.md": metrics_page(),
        "decisions/README.md": decisions_page(clone / "docs/decisions"),
        "asyncapi.json": asyncapi(),
        **{f"schemas/{name}": text for name, text in schemas().items()},
    }
    if openapi is not None:
        told["http.md"] = http_page(openapi)
    if (library := clone / "clients/python/danze_producer").is_dir():
        told["producer.md"] = library_page(library)
    return told


def stale(folder: Path, told: Pages) -> list[str]:
    """Pages that differ from what the code says, are missing, or describe what is gone."""
    gone = {f"schemas/{path.name}" for path in (folder / "schemas").glob("*.json")} - told.keys()
    return sorted(gone | {path for path, text in told.items() if _read(folder / path) != text.encode()})


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def write(folder: Path, told: Pages) -> list[str]:
    """Brings the folder up to date; answers what changed. Nothing outside the generated pages is touched."""
    changed = stale(folder, told)
    for path in changed:
        if path in told:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(told[path].encode())
        else:
            (folder / path).unlink()
    return changed
