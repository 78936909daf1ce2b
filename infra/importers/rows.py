"""Reading a table row by row: what is broken is reported, never guessed."""

import csv
import gzip
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import blake2b
from io import TextIOWrapper
from pathlib import Path
from textwrap import shorten
from typing import BinaryIO, NamedTuple, cast

from domain.codec import YEARS
from domain.envelope import SHANGHAI

Row = dict[str, str]

FORMS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M")
"""How a moment may be written. All are local time of Asia/Shanghai; a date alone is no moment."""


class ImportProblem(Exception):
    """The file cannot be read as what it is said to be. The message is a sentence for the user."""


class Problem(NamedTuple):
    """One thing in one row that could not be taken. Rows count from 1, the header not counted."""

    row: int
    field: str
    sentence: str


Problems = list[Problem]
"""What an import could not take. Pass a list of your own: it is complete before the first action comes."""


def rows(path: str | Path, required: Iterable[str]) -> Iterator[tuple[int, Row]]:
    """Each row with its number, fields stripped of outer blanks; UTF-8, with or without a mark at its start."""
    file = Path(path)
    with reading(file) as stream, TextIOWrapper(stream, encoding="utf-8-sig", newline="") as text:
        reader = csv.reader(text, strict=True)
        header = [name.strip() for name in next(reader, [])]
        _check_header(file, header, required)
        for number, fields in enumerate((each for each in reader if each), start=1):
            yield number, _row(header, fields)


@contextmanager
def reading(file: Path) -> Iterator[BinaryIO]:
    """The bytes of a file, unpacked if it is packed with gzip; what is wrong with it becomes one sentence."""
    try:
        with file.open("rb") as raw:
            packed = raw.peek(2)[:2] == b"\x1f\x8b"
            with cast("BinaryIO", gzip.open(raw)) if packed else raw as stream:
                yield stream
    except UnicodeDecodeError as error:
        message = (
            f"{file.name} is not UTF-8 text (byte {error.start}); convert it first, for example with iconv -f GB18030"
        )
        raise ImportProblem(message) from error
    except csv.Error as error:
        raise ImportProblem(f"{file.name} is not a readable CSV file: {error}") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ImportProblem(f"{file.name} is packed with gzip, but broken: {error}") from error
    except OSError as error:
        raise ImportProblem(f"{file} cannot be read: {error.strerror}") from error


def _check_header(file: Path, header: list[str], required: Iterable[str]) -> None:
    if not header:
        raise ImportProblem(f"{file.name} is empty: it has not even a header")
    missing = [name for name in required if name not in header]
    if missing:
        raise ImportProblem(f"{file.name} lacks the columns {', '.join(missing)}; its header is: {shown(header)}")
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise ImportProblem(f"{file.name} has the columns {shown(twice)} more than once")


def shown(names: Iterable[str]) -> str:
    """Names of columns as they may stand in a sentence: on one line, and not all of a table that is none."""
    return shorten(", ".join(names), 400, placeholder=" …")


def _row(header: list[str], fields: list[str]) -> Row:
    row = dict(zip(header, (field.strip() for field in fields), strict=False))
    if len(fields) != len(header):
        row[MISFIT] = str(len(fields))
    return row


MISFIT = "\0fields"
"""Under this name a row says that it has more or fewer fields than the header."""


def misfit(number: int, row: Row, width: int) -> Problem | None:
    """A row cannot be trusted if its fields do not fit the header: it may have shifted."""
    if MISFIT not in row:
        return None
    return Problem(number, "", f"the row has {row[MISFIT]} fields where the header has {width}")


def moment(text: str) -> datetime | None:
    """The moment written, in local time, or None if it is not one, or of a year of which no fact is taken."""
    for form in FORMS:
        try:
            read = datetime.strptime(text, form).replace(tzinfo=SHANGHAI)
        except ValueError:
            continue
        return read if read.year in YEARS else None
    return None


def stamp(local: datetime) -> str:
    """RFC 3339 with the offset of Asia/Shanghai."""
    return local.isoformat(timespec="seconds")


def pseudonym(text: str) -> str:
    """A stable pseudonym: 16 hex digits. The same text always gives the same one."""
    return blake2b(text.encode(), digest_size=8).hexdigest()
