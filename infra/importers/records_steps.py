"""Which fields of the exchange record say that which step was taken, and what the step's event is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from domain.digits import digits
from infra.importers.records_table import RecordTerms, Snapshot
from infra.importers.rows import moment, pseudonym, stamp

Unit = Callable[[str], str]
"""The id of a unit by its name."""
MOST_DIGITS = 9
"""Of a count: nobody petitions with more."""


class Unclear(Exception):
    """The record does not say enough to infer the step. `field` is the one that lacks, if it is one."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class Inferred(NamedTuple):
    """What is inferred: the type without `petition.`, the unit that acted, the data, and which the record lacks."""

    type: str
    unit: str
    data: dict[str, Any]
    assumed: list[str]
    actor: str | None = None
    reported: Mapping[str, str] = {}


class Step(NamedTuple):
    """One step, and how the record tells of it."""

    name: str
    tells: tuple[str, ...]
    """Something new in one of these says that the step was taken."""
    dated: str
    """The field with its date; empty where the record has none."""
    made: Callable[[Snapshot, RecordTerms, Unit], Inferred | None]
    """None where nothing follows after all."""
    more: tuple[str, ...] = ()
    """Fields that say more of it; they are part of the last known row too."""
    again: bool = False
    """It may be taken more than once; else another value is a correction."""
    flag: bool = False
    """It was taken where the first field says yes."""

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.tells, self.dated, *self.more)))

    def happened(self, said: Mapping[str, str], terms: RecordTerms) -> bool:
        first = said.get(self.tells[0], "")
        return terms.value("flag", first) == "yes" if self.flag else bool(first)


class _Reading:
    """Reads our words out of a row, and notes which had to be assumed."""

    def __init__(self, row: Snapshot, terms: RecordTerms) -> None:
        self.said = row.said
        self.terms = terms
        self.assumed: list[str] = []

    def word(self, name: str, field: str, kind: str, otherwise: str) -> str:
        """Our word for what a field says; where it says nothing that the table knows, another, marked as assumed."""
        value = self.terms.value(kind, self.said.get(field, ""))
        return value if value is not None else self.assume(name, otherwise)

    def text(self, name: str, field: str, otherwise: str) -> str:
        return self.said.get(field) or self.assume(name, otherwise)

    def yes(self, field: str) -> bool:
        return self.terms.value("flag", self.said.get(field, "")) == "yes"

    def assume(self, name: str, value: Any) -> Any:
        self.assumed.append(name)
        return value


def _holder(row: Snapshot, unit: Unit) -> str:
    """The unit that has the item: where it was sent, else who registered it."""
    name = row.said.get("to_unit") or row.said.get("registered_by")
    if name is None:
        raise Unclear("no unit is named", "registered_by")
    return unit(name)


def _registrar(row: Snapshot, unit: Unit) -> str:
    """The unit that registered the item."""
    if "registered_by" not in row.said:
        raise Unclear("no unit is named that registered it", "registered_by")
    return unit(row.said["registered_by"])


def _registered(row: Snapshot, terms: RecordTerms, unit: Unit) -> Inferred:
    read, by = _Reading(row, terms), _registrar(row, unit)
    persons = row.said.get("persons", "")
    counted = digits(persons, 10**MOST_DIGITS - 1)
    data: dict[str, Any] = {
        "channel": read.word("channel", "channel", "channel", "letter"),
        "purpose": read.word("purpose", "purpose", "purpose", "enquiry"),
        "category": read.text("category", "category", "其他").split("/")[0],
        "place": read.text("place", "place", "000000"),
        "persons": counted or read.assume("persons", 1),
        "petitioners": [], "title": read.text("title", "title", row.no),
        "joint_letter": read.yes("joint_letter"), "anonymous": read.yes("anonymous"),
    }  # fmt: skip
    if "about_unit" in row.said:
        data["about_unit"] = unit(row.said["about_unit"])
    received, registered = moment(row.said.get("received_at", "")), moment(row.said["registered_at"])
    if received and registered and received < registered:
        data["received_at"] = stamp(received)
    if row.sealed:
        data["personal"] = dict(row.sealed)
    return Inferred("registered", by, data, read.assumed, _official(by, row.said.get("registrar")), row.reported)


def _official(unit: str, name: str | None) -> str | None:
    """A stable id for an official whom the record names; nobody where it names none."""
    return f"official:rec-{pseudonym(f'{unit} {name}')}" if name else None


def _repeat(row: Snapshot, terms: RecordTerms, unit: Unit) -> Inferred:
    if "first_no" not in row.said:
        raise Unclear("the record says that it is a repeat, but not of which item: nothing is judged", "first_no")
    data = {"first": row.said["first_no"], "basis": ["same_person", "same_facts"]}
    return Inferred("repeat_judged", _registrar(row, unit), data, ["basis"])


