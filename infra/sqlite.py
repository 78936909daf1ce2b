"""SQLite as our files use it; what it says when something breaks, in one sentence for the person at the keyboard."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import suppress
from pathlib import Path

from infra.log.port import HELD, StoreBroken, StoreError, StoreFull, StoreHeld

BUSY_SECONDS = 30
"""How long a writer waits for another process before it gives up."""


NO_SPACE = "no space left"
"""How the sentence of a full disk begins."""
DAMAGED = "is no danze store, or is damaged"


def sentence(path: object, error: BaseException) -> str:
    """What went wrong with the file; nothing of the transaction was stored."""
    text = str(error).partition(" with text")[0]  # what was read is nobody's business here
    if any(said in text for said in ("not a database", "malformed", "decode to UTF-8")):
        return f"{path} {DAMAGED} ({text})"
    if "full" in text or "disk I/O" in text:
        return f"{NO_SPACE} to write {path}, or its disk is failing ({text}); nothing of this batch was stored"
    if "unable to open" in text and unwritable(waiting := Path(f"{path}-wal")):
        return f"{waiting.name} holds what is not in {path} yet, and no file of locks can be made there: copy both away"
    if "readonly" in text or "unable to open" in text:
        return f"{path} cannot be opened for writing ({text})"
    if "locked" in text or "busy" in text:
        return f"{path} {HELD} for {BUSY_SECONDS} s"
    return f"{path}: {text}"


def trouble(path: object, error: BaseException) -> StoreError:
    """The sentence as what is raised."""
    said = sentence(path, error)
    if DAMAGED in said:
        return StoreBroken(said)
    if HELD in said:
        return StoreHeld(said)
    return (StoreFull if said.startswith(NO_SPACE) else StoreError)(said)


def private(path: Path) -> None:
    """The file, made for its owner alone where there is none, whatever the umask: it tells of petitions, and of whom an
    accusation is about. One that is there keeps its mode. SQLite gives what it puts beside a file the file's mode.
    """
    with suppress(OSError):  # SQLite says what is wrong with the place
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def unwritable(path: Path) -> bool:
    """Whether nothing can be written beside a file that is there, as on a medium that is read only."""
    return path.exists() and not os.access(path.parent, os.W_OK)


def reading_only(path: Path) -> str:
    """The address at which SQLite reads such a file and writes nothing. Where nobody has it open it is read as one that
    does not change: SQLite would want a file of locks beside it.
    """
    waiting, locks = (path.with_name(f"{path.name}-{what}") for what in ("wal", "shm"))
    still = not locks.exists() and not (waiting.exists() and waiting.stat().st_size)
    return f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if still else ''}"


def write_ahead(connection: sqlite3.Connection) -> None:
    """Switches to WAL. SQLite ignores the busy timeout there while another process does the same."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return
