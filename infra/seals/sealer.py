"""The sealer: what the log has gained goes into the tiles, and a checkpoint over all of it is signed and kept."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from infra import durable, line_files
from infra.log.port import Log
from infra.log.times import of_micros
from infra.seals.checkpoints import Checkpoint, checkpoint_of
from infra.seals.notes import Note, SealError, Signature, Signer, Verifier, parse_note, parse_verifier
from infra.seals.tiles import WIDTH, Tiles
from infra.waiting import Waiting

CHUNK = WIDTH * 400
"""Leaves read at once."""
Progress = Callable[[int, int], None]
Cosign = Callable[[Note, Tiles], Sequence[Signature]]
"""Asks witnesses to vouch for a checkpoint; answers the signatures of those that did."""


class Seal(NamedTuple):
    """One checkpoint as it was given out: when it was signed (RFC 3339), and the note."""

    at: str
    note: Note

    @property
    def checkpoint(self) -> Checkpoint:
        return checkpoint_of(self.note)

    @property
    def row(self) -> dict[str, object]:
        """As JSON: the record of `petition.seals` and of the file `seals.jsonl`."""
        return {"size": self.checkpoint.size, "at": self.at, "note": str(self.note)}


REMADE = "danze seal --rebuild makes it again of seals.jsonl"


class Folder:
    """What the sealer publishes: tiles, the newest `checkpoint`, every one in `seals.jsonl`, and the log's `keys`.

    `keys` holds a verifier key a line, the first one first; each later one stands below a note by which the one before
    it hands over, so that who trusts the first can follow.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tiles = Tiles(path)
        self._checkpoint = path / "checkpoint"

    def newest(self) -> Note | None:
        """The newest checkpoint; None where nothing was sealed yet."""
        try:
            return parse_note(self._checkpoint.read_text(encoding="utf-8")) if self._checkpoint.exists() else None
        except (UnicodeDecodeError, SealError):
            raise SealError(f"{self._checkpoint} is no checkpoint; {REMADE}") from None

    def last(self) -> Note | None:
        """The newest checkpoint; where its file is gone or damaged, the last of all that were given out."""
        note = None
        with suppress(SealError):
            note = self.newest()
        if note is None:
            for seal in self.seals():
                note = seal.note
        if note is None and self._checkpoint.exists():
            raise SealError(f"neither {self._checkpoint} nor seals.jsonl holds a checkpoint: put a copy in its place")
        return note

    def seals(self) -> Iterator[Seal]:
        """Every checkpoint given out, the oldest first. Raises `SealError` for a line that is none.

        A last line without an end is one that is being written, or that a full disk or a kill cut off: not given out.
        """
        path = self.path / "seals.jsonl"
        for line in line_files.whole(path.read_bytes()) if path.exists() else ():
            try:
                row = json.loads(line)
                yield Seal(row["at"], parse_note(row["note"]))
            except (ValueError, KeyError, TypeError):
                said = line.decode(errors="replace")[:80]
                raise SealError(f"{path} holds a line that is no checkpoint: {said}") from None

    def keep(self, seal: Seal) -> None:
        """First among all, then as the newest."""
        with (self.path / "seals.jsonl").open("a+b") as file:
            line_files.add(file, json.dumps(seal.row, ensure_ascii=False).encode())
        self.put(seal.note)

    def put(self, note: Note) -> None:
        """As the newest."""
        durable.put(self._checkpoint, str(note).encode())

    # keys

    def verifiers(self) -> list[Verifier]:
        """The log's keys, the first one first. Raises `SealError` where one was not handed over by the one before."""
        path = self.path / "keys"
        try:
            text = path.read_text(encoding="utf-8") if path.exists() else ""
        except UnicodeDecodeError:
            raise SealError(f"{path} holds no keys of a log") from None
        if not text:  # there was no room for the first
            return []
        first, *later = text.split("\n\n\n")
        known = [parse_verifier(first)]
        for text in later:
            note = parse_note(text)
            if known[-1].signed(note) is None:
                raise SealError(f"{path} names a key that the one before it did not sign: {note.text.strip()[:60]}")
            known.append(parse_verifier(note.text))
        return known

    def log_name(self) -> str | None:
        """Whose seals these are; None where nothing was sealed yet. Raises `SealError`."""
        if keys := self.verifiers():
            return keys[0].name
        last = self.last()
        return None if last is None else checkpoint_of(last).origin

    def introduce(self, signer: Signer, former: Signer | None) -> None:
        """Adds a key of the log: the first by itself, a later one signed by the one before it."""
        self.path.mkdir(parents=True, exist_ok=True)
        path, text = self.path / "keys", f"{signer.verifier}\n"
        if former is not None:
            text = f"{path.read_text(encoding='utf-8')}\n\n{Note(text, (former.sign(text),))}"
        durable.put(path, text.encode())


class Unsealed(NamedTuple):
    """What stands under no checkpoint: of `head` events those after the first `size`, since `since` (aware)."""

    size: int
    head: int
    since: datetime | None


