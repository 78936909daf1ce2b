"""The files that a verb reads actions from and writes refusals to."""

import os
import stat
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO, Self, cast

import msgspec
import typer

from cli.screen import fail, inert, said
from cli.wiring import files_of
from domain.envelope import Rejected
from infra.exporters.whole_file import private

SQLITE = b"SQLite format 3\0"
"""How its files begin."""


def beside(path: Path, store: str) -> Path:
    """Where to write, which is not where a store is."""
    if path.is_dir():
        raise fail(f"{path} is a folder; name a file")
    if any(held.exists() and path.exists() and held.samefile(path) for held in files_of(store)):
        raise fail(f"{path} is the store itself; name another file")
    return path


def no_database(path: Path, store: str) -> Path:
    """The same for what makes no database: it overwrites none, whichever store it may be of."""
    if beside(path, store).is_file():
        with path.open("rb") as file:
            if file.read(len(SQLITE)) == SQLITE:
                raise fail(f"{path} is a database, maybe a store; name another file")
    return path


class Source:
    """The lines of a file or of standard input, as bytes, without the mark that some programs put before UTF-8."""

    def __init__(self, file: str) -> None:
        try:
            self._file = cast(
                "BufferedReader",
                typer.get_binary_stream("stdin") if file == "-" else Path(file).open("rb"),  # noqa: SIM115 -- closed with the verb
            )
            begin = self._file.peek(3)[:3]
        except OSError as error:
            raise fail(f"{file}: {error.strerror}") from None
        if begin[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise fail(f"{file} is UTF-16; actions are UTF-8, one JSON object a line")
        if begin == b"\xef\xbb\xbf":
            self._file.read(3)

    def __enter__(self) -> BinaryIO:
        return self._file

    def __exit__(self, *_: object) -> None:
        self._file.close()


def refusal(line: bytes, why: Rejected) -> bytes:
    """The action as it was sent, with the reason; a line that is no JSON stands as text under `line`."""
    try:
        whole = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        whole = None
    action: dict[str, Any] = whole if isinstance(whole, dict) else {"line": line.decode("utf-8", "backslashreplace")}
    return msgspec.json.encode({**action, "rejection": why}) + b"\n"


class Refusals:
    """Gets refused actions, for the file where one is wanted. What stood in it goes once the store is open."""

    def __init__(self, path: Path | None, source: str, store: str) -> None:
        self._first: Rejected | None = None
        if path is not None and path.exists():
            names = [Path(source), *files_of(store)]
            if any(name.exists() and name.samefile(path) for name in names):
                raise fail(f"--rejected {path} would overwrite what is read or kept; name another file")
        try:
            self._file = open(path, "ab", opener=private) if path else None  # noqa: SIM115 -- closed with the verb
        except OSError as error:
            raise fail(f"{path}: {error.strerror}") from None

    def __enter__(self) -> Self:
        if self._file and stat.S_ISREG(os.fstat(self._file.fileno()).st_mode):
            self._file.truncate(0)
        return self

    def __call__(self, line: bytes, why: Rejected) -> None:
        self._first = self._first or why
        if self._file:
            self._file.write(refusal(line, why))

    def told(self) -> None:
        """Ends with exit code 1 where some were refused; where no file was wanted, says why the first was."""
        if self._first is None:
            return
        if self._file is None:
            why = inert(f"{self._first.message} ({self._first.code} at {self._first.path})")
            said(f"the first refused: {why}; all of them: --rejected FILE")
        raise typer.Exit(1)

    def __exit__(self, *_: object) -> None:
        if self._file:
            self._file.close()
