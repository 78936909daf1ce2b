"""What the bureau and the leaders do about an item beside its handling: supervision, sponsorship, causes, incidents."""

from infra.city.accountability import take_up
from infra.city.item import Item
from infra.city.places import CITY
from infra.city.rhythm import DAY
from infra.city.thread import CLERK
from infra.city.units import Data, Unit
from infra.city.world import World

WARRANTIES = ("informed", "persuaded", "resolved", "supported", "desisted")
PLANS = ("一周内见面约谈，一月内拿出化解方案", "组建专班，逐项核实诉求，定期会商", "政策解释与困难帮扶同步推进")
STATEMENTS = {
    "A1": "超越职权作出决定，损害群众利益", "A2": "应当履行职责而长期未履行", "A3": "未依法公告补偿方案",
    "A4": "拒不执行支持信访请求的意见", "A5": "决策前未做风险评估，引发群体诉求",
}  # fmt: skip


def oversee(world: World, item: Item) -> None:
    """Plans what others do while the item is open. Only acts that fall before its end."""
    if item.outcome == "withdrawn":
        return
    _call(world, item)
    if item.ended is not None or item.accepted_at is None:
        return
    r, start = world.chance, item.accepted_at
    if r() < (0.93 if _high_above(item) else 0.25 if item.collective else 0.006):
        _sponsor(world, item, max(item.at, item.received))
    if item.collective or _high_above(item):
        accused = item.matter.about if item.matter.purpose == "accusation" else None
        for seat in (item.holder.area, CITY):
            world.prominent[seat].append((item.entered, item.no, accused))
    _above(world, item, start, item.answered_at or item.received + 50 * DAY)
    if item.matter.about is not None and r() < 0.035:
        _cause(world, item, start)
    if r() < (0.006 if item.collective else 0.0007):
        _incident(world, item, start)


def _high_above(item: Item) -> bool:
    """Handed down by the province or the nation."""
    return item.above not in (None, CITY)


def _call(world: World, item: Item) -> None:
    """Supervises where something calls for it (R2005 36, SEED 11 and 16); bureaus forget one time in fourteen."""
    r = world.chance
    if item.ended is not None and r() < 0.5:
        return
    if _high_above(item) and r() < 0.93:
        supervise(world, item, "S9", item.received)
    elif item.channel == "reception" and r() < 0.93:
        supervise(world, item, "S10", item.received)
    elif item.after_close and r() < 0.93:
        supervise(world, item, "S8", max(item.received, item.judged_at))
    elif item.late in ("K5", "K12", "K13") and item.accepted_at is not None and r() < 0.9:
        _supervise_lateness(world, item)
    elif r() < 0.006 and item.ended is None:
        supervise(world, item, ("S3", "S4", "S6", "S11", "S5")[int(r() * 5)], world.later(item.received, 5))