def unsealed(log: Log, folder: Folder) -> Unsealed:
    """Raises `SealError` where more was sealed than the log holds, or where the checkpoint cannot be read."""
    newest, head = folder.newest(), log.head().position
    size = checkpoint_of(newest).size if newest is not None else 0
    if size > head:
        raise SealError(f"{size:,} events were sealed: the log lost its end")
    first = log.read(size, limit=1)
    return Unsealed(size, head, of_micros(first[0].recorded) if first else None)


def waits(log: Log, folder: Folder, here: Waiting, now: datetime) -> float:
    """How many seconds the first event under no checkpoint has waited here; infinitely many where none can be made."""
    try:
        size, head, recorded = unsealed(log, folder)
    except SealError:
        return math.inf
    if recorded is None:
        here.nothing()
        return 0.0
    return max(0.0, now.timestamp() - here.since(size + 1, head, recorded.timestamp(), now.timestamp()))


class Sealer:
    """Seals one log. One at a time; whoever runs it holds the log's claim on `seal`."""

    def __init__(self, log: Log, folder: Folder, signer: Signer, cosign: Cosign | None = None) -> None:
        self.log = log
        self.folder = folder
        self.signer = signer
        self._cosign = cosign
        if not folder.verifiers():
            folder.introduce(signer, None)
        if signer.verifier not in folder.verifiers():
            raise SealError(f"{folder.path} was sealed with another key than {signer.verifier.name} has")

    def seal(self, now: datetime, progress: Progress | None = None) -> Seal | None:
        """Takes in what is new and signs it; None where nothing is. `now` is aware.

        Raises `SealError` where the log is not what was sealed before: a checkpoint never covers that up.
        """
        newest = self.folder.newest()
        last = newest or self.folder.last()  # a kill came between: nothing smaller is given out over a cut tail
        before = checkpoint_of(last) if last is not None else Checkpoint(self.signer.verifier.name, 0, b"")
        head = self.log.head().position
        self._same(before, head)
        if newest is None and last is not None:
            self.folder.put(last)
        if head == before.size:
            return None
        size = before.size
        while size < head:
            leaves = self.log.leaves(size, min(CHUNK, head - size))
            size = self.folder.tiles.extend(size, [leaf for _, leaf in leaves])
            if progress:
                progress(size, head)
        return self._signed(Checkpoint(before.origin, size, self.folder.tiles.root(size)), now)

    def _same(self, before: Checkpoint, head: int) -> None:
        """The sealed part stands as it was, as far as a look at its end shows; `danze verify` looks at all of it."""
        if before.size > head:
            raise SealError(f"the log holds {head} events, {before.size} were sealed: its tail was cut; danze verify")
        if before.size and self.folder.tiles.root(before.size) != before.root:
            raise SealError("the tiles do not lead to the checkpoint; danze seal --rebuild makes them again")
        if before.size and self.log.leaves(before.size - 1, 1)[0][1] != self.folder.tiles.leaf(before.size - 1):
            raise SealError(f"event {before.size} is not the one that was sealed; danze verify names the first such")

    def _signed(self, checkpoint: Checkpoint, now: datetime, *others: Signer) -> Seal:
        signers = (self.signer, *others)
        note = Note(checkpoint.text, tuple(each.sign(checkpoint.text) for each in signers))
        if self._cosign is not None:
            note = note.with_signatures(self._cosign(note, self.folder.tiles))
        seal = Seal(now.isoformat(timespec="seconds"), note)
        self.folder.tiles.sync()
        self.folder.keep(seal)
        return seal

    def rotate(self, fresh: Signer, now: datetime) -> Seal:
        """From now on `fresh` signs: the old key hands over, and the newest checkpoint is signed by both."""
        if fresh.verifier.name != self.signer.verifier.name:
            raise SealError(f"a log keeps its name: {self.signer.verifier.name}, not {fresh.verifier.name}")
        self.seal(now)
        note = self.folder.newest()
        if note is None:
            raise SealError("nothing was sealed yet: there is no key to rotate")
        self.folder.introduce(fresh, self.signer)
        former, self.signer = self.signer, fresh
        return self._signed(checkpoint_of(note), now, former)


def rebuild(log: Log, folder: Folder, progress: Progress | None = None) -> int:
    """Makes the tiles again out of the log, up to the newest checkpoint, and the file of that out of all that were
    given out. Raises `SealError` where log and checkpoint differ.
    """
    last = folder.last()
    if last is None:
        return 0
    checkpoint = checkpoint_of(last)
    fresh = Tiles(folder.path / "rebuilt")
    size = 0
    while size < checkpoint.size and (leaves := log.leaves(size, min(CHUNK, checkpoint.size - size))):
        size = fresh.extend(size, [leaf for _, leaf in leaves])
        if progress:
            progress(size, checkpoint.size)
    if size < checkpoint.size or fresh.root(size) != checkpoint.root:
        raise SealError("the log is not the one that was sealed: tiles made of it do not lead to the checkpoint")
    folder.tiles.replace(fresh)
    folder.put(last)
    return size
