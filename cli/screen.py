"""How verbs speak: JSON for programs, tables for people, sentences for errors, bars for what takes long."""

import errno
import logging
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from io import TextIOWrapper
from typing import Any

import orjson
import typer
from rich.console import Console
from rich.measure import Measurement
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from domain.digits import digits
from domain.envelope import SHANGHAI
from domain.moments import with_a_day
from infra.log_lines import in_json

WIDE = 10_000
"""Columns of what is no terminal: in a pipe or a file a row of a table stands on one line, and an id is whole."""
ROOM = 80
"""Columns from which on a date stands on one line."""
ORDERS = re.compile(r"[\x00-\x06\x0e-\x1f\x7f-\x9f]")
"""What a terminal would obey; rich itself drops the few between, but for the end of a line."""
DIGITS = 30
"""More of a position are cut off: it is beyond every log by then, and Python reads 4,300 at most."""


class Screen(Console):
    """Where every verb prints. Text is what it says: no markup, no emoji, no colours by guess, no orders."""

    def __init__(self, **how: Any) -> None:
        super().__init__(soft_wrap=True, markup=False, emoji=False, highlight=False, **how)

    def render_str(self, text: str, **how: Any) -> Text:
        return super().render_str(_obeyed_by_none(text), **how)

    def told(self, sentence: str) -> None:
        """Where nobody can hear it, as on a full disk or a pipe without a reader, what it is about goes on."""
        try:
            self.print(sentence)
        except OSError:
            del self._buffer[:]

    def on_broken_pipe(self) -> None:
        """Rich would close standard output for the end of standard error, and end the process, or a thread of it."""
        if self.stderr:
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE), "standard error")
        super().on_broken_pipe()


def _obeyed_by_none(text: str) -> str:
    return ORDERS.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


out = Screen(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else WIDE)
err = Screen(stderr=True)
DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def fail(sentence: str) -> typer.Exit:
    """Usage or input error: one sentence on standard error, exit code 2."""
    said(sentence, level=logging.ERROR)
    return typer.Exit(2)


def said(sentence: str, who: str = "", level: int = logging.INFO) -> None:
    """A sentence on standard error, as DANZE_LOG says; `who` is the worker or part that says it."""
    if in_json():
        logging.getLogger(f"danze.{who}" if who else "danze").log(level, sentence)
    else:
        err.told(f"danze{' ' + who if who else ''}: {sentence}")


def inert(text: str, most: int = 400) -> str:
    """Somebody else's words for a terminal, which would obey control characters among them."""
    return "".join(one if one.isprintable() else f"\\x{ord(one):02x}" for one in text[:most])


def told(answer: Any, as_json: bool, human: Callable[[Any], None]) -> None:
    """Prints an answer, for a program or for a person."""
    if as_json:
        written(orjson.dumps(answer, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2) + b"\n")
    else:
        human(answer)


def written(json: bytes) -> None:
    """To standard output as it is: JSON is UTF-8, whatever people read here."""
    sys.stdout.flush()
    sys.stdout.buffer.write(json)
    sys.stdout.buffer.flush()


def speak_as_they_read() -> None:
    """What the encoding of this terminal has no sign for is told by its number."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def headed(name: str, rest: str) -> None:
    """A line that begins with a name, in bold."""
    out.print(Text.assemble((_obeyed_by_none(name), "bold"), _obeyed_by_none(rest)))


def table(title: str, columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    drawn = Table(title=title, title_justify="left", header_style="bold")
    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    for place, column in enumerate(columns):
        dates = out.width >= ROOM and all(DATE.fullmatch(row[place]) for row in cells if row[place])
        drawn.add_column(column, overflow="fold", no_wrap=dates)  # an id that is cut cannot be asked for again
    for row in cells:
        drawn.add_row(*row)
    if Measurement.get(out, out.options.update_width(WIDE), drawn).maximum > out.width:
        drawn.padding = (0, 0)
    out.print(drawn)


@contextmanager
def bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on a terminal, nothing elsewhere. Call it with (done, total)."""
    if not err.is_terminal:
        yield lambda _done, _total: None
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total or None)


def moment(text: str | None, option: str = "--as-of") -> datetime | None:
    """An RFC 3339 time with an offset, or a date, which means the end of that day in Asia/Shanghai."""
    if text is None:
        return None
    try:
        if DATE.fullmatch(text):
            return datetime.combine(date.fromisoformat(text), time.max, SHANGHAI)
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise fail(f"{option}: {text!r} is neither an RFC 3339 time nor a date") from None
    if parsed.tzinfo is None:
        raise fail(f"{option}: {text!r} has no offset; write for example 2020-04-10T09:00:00+08:00")
    return with_a_day(parsed)


def day(text: str, option: str) -> date:
    try:
        if DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise fail(f"{option}: {text!r} is no date; write for example 2020-04-10")


def place(text: str | None, option: str = "--to") -> int | datetime | None:
    """A position of the log, or a time as `moment` reads it."""
    number = digits(text[:DIGITS], 10**DIGITS) if text is not None and text.isdigit() else None
    return number if number is not None else moment(text, option)


def held(found: int | datetime | None, last: int, option: str = "--to") -> int | datetime | None:
    """The same place, if it is no position that the log does not have."""
    if isinstance(found, int) and not 1 <= found <= last:
        raise fail(f"{option} {found}: the log has the positions 1 to {last}")
    return found


def days(first: str | None, last: str | None) -> tuple[date | None, date | None]:
    """A stretch of days from --from and --to, either end of which may be open."""
    from_, to = day(first, "--from") if first is not None else None, day(last, "--to") if last is not None else None
    if from_ and to and to < from_:
        raise fail(f"--to {to} lies before --from {from_}")
    return from_, to