def supervise(world: World, item: Item, ground: str, moment: int) -> None:
    """Opened within five working days of its cause, answered by the unit, closed by the bureau."""
    r, unit = world.chance, item.holder
    if moment <= item.supervised_until:
        return
    bureau = world.bureau(unit)
    opened = world.later(moment, int(r() * (4 if ground in ("S1", "S2", "S7") else 2)))
    data: Data = {"ground": ground}
    days = 30
    if r() < 0.6:
        days = 10 + int(r() * 25)
        due = world.days.working(opened // DAY + days)
        data["report_by"] = world.days.text(due)
        days = due - opened // DAY
    item.act(opened, "supervised", bureau, CLERK, data)
    answered, late = world.within(unit, opened, max(days - 1, 1), 0.8)
    if late and item.late is None:
        item.late = "K10"
    item.act(answered, "supervision_answered", unit, CLERK, {})
    closed = world.later(max(answered, item.answered_at or answered), 1 + int(r() * 8))
    item.act(closed, "supervision_closed", bureau, CLERK, {})
    item.supervised_until = closed


def _supervise_lateness(world: World, item: Item) -> None:
    answered, accepted = item.answered_at, item.accepted_at or item.at
    if answered is None:
        return
    limit = {"K5": 61, "K12": 15, "K13": 31}[item.late or "K5"]
    breach = min(max(world.later(accepted, limit), accepted), answered)
    supervise(world, item, "S2" if item.late == "K13" else "S1", breach)


def _leader(world: World, item: Item, moment: int) -> tuple[Unit, str]:
    """Party before government, principal before deputy (SEED 9); now and then the order is not kept."""
    r = world.chance
    division = item.holder.area
    party, government = world.city.get(f"{division}-party"), world.city.get(f"{division}-gov")
    if party.sponsored_until < moment and r() < 0.93:
        return party, "head"
    if government.sponsored_until < moment and r() < 0.93:
        return government, "head"
    draw = r()
    unit = party if draw < 0.5 else government
    return unit, "head" if draw < 0.1 or draw > 0.9 else "deputy"


def _sponsor(world: World, item: Item, moment: int) -> None:
    """One case, one leader, one team, one plan, five warranties (包案)."""
    r = world.chance
    started = world.later(moment, 1 + int(r() * 9))
    unit, seat = _leader(world, item, started)
    team = [item.holder.clerk, world.bureau(item.holder).clerk]
    plan = PLANS[int(r() * 3)]

    def taken(acting: Unit, actor: str) -> Data:
        leader = getattr(acting, seat) or acting.approver()
        return {"leader": leader, "team": team, "plan": plan}

    item.act(started, "sponsored", unit, CLERK, taken)
    moment = max(started, item.answered_at or started)
    kept = WARRANTIES if r() < 0.93 else WARRANTIES[: 1 + int(r() * 4)]
    for n, duty in enumerate(kept):
        at = world.later(started + (moment - started) * n // 5, 1)
        item.act(at, "sponsor_duty_done", unit, CLERK, {"duty": duty})
        moment = max(moment, at)
    if item.answered_at is not None:
        over = world.later(moment, 2 + int(r() * 10))
        item.act(
            over, "sponsorship_ended", unit, CLERK, {"why": "诉求已妥善处理" if len(kept) == 5 else "工作分工调整"}
        )
        moment = over
    if seat == "head" and moment > unit.sponsored_until:
        unit.sponsored_until = moment


def _above(world: World, item: Item, start: int, end: int) -> None:
    """The matter is taken to a higher level; more often where the unit was late."""
    r = world.chance
    if item.matter.anonymous or r() >= (0.14 if item.late else 0.016):
        return
    draw = r()
    level, place = ("city", CITY) if draw < 0.55 else ("province", "430000") if draw < 0.88 else ("national", "110000")
    kind = "collective" if item.collective else "irregular" if level == "national" and r() < 0.3 else "individual"
    persons = item.matter.persons if item.collective else 1
    moment = world.later(start, max(1, int((end - start) // DAY * (0.5 + r() * 0.6))))
    data: Data = {"level": level, "kind": kind, "persons": persons, "place": place}
    item.act(moment, "raised_above", world.bureau(item.holder), CLERK, data)


def _cause(world: World, item: Item, start: int) -> None:
    """A human finds which unit caused the matter: often another than the one that handles it."""
    r, about = world.chance, item.matter.about
    assert about is not None
    county = item.matter.county.code
    causing = about if r() < 0.6 else world.city.get(f"{county}-gov")
    moment = world.later(start, 8 + int(r() * 12))
    causing = causing.at(moment)
    ground = ("A1", "A2", "A2", "A3", "A3", "A5")[int(r() * 6)]
    decided = world.days.text(max(moment // DAY - 20 - int(r() * 30), world.days.first))
    data: Data = {
        "unit": causing.id, "ground": ground, "decided_on": decided, "evidence": [], "statement": STATEMENTS[ground],
    }  # fmt: skip
    if len(causing.members) >= 3 and r() < 0.6:
        data["officials"] = list(causing.members[:3])
        data["collective"] = True
        if r() < 0.5:
            data["dissent"] = [causing.members[2]]
    elif r() < 0.4:
        data["officials"] = [causing.members[0]] if causing.members else []
    bureau = world.bureau(item.holder)
    item.act(moment, "cause_found", bureau, CLERK, data)
    take_up(world, f"F21:{item.subject}:{causing.id}", causing, moment)
    if r() < 0.25:
        moment = world.later(moment, 2 + int(r() * 8))
        item.act(
            moment, "cause_contested", causing, CLERK, {"unit": causing.id, "reason": "认为与本单位决定无直接关系"}
        )
        if r() < 0.5:
            revised: Data = {"ground": "A2", "statement": STATEMENTS["A2"]}
            item.act(world.later(moment, 3), "cause_revised", bureau, CLERK, revised)


def _incident(world: World, item: Item, start: int) -> None:
    kind = "mass" if item.collective else "extreme"
    data: Data = {"kind": kind}
    moment = world.later(start, 4 + int(world.chance() * 20))
    if world.chance() < 0.7:
        data["mishandled_by"] = item.holder.id
        take_up(world, f"F22:{item.subject}:{item.holder.id}", item.holder, moment)
    item.act(moment, "incident_reported", world.bureau(item.holder), CLERK, data)
