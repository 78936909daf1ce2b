"""Units, officials and petitions of Hengyang to tell stories with. Days are 2020 unless the story says otherwise."""

from datetime import date, datetime
from itertools import count

from domain.deadlines import Deadline
from domain.envelope import SHANGHAI, Action, Finding
from domain.fact import Fact
from domain.petition import events as e
from domain.unit.events import RoleEnded, RoleGiven, UnitAbolished, UnitEstablished, UnitMerged
from domain.vocabulary import NAMES

NATION, PROVINCE = "unit:000000-xfj", "unit:430000-xfj"
CITY, CITY_BUREAU, CITY_SCHOOLS = "unit:430400-gov", "unit:430400-xfj", "unit:430400-jyj"
COUNTY, BUREAU = "unit:430408-gov", "unit:430408-xfj"
HOUSING, LABOUR, LAND = "unit:430408-zjj", "unit:430408-rsj", "unit:430408-zrj"
TOWN, SITE = "unit:430408001-gov", "unit:430408-zjj-site"
"""SITE is an office below HOUSING."""

_numbers = count(1)


def on(
    day: str, fact: Fact, *, by: str = BUREAU, no: str = "1", of: str | None = None, actor: str | None = None,
    entered: str | None = None,
) -> Action:  # fmt: skip
    """What a unit reports: `day` is `2020-04-10` (nine o'clock) or `2020-04-10 17:30`; `entered` when it was taken.

    It is about the unit itself, about item `no`, or about the subject named by `of`.
    """
    name = NAMES[type(fact)]
    return Action(
        specversion="1.0", id=str(next(_numbers)), source="/story", type=name, time=at(day), data=fact,
        subject=of or (by if name.startswith("unit.") else f"{name.partition('.')[0]}:{no}"), actor=actor or clerk(by),
        unit=by,
        recordedat=at(entered) if entered else None,
    )  # fmt: skip


def at(day: str) -> datetime:
    return datetime.fromisoformat(day if ":" in day else f"{day} 09:00").replace(tzinfo=SHANGHAI)


def clerk(unit: str) -> str:
    return f"official:{unit.removeprefix('unit:')}-clerk"


def deputy(unit: str) -> str:
    return f"official:{unit.removeprefix('unit:')}-deputy"


def head(unit: str) -> str:
    return f"official:{unit.removeprefix('unit:')}-head"


def established(unit: str, level: str, kind: str, parent: str | None = None) -> list[Action]:
    """A unit with a principal, a deputy in charge and a petition clerk, since 2019."""
    division = unit.removeprefix("unit:").partition("-")[0]
    fact = UnitEstablished(name=unit, level=level, kind=kind, division=division, parent=parent)
    roles = {"principal": head(unit), "deputy_in_charge": deputy(unit), "petition_clerk": clerk(unit)}
    given = [RoleGiven(official=who, role=role, name=who[-4:]) for role, who in roles.items()]
    return [on("2019-01-02", each, by=unit) for each in (fact, *given)]


CITY_UNITS = [
    *established(CITY, "city", "government"),
    *established(CITY_BUREAU, "city", "bureau", CITY),
    *established(CITY_SCHOOLS, "city", "department", CITY),
    *established(COUNTY, "county", "government", CITY),
    *established(BUREAU, "county", "bureau", COUNTY),
    *established(HOUSING, "county", "department", COUNTY),
    *established(LABOUR, "county", "department", COUNTY),
    *established(LAND, "county", "department", COUNTY),
    *established(SITE, "county", "other", HOUSING),
    *established(TOWN, "township", "township", COUNTY),
]


def raised(**other) -> e.PetitionRegistered:
    """One person's request for settlement by letter, about nobody."""
    fields = {"channel": "letter", "purpose": "settlement", "category": "城乡建设", "place": "430408", "persons": 1}
    return e.PetitionRegistered(**{**fields, "petitioners": ("person:p1",), "title": "小区停车收费", **other})


def refer(to: str = HOUSING) -> e.PetitionReferred:
    return e.PetitionReferred(to_unit=to)


def assign(to: str = HOUSING, report_by: str | None = None) -> e.PetitionAssigned:
    return e.PetitionAssigned(to_unit=to, report_by=date.fromisoformat(report_by) if report_by else None)


def accept(procedure: str = "ordinary", handler: str = "official:handler") -> e.PetitionAccepted:
    return e.PetitionAccepted(procedure=procedure, handler=handler)


