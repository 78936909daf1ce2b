"""Rows of the national exchange record, CSV or JSON lines, in the words of a table of terms (records_terms.toml)."""

from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path

import msgspec

from infra.importers.rows import ImportProblem, Problem, Problems, Row, misfit, reading, rows, shown
from infra.importers.terms import table


class Reported(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Columns kept as they were reported, and those that are never taken."""

    columns: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()


class RecordTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    columns: dict[str, tuple[str, ...]]
    values: dict[str, dict[str, str]]
    personal: dict[str, tuple[str, ...]] = {}
    reported: Reported = Reported()

    def said(self, row: Row) -> dict[str, str]:
        """Our fields that the row says something of."""
        return _named(self.columns, row)

    def sealed(self, row: Row) -> dict[str, str]:
        """What names or describes a person."""
        return _named(self.personal, row)

    def column(self, field: str) -> str:
        """What the column of a field is called, for a sentence."""
        return self.columns[field][0]

    def value(self, kind: str, said: str) -> str | None:
        """Our word for the record's; None where the table has none."""
        return self.values.get(kind, {}).get(said)

    def unheard_of(self, names: Iterator[str]) -> list[str]:
        """Columns that no term speaks of."""
        known = {name for called in (self.columns, self.personal) for names in called.values() for name in names}
        return sorted(set(names) - known - self.reported.columns - self.reported.never)


def _named(called: dict[str, tuple[str, ...]], row: Row) -> dict[str, str]:
    found = {field: next((row[name] for name in names if row.get(name)), "") for field, names in called.items()}
    return {field: value for field, value in found.items() if value}


FIELDS = ("no", "registered_at", "registered_by", "accepted_on", "answered_on")
"""A table without these is none of the exchange record."""


def record_terms(path: Path | None) -> RecordTerms:
    """The table in a file, or the one that danze ships. Raises `ImportProblem` if it is none."""
    read = table(path, "records_terms.toml", RecordTerms)
    lacking = [field for field in FIELDS if not read.columns.get(field)]
    if lacking:
        raise ImportProblem(f"{path} names no column for {', '.join(lacking)}")
    return read


class Snapshot(msgspec.Struct, frozen=True):
    """What the record of one item said when it was exported."""

    row: int
    no: str
    said: dict[str, str]
    sealed: dict[str, str]
    reported: dict[str, str]


def snapshots(path: Path, terms: RecordTerms, problems: Problems) -> Iterator[Snapshot]:
    """The rows that can be taken; what cannot is told in `problems`. Raises `ImportProblem` if it is no such table."""
    checked = False
    for number, row in _lines(path, problems) if _is_json(path) else rows(path, ()):
        problem = misfit(number, row, len(row) - 1)
        if problem is None and not checked:
            checked = _check(path, row, terms, problems)
        said = terms.said(row)
        if problem is None and "no" not in said:
            problem = Problem(number, terms.column("no"), "the field is empty; the row is left out")
        if problem is not None:
            problems.append(problem)
            continue
        reported = {name: row[name] for name in terms.reported.columns if row.get(name)}
        yield Snapshot(number, said["no"], said, terms.sealed(row), dict(sorted(reported.items())))


def _check(path: Path, row: Row, terms: RecordTerms, problems: Problems) -> bool:
    names = terms.columns["no"]
    if not any(name in row for name in names):
        raise ImportProblem(
            f"{path.name} has no column {' or '.join(names)}; it has: {shown(row)}; name yours with --terms"
        )
    for name in terms.unheard_of(iter(row)):
        problems.append(Problem(1, name, "no term speaks of this column; it is left out of every row"))
    return True


def _is_json(path: Path) -> bool:
    with reading(path) as stream:
        return stream.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def _lines(path: Path, problems: Problems) -> Iterator[tuple[int, Row]]:
    """Objects one a line."""
    with reading(path) as stream, TextIOWrapper(stream, encoding="utf-8-sig") as lines:
        for number, line in enumerate((line for line in lines if line.strip()), 1):
            try:
                told = msgspec.json.decode(line, type=dict[str, str | int | float | bool | None])
            except msgspec.DecodeError as error:
                problems.append(Problem(number, "", f"the line is no flat JSON object ({error})"))
            else:
                yield number, {name: _text(value) for name, value in told.items()}


def _text(value: str | float | bool | None) -> str:
    """A value as a table would write it."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value is None else str(value).strip()
