"""What questions ask of events, in narrow tables beside them: a row an item, a step, a limit that was set, met, moved.

Questions read little of many events, and lists in a row of an event are the dearest to read. A narrow table is made
from the columns of `columns.py` and says nothing that these do not, in the order of positions.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial
from hashlib import sha256
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from infra.exporters.columns import CLOCK, DECIDED, DECIDED_TYPE, FACT, SCHEMA, TEXT

OF_TYPES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "items": (
        ("petition.registered.v1",),
        ("position", "no", "day", "unit", "channel", "purpose", "category", "place", "persons", "anonymous",
         "about_unit", "about_official", "received_on", "collective"),
    ),
    "steps": (
        ("petition.registered.v1", "petition.referred.v1", "petition.assigned.v1", "petition.assignment_withdrawn.v1",
         "petition.accepted.v1", "petition.not_accepted.v1", "petition.no_longer_accepted.v1",
         "petition.channelled.v1", "petition.handler_changed.v1", "petition.answered.v1",
         "petition.review_requested.v1", "petition.rereview_requested.v1", "petition.review_answered.v1",
         "petition.rereview_answered.v1", "petition.closed.v1", "petition.resolved.v1", "petition.desisted.v1",
         "petition.withdrawn.v1", "petition.determined.v1", "petition.reopened.v1", "petition.repeat_judged.v1"),
        ("position", "no", "version", "type", "day", "unit", "actor", "to_unit", "handler", "outcome", "matter",
         "repeat_number", "skip_level", "first_unit"),
    ),
    "ratings": (("petition.rated.v1",), ("position", "no", "version", "day", "target", "score")),
    "raised": (("petition.raised_above.v1",), ("position", "no", "day", "level", "kind", "beyond")),
    "organs": (
        ("unit.established.v1", "unit.merged.v1", "unit.abolished.v1"),
        ("position", "subject", "type", "level", "kind", "parent", "into"),
    ),
    "laws": (("ruleset.adopted.v1", "calendar.adopted.v1"), ("position", "type", "stored")),
}  # fmt: skip
"""The types of events in a table, and its columns: of the event, of its `fact` or of what was `decided` about it."""
OF_LIMITS = {"limits": ("set",), "met": ("met",), "changes": ("moved", "ended", "missed")}
"""The words about limits of items in a table: a row a word."""
OWN = ["position", "no", "day"]
MISSED = pa.array(["deadline.missed.v1", "supervision.due.v1"])
"""The clock wrote down that nobody had met a limit."""
Table = partial[pa.Table]
"""Makes a table of a batch of events."""


def of_types(types: Sequence[str], names: Sequence[str], events: pa.RecordBatch) -> pa.Table:
    """What events of some types say, a row each."""
    rows = pc.is_in(events["type"], pa.array(types, TEXT))
    return pa.table({name: _column(events, name).filter(rows) for name in names})


def of_limits(words: Sequence[str], events: pa.RecordBatch) -> pa.Table:
    """What events say of limits of items, a row a limit."""
    of_items = events.select([*OWN, "type", "fact", "decided"])
    of_items = of_items.filter(pc.equal(events["kind"], "petition"))
    said = [_missed(of_items) if word == "missed" else _said(of_items, word) for word in words]
    return pa.concat_tables(said, promote_options="default").sort_by("position")


TABLES: dict[str, Table] = {
    **{name: partial(of_types, *asked) for name, asked in OF_TYPES.items()},
    **{name: partial(of_limits, words) for name, words in OF_LIMITS.items()},
}


def schema(name: str) -> pa.Schema:
    """The columns of a narrow table."""
    return _of(TABLES[name])[0]


def fingerprint(name: str) -> bytes:
    """What a table is made of: an older or a newer danze may choose other types or columns."""
    return _of(TABLES[name])[1]


@cache
def _of(table: Table) -> tuple[pa.Schema, bytes]:
    columns: pa.Schema = table(pa.RecordBatch.from_pylist([], SCHEMA)).schema
    fields = [(field.name, str(field.type)) for field in columns]
    return columns, sha256(repr((table.args, fields)).encode()).hexdigest().encode()


def _column(events: pa.RecordBatch, name: str) -> pa.Array:
    if name == "first_unit":
        return pc.struct_field(events["decided"], ["first_handler", "unit"])
    for said, names in (("fact", FACT), ("decided", DECIDED)):
        if name in names:
            return pc.struct_field(events[said], name)
    return events[name]


def _said(events: pa.RecordBatch, word: str) -> pa.Table:
    lists = pc.struct_field(events["decided"], word)
    spoke, each = events.select(OWN).take(pc.list_parent_indices(lists)), pc.list_flatten(lists)
    fields = {field.name: pc.struct_field(each, field.name) for field in DECIDED_TYPE.field(word).type.value_type}
    if word == "met":
        fields["met_on"] = fields.pop("on")
    return _limits(spoke, word, fields)


def _missed(events: pa.RecordBatch) -> pa.Table:
    spoke = events.filter(pc.is_in(events["type"], MISSED))
    return _limits(spoke, "missed", {name: pc.struct_field(spoke["fact"], name) for name in CLOCK})


def _limits(spoke: pa.RecordBatch, word: str, fields: dict[str, Any]) -> pa.Table:
    own = {name: spoke[name] for name in OWN}
    return pa.table({**own, "word": pa.array([word] * spoke.num_rows, TEXT), **fields})
