"""What the bytes of events say, in typed columns. A column says nothing that the bytes do not.

`data` is JSON as it is stored; `fact` is what questions ask of it; `decided` is what was decided about the event, once
and for ever; `stored` is all of it, byte by byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import accumulate
from operator import attrgetter
from typing import Any

import msgspec
import pyarrow as pa
from msgspec import Raw

from domain.envelope import NOTHING, Decided, day_of
from infra.log.port import RawEntry

ZONED = pa.timestamp("us", tz="Asia/Shanghai")
TEXT, DAY, FLAG, NUMBER = pa.string(), pa.date32(), pa.bool_(), pa.int32()
FACT = {
    "channel": TEXT, "purpose": TEXT, "category": TEXT, "place": TEXT, "persons": NUMBER, "anonymous": FLAG,
    "about_unit": TEXT, "about_official": TEXT, "received_on": DAY, "to_unit": TEXT, "handler": TEXT, "outcome": TEXT,
    "target": TEXT, "score": TEXT, "level": TEXT, "kind": TEXT, "parent": TEXT, "into": TEXT, "clock": TEXT,
    "started": NUMBER,
}  # fmt: skip
"""Of items and units, and of clocks that nobody met; null where the fact does not say it."""
SPOKEN_OF = ("petition", "unit")
DECIDED = {"matter": TEXT, "repeat_number": NUMBER, "collective": FLAG, "skip_level": FLAG, "beyond": FLAG,
           "passed_on": FLAG, "late": FLAG, "out_of_time": FLAG}  # fmt: skip
CLOCK = {"clock": TEXT, "started": NUMBER}
LISTS = {
    "set": {**CLOCK, "starts_on": DAY, "strict_on": DAY, "due_on": DAY, "owed_by": TEXT, "provisional": FLAG},
    "met": {**CLOCK, "on": DAY},
    "moved": {**CLOCK, "strict_on": DAY, "due_on": DAY, "extended": NUMBER, "paused_on": DAY, "provisional": FLAG},
    "findings": {"id": TEXT, "rule": TEXT, "unit": TEXT, "since": DAY, "axis": TEXT, "ground": TEXT},
}


def _struct(fields: dict[str, pa.DataType]) -> pa.StructType:
    return pa.struct(list(fields.items()))


def _list(kind: pa.DataType) -> pa.ListType:
    return pa.list_(pa.field("element", kind))


DECIDED_TYPE = _struct({
    **{name: _list(_struct(fields)) for name, fields in LISTS.items()}, "ended": _list(_struct(CLOCK)),
    "cleared": _list(TEXT), "first_handler": _struct({"unit": TEXT, "official": TEXT}), **DECIDED,
})  # fmt: skip
SCHEMA = pa.schema([
    pa.field(name, kind, nullable=name == "unit")
    for name, kind in {
        "position": pa.int64(), "subject": TEXT, "kind": TEXT, "no": TEXT, "version": NUMBER, "type": TEXT,
        "time": ZONED, "day": DAY, "recorded": ZONED, "unit": TEXT, "actor": TEXT, "data": TEXT,
        "fact": _struct(FACT), "decided": DECIDED_TYPE, "leaf": pa.binary(32), "stored": pa.binary(),
    }.items()
])  # fmt: skip
"""`day` is the local day (Asia/Shanghai) of `time`."""


class Said(msgspec.Struct, gc=False):
    """What an event's bytes say that stands in columns of its own."""

    time: datetime
    actor: str
    data: Raw
    unit: str | None = None
    decided: Decided = NOTHING


class Fact(msgspec.Struct, gc=False):
    """What `data` says that questions ask of."""

    channel: str | None = None
    purpose: str | None = None
    category: str | None = None
    place: str | None = None
    persons: int | None = None
    anonymous: bool | None = None
    about_unit: str | None = None
    about_official: str | None = None
    received_at: datetime | None = None
    to_unit: str | None = None
    handler: str | None = None
    outcome: str | None = None
    target: str | None = None
    score: str | None = None
    level: str | None = None
    kind: str | None = None
    parent: str | None = None
    into: str | None = None
    deadline: str | None = None
    ground: str | None = None
    started: int | None = None

    @property
    def received_on(self) -> Any:
        return day_of(self.received_at) if self.received_at else None

    @property
    def clock(self) -> str | None:
        """Of `deadline.missed` and `supervision.due`, which alone name when the clock started."""
        return (self.deadline or self.ground) if self.started is not None else None


SILENT = Fact()
_said = msgspec.json.Decoder(Said).decode
_fact = msgspec.json.Decoder(Fact).decode


def columns(rows: Sequence[RawEntry]) -> pa.RecordBatch:
    """The columns of events. Raises `msgspec.MsgspecError` for bytes that are no event."""
    said = [_said(row.body) for row in rows]
    subjects = [row.subject.partition(":") for row in rows]
    facts = [
        _fact(each.data) if kind in SPOKEN_OF else SILENT for (kind, _, _), each in zip(subjects, said, strict=True)
    ]
    told = {
        "position": [row.position for row in rows], "subject": [row.subject for row in rows],
        "kind": [kind for kind, _, _ in subjects], "no": [name for _, _, name in subjects],
        "version": [row.version for row in rows], "type": [row.type for row in rows],
        "time": [each.time for each in said], "day": [day_of(each.time) for each in said],
        "recorded": pa.array([row.recorded for row in rows], ZONED),
        "unit": [each.unit for each in said], "actor": [each.actor for each in said],
        "data": [bytes(each.data).decode() for each in said],
        "fact": _structs(facts, FACT), "decided": _decided([each.decided for each in said]),
        "leaf": [row.leaf for row in rows], "stored": [row.body for row in rows],
    }  # fmt: skip
    return pa.RecordBatch.from_pydict(told, schema=SCHEMA)


def _decided(each: Sequence[Decided]) -> pa.StructArray:
    lists = [_lists([getattr(one, name) for one in each], fields) for name, fields in LISTS.items()]
    ended = [one.ended for one in each]
    clocks = pa.array(
        [{"clock": clock, "started": started} for some in ended for clock, started in some], _struct(CLOCK)
    )
    cleared = [one.cleared for one in each]
    first = [one.first_handler and dict(zip(("unit", "official"), one.first_handler, strict=True)) for one in each]
    flat = [pa.array(list(map(attrgetter(name), each)), kind) for name, kind in DECIDED.items()]
    return pa.StructArray.from_arrays(
        [*lists, _listed(ended, clocks), _listed(cleared, pa.array([id for some in cleared for id in some], TEXT)),
         pa.array(first, DECIDED_TYPE.field("first_handler").type), *flat], fields=list(DECIDED_TYPE),
    )  # fmt: skip


def _lists(each: Sequence[Sequence[Any]], fields: dict[str, pa.DataType]) -> pa.ListArray:
    return _listed(each, _structs([one for some in each for one in some], fields))


def _structs(each: Sequence[Any], fields: dict[str, pa.DataType]) -> pa.StructArray:
    columns = [pa.array(list(map(attrgetter(name), each)), kind) for name, kind in fields.items()]
    return pa.StructArray.from_arrays(columns, fields=list(_struct(fields)))


def _listed(each: Iterable[Sequence[Any]], values: pa.Array) -> pa.ListArray:
    """Values in a row, as the lists that they came from."""
    ends = pa.array(accumulate(map(len, each), initial=0), pa.int32())
    return pa.ListArray.from_arrays(ends, values, type=_list(values.type))
