"""The access log: who read what, and who was turned away. A log of the same kind as the record, with its own seals.

It says who asked which question about what, and when; never what was answered. Reads of personal fields are on the disk
before they are answered; all else is written by the next batch, within a second.
"""

from __future__ import annotations

import os
import secrets
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from domain.reader import Reader
from infra.log.port import Conflict, Log, NewEntry, StoreAway, StoreError, key_of
from infra.log.times import EPOCH, micros
from infra.log.urls import SQLiteUrl, StoreUrl
from infra.seals.keys import beside, log_signer
from infra.seals.sealer import Folder, Sealer

SOURCE = "/danze/access"
FOLDER_VARIABLE = "DANZE_ACCESS_SEALS"
WAITING = 50_000
"""Reads that wait to be written; more are not answered."""
TOLD_APART = 10_000
"""Denials that wait, by who and what; of more only the route is told."""
BATCH, PAUSE = 1_000, 0.5
"""Entries of one transaction; seconds between two."""
ATTEMPTS = 20

Kind = Literal["read", "personal", "denied"]
_Denial = tuple[str, str, str]
"""Who was turned away, from what and why."""


class Access(Struct, frozen=True, omit_defaults=True):
    """Somebody asked a question."""

    kind: Kind
    who: Reader
    question: str
    """Method and route, as in `GET /v1/petitions/{no}`."""
    asked: dict[str, str]
    """What it was asked about: the parts of the address."""
    at: datetime
    why: str | None = None
    """Of a denial: the code that he was told."""
    times: int = 1


class Accesses:
    """Writes the access log of one store, opened with the first entry. What is noted waits for who calls `flush`."""

    def __init__(self, opened: Callable[[], Log], seals: Callable[[Log], Sealer], now: Callable[[], datetime]) -> None:
        self._open, self._seals, self._now = opened, seals, now
        self._waiting: deque[Access] = deque()
        """Reads, each until it is written."""
        self._denied: dict[_Denial, Access] = {}
        self._lock, self._writing, self._flushing = threading.Lock(), threading.Lock(), threading.Lock()
        self._log: Log | None = None
        self._versions: dict[str, int] = {}

    # noting

    def read(self, who: Reader, question: str, asked: Mapping[str, str]) -> None:
        """Does not block. Raises `StoreAway` where too many wait: what cannot be written is not answered."""
        with self._lock:
            if len(self._waiting) >= WAITING:
                raise StoreAway("the access log does not keep up; try again")
            self._waiting.append(Access("read", who, question, dict(asked), self._now()))

    def personal(self, who: Reader, question: str, asked: Mapping[str, str]) -> None:
        """Returns when it is written. Raises `StoreError`."""
        self._write([Access("personal", who, question, dict(asked), self._now())])

    def denied(self, who: Reader, method: str, path: str, why: str) -> None:
        """Does not block. The same again within a batch is one entry that says how often."""
        key = (who.name, f"{method} {path}", why)
        with self._lock:
            if len(self._denied) >= TOLD_APART and key not in self._denied:
                key = (who.name, method, why)
            before = self._denied.get(key)
            times = before.times + 1 if before else 1
            self._denied[key] = Access("denied", who, key[1], {}, before.at if before else self._now(), why, times)

    # writing

    def flush(self) -> None:
        """Returns when what waited is written, by whomever; where that fails, it waits on."""
        with self._flushing:
            while True:
                with self._lock:
                    denied, self._denied = self._denied, {}
                    reads = [*islice(self._waiting, BATCH)]
                if not (denied or reads):
                    return
                try:
                    self._write([*denied.values(), *reads])
                except Exception:
                    with self._lock:
                        self._denied = _together(denied, self._denied)
                    raise
                with self._lock:
                    for _ in reads:
                        self._waiting.popleft()

    def _write(self, found: Sequence[Access]) -> None:
        with self._writing:
            log = self._log = self._log or self._open()
            for _ in range(ATTEMPTS):
                head = log.head()
                entries = [*self._entries(log, found, head.recorded)]
                try:
                    log.append(entries, [], after=head.position)
                except Conflict:
                    self._versions.clear()
                else:
                    return
            raise StoreAway("the access log is written to by too many at once")

    def _entries(self, log: Log, found: Sequence[Access], floor: int) -> Iterator[NewEntry]:
        for each in found:
            subject = f"reader:{each.who.name or each.who.role}:{each.at:%Y-%m}"
            if subject not in self._versions:
                stream = log.stream(subject)
                self._versions[subject] = stream[-1].version if stream else 0
            self._versions[subject] += 1
            floor = max(micros(each.at), floor)
            yield _entry(each, subject, self._versions[subject], floor)

    def seal(self) -> None:
        """A checkpoint over what is new, unless another process is at it. `danze verify --access` says more of what is
        wrong with the log: a seal never covers it up.
        """
        log = self._log
        if log is None or (claim := log.claim("seal")) is None:
            return
        try:
            self._seals(log).seal(self._now())
        finally:
            claim.release()

    def close(self) -> None:
        """Writes and seals what waits, as far as that goes."""
        try:
            with suppress(StoreError, Conflict, OSError):
                self.flush()
                self.seal()
        finally:
            if self._log is not None:
                self._log.close()


def _together(before: dict[_Denial, Access], since: dict[_Denial, Access]) -> dict[_Denial, Access]:
    """Denials that wait on, with those that came meanwhile."""
    return before | {
        key: replace(before[key], times=before[key].times + each.times) if key in before else each
        for key, each in since.items()
    }


def _entry(each: Access, subject: str, version: int, recorded: int) -> NewEntry:
    id = secrets.token_hex(12)
    type_name = f"access.{each.kind}.v1"
    told: dict[str, Any] = {
        "id": id, "source": SOURCE, "subject": subject, "type": type_name, "version": version,
        "recorded": EPOCH + timedelta(microseconds=recorded), "actor": each.who.official, "reader": each.who.name,
        "role": each.who.role, "units": each.who.units, "question": each.question, "asked": each.asked,
        "time": each.at, "why": each.why, "times": each.times,
    }  # fmt: skip
    body = msgspec.json.encode({name: value for name, value in told.items() if value is not None}, order="sorted")
    digest = blake2b(body, digest_size=16).digest()
    return NewEntry(subject, version, type_name, recorded, body, key_of(SOURCE, id), digest)


# where it lies


def access_log(place: StoreUrl, *, create: bool = True) -> Log:
    """PATH.access beside an SQLite store; the schema NAME_access in PostgreSQL."""
    if isinstance(place, SQLiteUrl):
        from infra.log.sqlite import SQLiteLog

        return SQLiteLog(place.beside("access"), create=create)
    from infra.log.postgres import PostgresLog

    return PostgresLog(place._replace(schema=place.beside("access")), create=create)


def access_seals(place: StoreUrl) -> Folder:
    """Where its seals are: `DANZE_ACCESS_SEALS`, else beside the store."""
    return Folder(Path(os.environ.get(FOLDER_VARIABLE) or beside(place, "access.seals")))


def access_key(place: StoreUrl) -> Path:
    """Where the key is that signs them: beside their folder."""
    path = access_seals(place).path
    return path.with_name(f"{path.name}.key")


@contextmanager
def accesses_of(place: StoreUrl, now: Callable[[], datetime]) -> Iterator[Accesses]:
    """The access log of a store, for as long as it is served. Its seals are signed with a key of their own."""
    folder, key = access_seals(place), access_key(place)
    noted = Accesses(lambda: access_log(place), lambda log: Sealer(log, folder, log_signer(key, folder)), now)
    try:
        yield noted
    finally:
        noted.close()
