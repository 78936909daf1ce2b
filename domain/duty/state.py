"""On which days was what done in a unit? The ledger of its duties, folded from `duty:UNIT`."""

from bisect import bisect_left, bisect_right
from datetime import date

from msgspec import Struct

from domain.clock.events import DutyMissed
from domain.duty import events as e
from domain.envelope import AnyEvent
from domain.fact import Fact
from domain.periods import Period

NO_DAYS: tuple[date, ...] = ()


class Ledger(Struct, frozen=True):
    """One unit's acts: for each kind of act the days on which it was done, in order, each once."""

    version: int = 0
    days: dict[str, tuple[date, ...]] = {}
    judged: date | None = None
    """The newest day on which the clock recorded a duty of the unit as missed."""

    def on(self, act: str, period: Period) -> tuple[date, ...]:
        """The days of the period on which it was done."""
        days = self.days.get(act, NO_DAYS)
        return days[bisect_left(days, period.first) : bisect_right(days, period.last)]


EMPTY = Ledger()


def act_of(fact: Fact) -> str | None:
    """What an act counts as: `briefing_heard government`, `reception_held official:…`; None for what nobody owes."""
    match fact:
        case e.BriefingHeard():
            return f"briefing_heard {fact.body}"
        case e.ContactVisited():
            return f"contact_visited {fact.leader} {fact.target_unit}"
        case e.ReceptionHeld():
            return f"reception_held {fact.leader}"
        case e.DutyStood():
            return "stood"
        case e.ScreeningHeld():
            return "screening_held"
        case e.DutyReported():
            return f"reported {fact.by}"
        case _:
            return None


def evolve(ledger: Ledger | None, event: AnyEvent) -> Ledger:
    """The ledger after the event. An event seen before changes nothing."""
    ledger = ledger or EMPTY
    if event.version <= ledger.version:
        return ledger
    if isinstance(event.data, DutyMissed):
        return Ledger(event.version, ledger.days, max(event.day, ledger.judged or event.day))
    act = act_of(event.data)
    done = ledger if act is None else with_act(ledger, act, event.day)
    return Ledger(event.version, done.days, ledger.judged)


def with_act(ledger: Ledger, act: str, day: date) -> Ledger:
    """The ledger with an act done on a day; a second one on that day adds nothing."""
    done = ledger.days.get(act, NO_DAYS)
    at = bisect_left(done, day)
    if at < len(done) and done[at] == day:
        return ledger
    return Ledger(ledger.version, {**ledger.days, act: (*done[:at], day, *done[at:])}, ledger.judged)