def notify(of: str = "acceptance") -> e.PetitionNotified:
    return e.PetitionNotified(of=of, how="post", signed=True)


def answer(outcome: str = "explained") -> e.PetitionAnswered:
    return e.PetitionAnswered(outcome=outcome, disposition=("persuaded",), basis=("物业管理条例",))


def extend(days: int = 30) -> e.PetitionExtended:
    return e.PetitionExtended(days=days, approved_by=head(HOUSING), reason="情况复杂")


def deliver(stage: str = "handling") -> e.OpinionDelivered:
    return e.OpinionDelivered(stage=stage, how="in_person", signed=True)


def rate(score: str = "dissatisfied", target: str = "unit") -> e.PetitionRated:
    return e.PetitionRated(target=target, score=score)


def repeats(first: str | None) -> e.RepeatJudged:
    return e.RepeatJudged(first=first, basis=("same_person", "same_facts") if first else ())


def go_up(level: str = "province", kind: str = "individual") -> e.RaisedAbove:
    return e.RaisedAbove(level=level, kind=kind, persons=1, place=level)


def supervise(ground: str = "S6", report_by: str | None = None) -> e.PetitionSupervised:
    return e.PetitionSupervised(ground=ground, report_by=date.fromisoformat(report_by) if report_by else None)


def cause(unit: str = COUNTY, **other) -> e.CauseFound:
    fields = {"ground": "A3", "decided_on": date(2019, 6, 3), "evidence": (1,), "statement": "违反法定程序"}
    return e.CauseFound(**{**fields, "unit": unit, **other})


CLOSED = e.PetitionClosed()
REGISTERED = on("2020-04-10", raised())
REFERRED = on("2020-04-13", refer())
ACCEPTED = on("2020-04-20", accept(), by=HOUSING)
NOTIFIED = on("2020-04-21", notify(), by=HOUSING)
ANSWERED = on("2020-05-20", answer(), by=HOUSING)
CLOSED_IN_JUNE = on("2020-06-01", CLOSED, by=HOUSING)

AT_HOUSING = [*CITY_UNITS, REGISTERED, REFERRED]
IN_HANDLING = [*AT_HOUSING, ACCEPTED, NOTIFIED]
WITH_ANSWER = [*IN_HANDLING, ANSWERED]
WITH_END = [*WITH_ANSWER, CLOSED_IN_JUNE]


def role_given(day: str, unit: str, who: str, role: str) -> Action:
    return on(day, RoleGiven(official=who, role=role, name=who[-4:]), by=unit)


def role_ended(day: str, unit: str, who: str, role: str) -> Action:
    return on(day, RoleEnded(official=who, role=role), by=unit)


def merged(day: str, unit: str, into: str) -> Action:
    return on(day, UnitMerged(into=into), by=unit)


def abolished(day: str, unit: str, into: str | None = None) -> Action:
    return on(day, UnitAbolished(into=into), by=unit)


def deadline(clock: str, started: int, starts: str, strict: str, due: str, owed_by: str, **other) -> Deadline:
    """A deadline as it is set by the event of version `started`."""
    starts_on, strict_on, due_on = (date.fromisoformat(each) for each in (starts, strict, due))
    return Deadline(
        clock=clock, started=started, starts_on=starts_on, strict_on=strict_on, due_on=due_on, owed_by=owed_by, **other
    )


GROUNDS = {
    "F01": "B1", "F02": "B2", "F03": "B2", "F04": "B3", "F05": "B3", "F06": "B3", "F07": "B3", "F08": "B3", "F09": "B5",
    "F10": "B3", "F11": "B2", "F12": "B6", "F13": "B2", "F14": "B3", "F15": "B3", "F16": "B3", "F17": "B1", "F18": "B3",
    "F20": "A4", "F22": "B6", "F23": "B3", "F24": "B3",
}  # fmt: skip
"""The ground of each rule, as the contract has it."""


def finding(id: str, unit: str, since: str, **other) -> Finding:
    """A finding with the axis and the ground that the contract gives its rule."""
    rule, _, rest = id.partition(":")
    ground = GROUNDS[rule]
    subject = ":".join(rest.split(":")[:2])
    return Finding(
        id=id,
        rule=rule,
        subject=subject,
        unit=unit,
        since=date.fromisoformat(since),
        axis=ground[0],
        ground=ground,
        **other,
    )
