"""What is worked out about one action: findings raised and cleared, limits set. Of items `Ruling` works out more."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from domain.deadlines import Deadline
from domain.envelope import NOTHING, AnyAction, Decided, Finding, Recorded, Rejected, day_of
from domain.fact import UnitId
from domain.known import Known
from domain.rules.law import Law
from domain.vocabulary import LOG_ITSELF

Verdict = Rejected | None
"""What a step says: a refusal, or nothing, and then the draft stands as it was worked out."""


class Draft:
    """The record of one step while it is being decided. Becomes a `Decided`; lives no longer than that."""

    def __init__(self, action: AnyAction, known: Known, *, owner: UnitId | None = None, version: int = 1) -> None:
        self.action = action
        self.known = known
        self.units = known.units
        self.day: date = day_of(action.time)
        self.law: Law = known.rules.on(self.day)
        self.version = version
        self.owner = owner
        """The unit whose stream it is; another one that enters late has a finding of its own."""
        self.set: list[Deadline] = []
        self.findings: list[Finding] = []
        self.cleared: list[str] = []

    @property
    def subject(self) -> str:
        """The stream that the action belongs to."""
        return self.action.subject

    def find(
        self, rule: str, unit: UnitId, *, id: str | None = None, subject: str | None = None, since: date | None = None,
        **fields: Any,
    ) -> None:  # fmt: skip
        """Proposes a finding against the unit, or what it went into; without an id of its own it is `RULE:subject`."""
        told, since = self.known.rules.catalogue[rule], since or self.day
        subject = subject or self.subject
        self.propose(Finding(
            id=id or f"{rule}:{subject}", rule=rule, subject=subject, unit=self.units.answering(unit, since),
            since=since, axis=told.axis, ground=told.ground, **fields,
        ))  # fmt: skip

    def propose(self, finding: Finding) -> None:
        """Proposes it in place of what was proposed before under the same id."""
        self.findings = [each for each in self.findings if each.id != finding.id] + [finding]

    def clear(self, id: str) -> None:
        """What was proposed does not stand any more: the act itself is the evidence."""
        if self.known.stands(id):
            self.cleared.append(id)

    def limit(
        self,
        clock: str,
        owed_by: UnitId,
        *,
        parameter: str | None = None,
        given: date | None = None,
        unit: str = "calendar",
    ) -> None:
        """Starts a limit of as many days as the rule set's parameter says, or one that ends on a given day."""
        if given is not None:
            strict_on, due_on, provisional = given, given, False
        elif parameter in self.law.parameters:
            dates = self.law.ending(self.day, self.law.parameters[parameter], unit)
            strict_on, due_on, provisional = dates.strict_on, dates.due_on, dates.provisional
        else:
            return
        self.set.append(
            Deadline(
                clock=clock, started=self.version, starts_on=self.day, strict_on=strict_on, due_on=due_on,
                owed_by=owed_by, provisional=provisional,
            )
        )  # fmt: skip

    def late_for(self, due_on: date) -> bool:
        """Done in time but entered after that day: the clock may have recorded that it was not."""
        return self.day <= due_on < day_of(self.known.recorded)

    def recorded(self) -> Recorded:
        """The ruling as it is recorded. Entered more than `entry_hours` late trips F13, unless imported."""
        late_since = entered_late(self.action, self.known, self.law)
        if late_since and self.action.unit and self.action.source not in LOG_ITSELF:
            own = self.owner is None or self.action.unit == self.owner
            id = f"F13:{self.subject}" if own else f"F13:{self.subject}:{self.action.unit}"
            self.find("F13", self.action.unit, id=id, since=late_since)
        decided = self.decided(late=late_since is not None)
        return Recorded(NOTHING if decided == NOTHING else decided, self.touched())

    def decided(self, *, late: bool) -> Decided:
        """What was worked out, as the event keeps it."""
        return Decided(set=tuple(self.set), findings=tuple(self.findings), cleared=tuple(self.cleared), late=late)

    def touched(self) -> tuple[str, ...]:
        """What else the event is looked for by: the findings that it speaks of."""
        return tuple(dict.fromkeys((*(each.id for each in self.findings), *self.cleared)))


def entered_late(action: AnyAction, known: Known, law: Law) -> date | None:
    """The day from which on an entry is late (F13), `entry_hours` after it happened; none where it came in time.

    What is imported is never late (decision 8).
    """
    limit = timedelta(hours=law.parameters["entry_hours"])
    imported = known.history and action.data.origin is not None
    return day_of(action.time + limit) if known.recorded - action.time > limit and not imported else None


def unknown_unit(unit: UnitId | None, known: Known, path: str) -> Verdict:
    """Refuses where the unit named was never established."""
    if unit is not None and known.units.get(unit) is None:
        return Rejected("unknown-subject", f"{unit} is not established", path)
    return None


def unknown_among(units: Iterable[UnitId], known: Known, path: str) -> Verdict:
    """The same for several units; the path says which."""
    refused = (unknown_unit(unit, known, f"{path}[{place}]") for place, unit in enumerate(units))
    return next((each for each in refused if each is not None), None)
