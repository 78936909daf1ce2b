"""What every fact has in common, and the words that several kinds of facts share."""

from datetime import datetime
from typing import Annotated, Literal, NewType

from msgspec import Meta, Struct

UnitId = NewType("UnitId", str)
"""`unit:430408-zjj`"""
OfficialId = NewType("OfficialId", str)
"""`official:430408-zjj-head`"""
PersonId = NewType("PersonId", str)
"""`person:9f3a`, a pseudonym; names never stand here"""
PetitionNo = NewType("PetitionNo", str)
"""`430408-2020-000001`, the number of one item; `petition:430408-2020-000001` is taken for it"""

PREFIXES: dict[object, str] = {UnitId: "unit:", OfficialId: "official:", PersonId: "person:"}
"""What an id of each type begins with; checked once, when an action comes in."""

Text = Annotated[str, Meta(min_length=1)]
Count = Annotated[int, Meta(ge=1, le=1_000_000)]
Level = Literal["village", "township", "county", "city", "province", "national"]
Moment = Annotated[datetime, Meta(tz=True)]
"""An RFC 3339 time with an offset."""
Origin = dict[str, str | int | bool]

RANK: dict[str, int] = {"village": 0, "township": 1, "county": 2, "city": 3, "province": 4, "national": 5}
"""How high a level stands; the proper level of a visit is that of the competent unit or one above (R2022 20)."""


def unversioned(type_name: str) -> str:
    """`petition.referred` of `petition.referred.v2`: what happened, whichever version tells it."""
    return type_name.rpartition(".v")[0]


class Fact(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """The `data` of an action and of the event it becomes."""

    origin: Origin | None = None
    """Provenance of an imported fact: file, row, what was assumed. Never a date or a person that nobody stated."""
