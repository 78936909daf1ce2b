"""Reads an event log in XES (IEEE 1849) trace by trace, so that a log of any size takes little memory."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from infra.importers.rows import ImportProblem, Row, reading

CASE = "case:"
"""Stands before the names of a trace's own attributes, as in the tables that are made from XES."""


def traces(path: str | Path) -> Iterator[tuple[int, Row]]:
    """Each event with its number, as a row of its attributes and those of its trace; nested attributes are left out.

    Expat refuses documents whose entities blow up.
    """
    file, number = Path(path), 0
    log: ET.Element | None = None
    with reading(file) as stream:
        try:
            for end, element in ET.iterparse(stream, events=("start", "end")):  # noqa: S314 -- as said above
                name = element.tag.rpartition("}")[2]
                log = element if log is None else log
                if end == "start" and number == 0 and name not in PARTS:
                    raise ImportProblem(f"{file.name} is XML, but no event log in XES: it begins with <{name}>")
                if end == "end" and name == "trace":
                    case = {CASE + key: value for key, value in _attributes(element).items()}
                    for event in element:
                        if event.tag.rpartition("}")[2] == "event":
                            number += 1
                            yield number, {**case, **_attributes(event)}
                    log.clear()  # else it would keep an empty trace for each that was read
        except (ET.ParseError, LookupError, ValueError) as error:  # the latter of encodings that nobody knows
            raise ImportProblem(f"{file.name} is not readable XES: {error}") from error


PARTS = (
    "log", "extension", "global", "classifier", "trace", "event", "string", "date", "int", "float", "boolean", "id",
    "list", "container", "values",
)  # fmt: skip


def _attributes(element: ET.Element) -> Row:
    return {child.get("key", ""): child.get("value", "").strip() for child in element if child.get("key")}
