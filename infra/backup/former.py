"""The store that a backup was made of, as far as it can be seen from here: one log goes on in one place."""

from contextlib import closing
from typing import Literal, NamedTuple

from infra.backup.manifest import Manifest
from infra.log.open import open_log
from infra.log.port import Log, StoreError
from infra.log.urls import PostgresUrl, SQLiteUrl, parse


class Former(NamedTuple):
    """`replaced` where the restored store is in its place, `there` where it stands beside it, at so many events,
    `unreadable` where something is there that does not open, `unseen` where nothing is known.
    """

    found: Literal["replaced", "there", "unreadable", "unseen"]
    events: int | None = None


UNSEEN = Former("unseen")


def former(manifest: Manifest, url: str) -> Former:
    """What became of it, once its log was restored to a URL. Raises nothing: that work is done."""
    try:
        made_of, place = parse(manifest.store), parse(url)
        if isinstance(made_of, PostgresUrl):
            again = isinstance(place, PostgresUrl) and place.place == made_of.place
            return Former("replaced") if again else UNSEEN
        if not made_of.path.is_absolute() or not made_of.path.exists():
            return UNSEEN  # relative in older backups: of a folder that nobody knows
        if isinstance(place, SQLiteUrl) and place.path.samefile(made_of.path):
            return Former("replaced")
        with closing(open_log(manifest.store, create=False)) as log:
            return Former("there", log.head().position) if _grew_out_of(manifest, log) else UNSEEN
    except (StoreError, OSError):
        return Former("unreadable")


def _grew_out_of(manifest: Manifest, log: Log) -> bool:
    """Another log may have been put there since."""
    events = manifest.events
    if log.head().position < events:
        return False
    return not events or log.leaves(events - 1, 1)[0][1].hex() == manifest.leaf
