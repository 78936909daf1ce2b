"""The tree as a folder of tiles (C2SP tlog-tiles): 256 hashes a file, so that a proof reads a few files at any size.

    checkpoint            the newest checkpoint, signed
    tile/0/x001/234       leaf hashes 256·1234 to 256·1234+255; tile/1 holds the roots of tiles of tile/0, and so on
    tile/0/005.p/17       the newest tile, as far as it is filled

The folder can be copied, served as it is, and read by other tools; it holds hashes only.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from domain.digits import digits
from infra import durable
from infra.log.merkle import Tree, full_root, node_of
from infra.seals.notes import SealError
from infra.seals.proofs import split

HEIGHT = 8
WIDTH = 1 << HEIGHT
HASH = 32
CACHED_TILES = 4_000
"""Some 32 MB."""


class Tiles:
    """The tiles of one log, read by proofs and extended by the sealer. One writer at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._full = lru_cache(maxsize=CACHED_TILES)(self._read_full)

    def __reduce__(self) -> tuple[type[Tiles], tuple[Path]]:
        """Another process reads the same folder with a cache of its own."""
        return Tiles, (self.folder,)

    # writing

    def extend(self, size: int, leaves: Iterable[bytes]) -> int:
        """Adds leaf hashes behind the first `size`; answers the new size. Partial tiles that were filled go away."""
        hashes, level, first = list(leaves), 0, size
        new = size + len(hashes)
        while hashes:
            rest = first % WIDTH
            held = self._partial(level, first // WIDTH, rest) + b"".join(hashes)
            full = list(self._write(level, first // WIDTH, rest, held))
            hashes, first, level = [full_root(_hashes(tile)) for tile in full], first // WIDTH, level + 1
        return new

    def _write(self, level: int, index: int, before: int, held: bytes) -> Iterator[bytes]:
        """Writes tiles from the `index`-th on; gives those that are full."""
        for at in range(0, len(held), WIDTH * HASH):
            tile = held[at : at + WIDTH * HASH]
            width = len(tile) // HASH
            path = self._path(level, index, width)
            path.parent.mkdir(parents=True, exist_ok=True)
            (durable.put if before else _put)(path, tile)  # what held its beginning may go
            if width == WIDTH:
                yield tile
                if before:
                    self._clear_partials(level, index)
            index, before = index + 1, 0

    def _clear_partials(self, level: int, index: int) -> None:
        path = self._path(level, index, WIDTH)
        folder = path.with_name(path.name + ".p")
        for old in folder.glob("*") if folder.is_dir() else ():
            old.unlink(missing_ok=True)
        if folder.is_dir():
            folder.rmdir()

    def sync(self) -> None:
        """What was written is on the disk: to be called before a checkpoint over it is kept."""
        durable.sync_all(self.folder)

    def replace(self, other: Tiles) -> None:
        """Takes the tiles of another folder, whose own place is empty then."""
        other.sync()
        mine, theirs = self.folder / "tile", other.folder / "tile"
        old = self.folder / "tile.old"
        if mine.exists():
            mine.rename(old)
        theirs.rename(mine)
        shutil.rmtree(old, ignore_errors=True)
        shutil.rmtree(other.folder, ignore_errors=True)
        self._full.cache_clear()

    # reading

    def _path(self, level: int, index: int, width: int) -> Path:
        """`tile/0/x001/x234/067`, and `067.p/12` for one of width 12."""
        parts = [f"{index % 1000:03}"]
        while index := index // 1000:
            parts.insert(0, f"x{index % 1000:03}")
        path = self.folder.joinpath("tile", str(level), *parts)
        return path if width == WIDTH else path.with_name(path.name + ".p") / str(width)

    def _read_full(self, level: int, index: int) -> bytes:
        return self._path(level, index, WIDTH).read_bytes()

    def _partial(self, level: int, index: int, width: int) -> bytes:
        """The first hashes of a tile, out of the partial one of that width, or of one that has grown since."""
        if not width:
            return b""
        path = self._path(level, index, width)
        try:
            data = path.read_bytes() if width < WIDTH else self._newest(level, index)
        except FileNotFoundError:
            data = self._newest(level, index)[: width * HASH]
        if len(data) != width * HASH:
            raise SealError(f"{path} is missing or damaged; danze seal --rebuild makes the tiles again")
        return data

    def _newest(self, level: int, index: int) -> bytes:
        """A tile as far as it is filled; empty where there is none."""
        for _ in range(2):  # one that is filled between two looks has lost its partial ones by the second
            with suppress(FileNotFoundError):
                return self._full(level, index)
            with suppress(FileNotFoundError):
                held = self._path(level, index, 1).parent.iterdir()
                if widths := [found for each in held if (found := digits(each.name, WIDTH))]:
                    return self._path(level, index, max(widths)).read_bytes()
        return b""

    def _node(self, level: int, index: int, size: int) -> bytes:
        """The root of the `index`-th subtree of 2**level leaves, in a tree of `size` leaves."""
        at, below = divmod(level, HEIGHT)
        first, count = index << below, 1 << below
        tile, place = divmod(first, WIDTH)
        width = min(WIDTH, (size >> (HEIGHT * at)) - tile * WIDTH)
        data = self._partial(at, tile, width)
        return full_root(_hashes(data[place * HASH : (place + count) * HASH]))

    def leaf(self, index: int) -> bytes:
        """The leaf hash at a place counted from 0; the tree is larger than that."""
        return self.leaves(index, 1)[0]

    def leaves(self, first: int, count: int) -> list[bytes]:
        """Leaf hashes from a place on, so many; fewer where the tiles end."""
        found: list[bytes] = []
        while len(found) < count:
            tile, place = divmod(first + len(found), WIDTH)
            data = self._newest(0, tile)[place * HASH :]
            if not data:
                break
            found += _hashes(data)[: count - len(found)]
        return found

    # proofs

    def root(self, size: int) -> bytes:
        """The root over the first `size` leaves."""
        return self._range(0, size, size) if size else Tree().root()

    def _range(self, first: int, last: int, size: int) -> bytes:
        """The root over leaves `first` to `last` (exclusive) of a tree of `size`; `first` begins a subtree."""
        count = last - first
        if count & (count - 1) == 0:
            level = count.bit_length() - 1
            return self._node(level, first >> level, size)
        middle = first + split(count)
        return node_of(self._range(first, middle, size), self._range(middle, last, size))

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The proof that the `index`-th leaf (from 0) is in the tree of `size`; nearest hash first."""
        first, last, proof = 0, size, list[bytes]()
        while last - first > 1:
            middle = first + split(last - first)
            if index < middle:
                proof.append(self._range(middle, last, size))
                last = middle
            else:
                proof.append(self._range(first, middle, size))
                first = middle
        return proof[::-1]

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the tree of size `old` is the beginning of that of size `new`."""
        if old in (0, new):
            return []
        first, last, whole, proof = 0, new, True, list[bytes]()
        while old != last:
            middle = first + split(last - first)
            if old <= middle:
                proof.append(self._range(middle, last, new))
                last = middle
            else:
                proof.append(self._range(first, middle, new))
                first, whole = middle, False
        if not whole:
            proof.append(self._range(first, last, new))
        return proof[::-1]


def _hashes(data: bytes) -> list[bytes]:
    return [data[at : at + HASH] for at in range(0, len(data), HASH)]


def _put(path: Path, data: bytes) -> None:
    """A reader sees the old file or the new one. On the disk with all others, by `sync`."""
    draft = path.with_name(path.name + ".new")
    draft.write_bytes(data)
    draft.replace(path)
