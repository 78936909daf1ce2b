"""What humans do with findings (Art 19): each is taken up, then decided or dismissed; some officials appeal."""

from infra.city.thread import CLERK, thread_of
from infra.city.units import Data, Later, Unit
from infra.city.world import World

MEASURES = ("rectify",) * 9 + ("talk",) * 6 + ("circulate",) * 3 + ("admonish",) * 2 + ("none",)
RESPONSIBILITIES = ("direct",) * 5 + ("leadership",) * 4 + ("main_leadership",) * 1
REASONS = ("经核实，情况属实，责任清楚", "未按规定履行职责，应予整改", "虽有客观原因，仍属履职不到位")
EXCUSES = ("经核实，系不可抗力所致", "责任不在该单位", "已在限期前实际履行，系漏录")
APPEALS = ("upheld",) * 7 + ("modified",) * 2 + ("revoked",)


def take_up(world: World, id: str, unit: Unit, moment: int) -> None:
    """From the proposal to the last word on it. The discipline organ of the unit's county, or of the city, decides."""
    r, thread = world.chance, thread_of(id)
    organ = world.city.get(f"{unit.area}-jw")

    def act(days: int, kind: str, data: Data | Later) -> None:
        nonlocal moment
        moment = world.later(moment, days)
        world.diary.plan(moment, thread, f"finding.{kind}.v1", organ, CLERK, data)

    if r() < 0.06:
        act(3 + int(r() * 15), "dismissed", {"reason": EXCUSES[int(r() * 3)]})
        return
    act(2 + int(r() * 12), "opened", {})
    if r() < 0.10:
        act(1 + int(r() * 6), "dissent_recorded", _dissenting(unit))
    if r() < 0.12:
        act(5 + int(r() * 15), "dismissed", {"reason": EXCUSES[int(r() * 3)]})
        return
    act(5 + int(r() * 20), "decided", _decided(world, unit))
    if r() < 0.12:
        act(2 + int(r() * 8), "appealed", {"reason": "对责任划分有异议"})
        act(8 + int(r() * 20), "appeal_decided", {"outcome": APPEALS[int(r() * 10)]})


def _dissenting(unit: Unit) -> Later:
    return lambda acting, actor: {"official": unit.members[-1] if unit.members else unit.approver()}


def _decided(world: World, unit: Unit) -> Later:
    r = world.chance
    words: Data = {
        "responsibility": RESPONSIBILITIES[int(r() * 10)], "measure": MEASURES[int(r() * 21)],
        "reason": REASONS[int(r() * 3)],
    }  # fmt: skip
    return lambda acting, actor: {"official": unit.deputy or unit.approver(), **words}
