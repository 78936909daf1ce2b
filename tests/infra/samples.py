"""Events and rejections to fill a log with; fixed times, no chance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec

from infra.log.port import NewEntry, Rejection, key_of

START = datetime(2020, 4, 10, 1, 12, tzinfo=UTC)
SOURCE = "/430400/reception-centre/window-3"
encode = msgspec.json.Encoder(order="sorted").encode


def microseconds(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def entry(
    subject: str, version: int, number: int | str, *, seconds: int = 0, touches: tuple[str, ...] = ()
) -> NewEntry:
    """The event of one action; `number` is its id, `seconds` after START its recorded time.

    What it touches its bytes tell, as those of a unit's event do.
    """
    moment = START + timedelta(seconds=seconds)
    type_ = "petition.registered.v1" if version == 1 else "petition.referred.v1"
    body = {
        "actor": "official:430400-xfj-017",
        "data": {"title": "小区停车收费", "number": number},
        "decided": {"cleared": touches} if touches else {},
        "id": str(number),
        "recorded": moment.isoformat(),
        "source": SOURCE,
        "specversion": "1.0",
        "subject": subject,
        "time": moment.isoformat(),
        "type": type_,
        "version": version,
    }
    digest = key_of("digest", str(number))
    key = key_of(SOURCE, str(number))
    return NewEntry(subject, version, type_, microseconds(moment), encode(body), key, digest, touches)


def entries(subjects: Iterable[str], *, first: int = 1) -> list[NewEntry]:
    """One event for each subject named, in order, one second apart; versions counted from 1."""
    versions: defaultdict[str, int] = defaultdict(int)
    made = []
    for number, subject in enumerate(subjects, first):
        versions[subject] += 1
        made.append(entry(subject, versions[subject], number, seconds=number))
    return made


def rejection(number: int, *, seconds: int = 0, code: str = "unknown-field") -> Rejection:
    recorded = microseconds(START + timedelta(seconds=seconds))
    key, digest = key_of(SOURCE, str(number)), key_of("digest", str(number))
    return Rejection(key, digest, code, "no such field", "data.colour", "petition:A", recorded, b'{"data":{}}')
