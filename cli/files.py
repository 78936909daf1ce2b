"""The files that a verb reads actions from and writes refusals to."""

import os
import stat
from contextlib import suppress
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO, Self, cast

import msgspec
import typer

from cli.screen import fail, inert, said
from cli.wiring import files_of
from domain.envelope import Rejected
from infra.doors.access import access_key, access_seals
from infra.doors.tokens import tokens_of
from infra.exporters.whole_file import private
from infra.log.port import StoreError
from infra.log.urls import parse
from infra.seals import keys
from infra.secret_files import announced
from infra.vault import master_key
from infra.webhooks.subscriptions import subscriptions_of

SQLITE = b"SQLite format 3\0"
"""How its files begin."""


def beside(path: Path, store: str) -> Path:
    """Where to write, which is not where a store is, or what lies beside it."""
    if path.is_dir():
        raise fail(f"{path} is a folder; name a file")
    files, folders = _kept(store)
    inside = path.exists() and any(folder.resolve() in path.resolve().parents for folder in folders)
    if inside or any(_same(path, held) for held in files):
        raise fail(f"{path} is the store itself, or belongs to it; name another file")
    return path


def _same(path: Path, held: Path) -> bool:
    """Also where it is yet to be made, or has two names."""
    return path.resolve() == held.resolve() or (path.exists() and held.exists() and path.samefile(held))


def _kept(store: str) -> tuple[list[Path], list[Path]]:
    """Files of a store, with those that SQLite puts beside them, and its keys; folders of seals and tokens."""
    place = parse(store)
    secrets, folders = list[Path](), list[Path]()
    with suppress(StoreError):  # without a home folder nothing of a store on PostgreSQL lies there
        secrets += [named for named in (master_key.source_of(place).path, keys.key_of(place)) if named]
        secrets.append(access_key(place))
        folders += [keys.folder_of(place), access_seals(place).path, tokens_of(place)]
    databases = files_of(store)
    with suppress(StoreError):
        databases.append(subscriptions_of(place).path)
    beside_them = [each.with_name(f"{each.name}-{what}") for each in databases for what in ("wal", "shm", "journal")]
    return [*databases, *beside_them, *secrets, *map(announced, secrets)], folders


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
            raise fail(f"{file or repr(file)}: {error.strerror}") from None
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
        if path is not None:
            if _same(path, Path(source)):
                raise fail(f"--rejected {path} would overwrite what is read; name another file")
            no_database(path, store)
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
