"""The half-year evaluation (Art 18): every unit is scored on what it did, the worst are listed and interviewed."""

from decimal import Decimal

from domain.periods import Period
from infra.city.places import CITY
from infra.city.rhythm import DAY
from infra.city.thread import CLERK, Thread, thread_of
from infra.city.units import Data, Later, Unit
from infra.city.world import World

FORMULA = "score = 100 - 60 * (1 - timely) - 40 * repeat"
FEWEST = 6
"""Items from which on a unit's shares say something."""
LISTED = 0.04
UNTOLD = 3
"""Of so many listed units, one is interviewed late or not at all (D15)."""
UNSCORED, SCORED_LATE = 0.02, 0.05


def evaluate(world: World, period: Period, first: int) -> None:
    """The office of the joint conference scores the half year before the day `first`; the counts begin anew."""
    city = world.city
    judged = [*city.of("government", level="county"), *city.of("department", level="city"), *city.of("township")]
    worst = sorted((unit for unit in judged if unit.items >= FEWEST), key=lambda unit: _measured(unit)[1])
    listed = {unit.code: n for n, unit in enumerate(worst[: max(UNTOLD, round(len(judged) * LISTED))], 1)}
    for unit in judged:
        thread = thread_of(f"evaluation:{unit.code}:{period.name}")
        scored = _score(world, thread, unit, first)
        if scored is not None and unit.code in listed:
            _list(world, thread, unit, scored, in_time=listed[unit.code] % UNTOLD != 0)
        unit.items = unit.late = unit.repeats = 0


def _measured(unit: Unit) -> tuple[dict[str, Decimal], Decimal]:
    """What was measured, and the score that follows by the formula."""
    of = max(unit.items, 1)
    metrics = {name: (Decimal(n) / of).quantize(Decimal("0.001")) for name, n in _counted(unit).items()}
    return metrics, 100 - 60 * (1 - metrics["timely"]) - 40 * metrics["repeat"]


def _counted(unit: Unit) -> dict[str, int]:
    return {"timely": max(unit.items, 1) - unit.late, "repeat": unit.repeats}


def _score(world: World, thread: Thread, unit: Unit, first: int) -> int | None:
    """In the month after the half year; a few later, and very few not at all (D08)."""
    r, office = world.chance, world.city.get(f"{CITY}-xfj")
    draw = r()
    if draw < UNSCORED:
        return None
    days = 35 + int(r() * 20) if draw < SCORED_LATE else 4 + int(r() * 20)
    moment = world.later(first * DAY, days)
    metrics, score = _measured(unit)
    data: Data = {
        "metrics": {name: str(number) for name, number in metrics.items()}, "score": str(score), "formula": FORMULA,
    }  # fmt: skip
    world.diary.plan(moment, thread, "evaluation.scored.v1", office, CLERK, data)
    return moment


def _list(world: World, thread: Thread, unit: Unit, scored: int, *, in_time: bool) -> None:
    """Listed, and somebody interviewed within thirty days, or later, or never; mostly delisted after some months."""
    r, office = world.chance, world.city.get(f"{CITY}-xfj")

    def act(moment: int, kind: str, data: Data | Later) -> None:
        world.diary.plan(moment, thread, f"evaluation.{kind}.v1", office, CLERK, data)

    listed = world.later(scored, 2 + int(r() * 6))
    act(listed, "listed", {"reason": "受理办理不及时，重复信访多"})
    told = world.later(listed, 3 + int(r() * 20) if in_time else 36 + int(r() * 20))
    if in_time or r() < 0.5:
        act(told, "interviewed", lambda acting, actor: {"official": unit.approver()})
    if r() < 0.8:
        act(world.later(told, 40 + int(r() * 50)), "delisted", {})