def _routed(row: Snapshot, terms: RecordTerms, unit: Unit) -> Inferred:
    if "routed_on" not in row.said:
        raise Unclear("the record names the unit but no day on which the item went to it", "routed_on")
    read = _Reading(row, terms)
    type_, data = read.word("type", "way", "way", "referred"), {"to_unit": unit(row.said["to_unit"])}
    by = _registrar(row, unit)
    if data["to_unit"] == by:
        raise Unclear("the unit that registered it keeps it: nothing went anywhere", "to_unit")
    due = row.said.get("report_by", "")[:10]
    if type_ == "assigned" and moment(f"{due} 00:00"):
        data["report_by"] = due
    return Inferred(type_, by, data, read.assumed)


def _decided(row: Snapshot, terms: RecordTerms, unit: Unit) -> Inferred:
    read, by = _Reading(row, terms), _holder(row, unit)
    decision = read.word("decision", "decision", "decision", "accepted")
    if decision != "accepted":
        raise Unclear("it was refused, and the record names none of the grounds N1–N8: not inferred", "decision")
    data = {
        "procedure": read.word("procedure", "procedure", "procedure", "ordinary"),
        "handler": _official(by, row.said.get("handler")),
    }
    return Inferred("accepted", by, data, read.assumed)


def _notified(row: Snapshot, terms: RecordTerms, unit: Unit) -> Inferred | None:
    """The record has one date for acceptance and its notice (受理告知): the rates in use take them as one act."""
    if terms.value("decision", row.said.get("decision", "")) not in (None, "accepted"):
        return None
    data = {"of": "acceptance", "how": "post", "signed": False}
    return Inferred("notified", _holder(row, unit), data, ["notified", "how", "signed"])


def _answered(row: Snapshot, terms: RecordTerms, unit: Unit) -> Inferred:
    read, by = _Reading(row, terms), _holder(row, unit)
    outcome = read.word("outcome", "outcome", "outcome", "explained")
    data = {"outcome": outcome, "disposition": [], "basis": []}
    return Inferred("answered", by, data, read.assumed, _official(by, row.said.get("handler")))


def _delivered(row: Snapshot, terms: RecordTerms, unit: Unit) -> Inferred:
    read = _Reading(row, terms)
    data: dict[str, Any] = {"stage": "handling", "how": read.word("how", "delivered_how", "how", "post")}
    data["signed"] = read.yes("delivered_signed")
    if "delivered_signed" not in row.said:
        read.assume("signed", data["signed"])
    view = terms.value("view", row.said.get("delivered_view", ""))
    if view is not None:
        data["view"] = view
    return Inferred("opinion_delivered", _holder(row, unit), data, read.assumed)


def _bare(type_: str, **data: str) -> Callable[[Snapshot, RecordTerms, Unit], Inferred]:
    return lambda row, terms, unit: Inferred(type_, _holder(row, unit), dict(data), [])


def _rated(target: str) -> Callable[[Snapshot, RecordTerms, Unit], Inferred]:
    def rated(row: Snapshot, terms: RecordTerms, unit: Unit) -> Inferred:
        said = row.said[f"{target}_score"]
        score = terms.value("score", said)
        if score is None:
            raise Unclear(f"{said!r} is no rating that the table of terms knows", f"{target}_score")
        return Inferred("rated", _holder(row, unit), {"target": target, "score": score}, [])

    return rated


def _undated(stage: str) -> Callable[[Snapshot, RecordTerms, Unit], Inferred]:
    def untold(row: Snapshot, terms: RecordTerms, unit: Unit) -> Inferred:
        raise Unclear(f"the record says that there was a {stage}, but neither by which unit nor when: not inferred")

    return untold


STEPS = (
    Step(
        "registered", ("registered_at",), "registered_at", _registered,
        ("registered_by", "registrar", "received_at", "channel", "purpose", "category", "place", "persons",
         "joint_letter", "anonymous", "about_unit"),
    ),
    Step("repeat_judged", ("repeats", "first_no"), "registered_at", _repeat, flag=True, again=True),
    Step("routed", ("to_unit", "routed_on"), "routed_on", _routed, ("way", "report_by"), again=True),
    Step("decided", ("accepted_on",), "accepted_on", _decided, ("decision", "procedure", "handler")),
    Step("notified", ("accepted_on",), "accepted_on", _notified, ("decision",)),
    Step("answered", ("answered_on",), "answered_on", _answered, ("outcome",)),
    Step("delivered", ("delivered_on",), "delivered_on", _delivered,
         ("delivered_how", "delivered_signed", "delivered_view")),
    Step("reviewed", ("reviewed",), "", _undated("review (复查)"), flag=True),
    Step("rereviewed", ("rereviewed",), "", _undated("re-review (复核)"), flag=True),
    Step("closed", ("closed",), "closed_on", _bare("closed"), flag=True),
    Step("determined", ("determined",), "", _bare("determined", ground="审核认定办结"), flag=True),
    Step("resolved", ("resolved",), "", _bare("resolved"), flag=True),
    Step("rated_bureau", ("bureau_score", "bureau_rated_on"), "bureau_rated_on", _rated("bureau"), again=True),
    Step("rated_unit", ("unit_score", "unit_rated_on"), "unit_rated_on", _rated("unit"), again=True),
)  # fmt: skip
"""In the order in which they are taken."""
