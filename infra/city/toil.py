"""What is done on an item between its acceptance and its answer."""

from infra.city.item import Item
from infra.city.rhythm import DAY, office_second
from infra.city.thread import CLERK, HANDLER
from infra.city.units import Data, Later, Unit
from infra.city.world import World

WORK = (
    "与信访人当面接谈，核对诉求",
    "实地走访，现场查看情况",
    "调阅档案和有关合同",
    "召集相关单位协调会商",
    "向当事企业发出整改通知",
    "电话联系信访人说明进展",
    "委托第三方机构检测",
    "听取村（社区）干部情况说明",
    "组织双方对账核算",
    "向上级主管部门书面请示",
)
HANDLERS_GO = ("原经办人岗位调整", "原经办人休假", "按专业分工调整", "因与当事人有利害关系回避")


def toil(world: World, item: Item, unit: Unit, start: int, end: int) -> None:
    """What is done in between: work, a change of hands, a hearing, an agreement."""
    r, span = world.chance, end - start
    if span <= 7200:
        return
    most = 4 if item.simple else 7
    for n in range(int(r() * (most + 0.6))):
        at = _between(world, start, end, (n + r()) / (most + 1))
        item.act(at, "worked", unit, HANDLER, {"what": WORK[int(r() * len(WORK))]})
    draw = r()
    if draw < 0.012:
        item.act(
            _between(world, start, end, 0.5),
            "handler_changed",
            unit,
            CLERK,
            _other_desk(item, HANDLERS_GO[int(r() * 4)]),
        )
    elif draw < 0.026 and not item.simple and span > 12 * DAY:
        hear(world, item, "handling", unit, world.later(start, span // DAY // 2), end)
    elif draw < 0.085:
        agreement = ("双方达成调解协议，约定期限内履行", "企业同意分期支付，双方签字", "邻里双方和解")[int(r() * 3)]
        item.act(_between(world, start, end, 0.85), "mediated", unit, HANDLER, {"agreement": agreement})


def hear(world: World, item: Item, stage: str, unit: Unit, opened: int, before: int) -> None:
    """A hearing of one to three days (听证), if it can end before the answer."""
    closed = world.later(opened, int(world.chance() * 3))
    if closed < before:
        item.act(opened, "hearing_opened", unit, HANDLER, {"stage": stage})
        item.act(closed, "hearing_closed", unit, HANDLER, {"stage": stage})


def _between(world: World, start: int, end: int, share: float) -> int:
    """A working moment after `start` and before `end`, about so far on the way."""
    day = world.days.working((start + int((end - start) * share)) // DAY)
    moment = day * DAY + office_second(world.random)
    return min(max(moment, start + 60), end - 60)


def _other_desk(item: Item, reason: str) -> Later:
    def moved(unit: Unit, actor: str) -> Data:
        item.desk += 1
        return {"handler": unit.handler(item.desk), "reason": reason}

    return moved
