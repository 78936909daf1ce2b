"""The rows of an event log, CSV or XES, packed with gzip or not: which case, what was done, by whom, where, when."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from pathlib import Path

from msgspec import Struct

from domain.envelope import SHANGHAI
from infra.importers.rows import ImportProblem, Problem, Problems, Row, misfit, reading, rows
from infra.importers.xes import traces

COLUMNS = {
    "case": ("case:concept:name", "case_id", "case"),
    "activity": ("concept:name", "activity"),
    "lifecycle": ("lifecycle:transition", "lifecycle"),
    "resource": ("org:resource", "resource"),
    "group": ("org:group", "group"),
    "time": ("time:timestamp", "timestamp", "time"),
}
"""How the columns are called where nobody says it: the names of XES first."""
NEEDED = ("case", "activity", "time")


class Done(Struct, frozen=True):
    """One row: something was done on a case. Empty text where the log says nothing."""

    row: int
    case: str
    activity: str
    lifecycle: str
    resource: str
    group: str
    time: str
    """RFC 3339 in Asia/Shanghai."""
    dated_only: bool
    """The log gives the day and no time of day."""
    other: dict[str, str]
    """What else the row says, under its own column names."""

    @property
    def what(self) -> str:
        """The activity and its transition, as a terms table names it."""
        return f"{self.activity}/{self.lifecycle}" if self.lifecycle else self.activity


def done(path: Path, names: Mapping[str, str], zone: tzinfo, problems: Problems) -> Iterator[Done]:
    """The rows that can be taken, as they come; the others are told in `problems`.

    `names` says how columns are called that have none of the usual names. `zone` holds for times without an offset.
    Raises `ImportProblem` if the file is no event log.
    """
    called = {column: (names[column],) if column in names else usual for column, usual in COLUMNS.items()}
    sound = False
    for number, row in traces(path) if _is_xml(path) else rows(path, names.values()):
        problem = misfit(number, row, len(row) - 1)
        if problem is None:
            if not sound:
                sound = _check(path, row, called)
            problem = yield from _read(number, row, called, zone)
        if problem is not None:
            problems.append(problem)


def _is_xml(path: Path) -> bool:
    with reading(path) as stream:
        return stream.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"


def _check(path: Path, row: Row, called: Mapping[str, Sequence[str]]) -> bool:
    """A file is an event log if it says which case, what and when."""
    for column in NEEDED:
        if not any(name in row for name in called[column]):
            held = ", ".join(row)
            raise ImportProblem(f"{path.name} has no column for the {column}; name it with --{column}; it has: {held}")
    return True


def _read(
    number: int, row: Row, called: Mapping[str, Sequence[str]], zone: tzinfo
) -> Generator[Done, None, Problem | None]:
    """The row, or what is wrong with it."""
    used = {column: next((name for name in usual if name in row), usual[0]) for column, usual in called.items()}
    said = {column: row.get(name, "") for column, name in used.items()}
    for column in NEEDED:
        if not said[column]:
            return Problem(number, used[column], "the field is empty; the row is left out")
    written = said.pop("time")
    try:
        time = datetime.fromisoformat(written)
        at = (time if time.tzinfo else time.replace(tzinfo=zone)).astimezone(SHANGHAI).isoformat()
    except (ValueError, OverflowError):
        sentence = f"{written!r} is no time like 2013-05-01 08:30:00+01:00; the row is left out"
        return Problem(number, used["time"], sentence)
    other = {name: value for name, value in row.items() if value and name not in used.values()}
    yield Done(row=number, time=at, dated_only=len(written) <= 10, other=other, **said)
    return None
