"""What the API needs from the rest of danze: somebody to ask, and somebody to hand actions to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol, runtime_checkable

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from domain.moments import When
from domain.periods import Period
from domain.reader import Reader
from projections import orders

Answer = dict[str, Any]
"""A plain JSON object in the shapes of the contract; always with "as_of", "at", "position" and "behind"."""


@runtime_checkable
class Troubled(Protocol):
    """What is raised where a store cannot do what was asked. Its message is a sentence for the log."""

    trouble: str
    """The same in a word: a key of `api.problems.TROUBLES`; nothing where nobody foresaw it."""


class Questions(Protocol):
    """The read models. Calls block, so handlers ask from threads; implementations must be safe to call from several.

    `as_of` is a recorded time with an offset, both times of a question (`Bitemporal`), or None for now. Units are asked
    for as `unit:CODE`, officials as `official:ID`, items by bare NO, other subjects as `kind:id`. None means that there
    is no such thing at that time. A cursor is whatever the last answer gave as "next"; one that cannot be read raises
    ValueError.
    """

    def for_(self, reader: Reader) -> Questions:
        """The same questions, answered with what one reader may see (`projections.visibility`).

        Of what he may not see there is none: nothing tells it from what does not exist. `NotYours` says that a
        unit or an official is outside his jurisdiction.
        """

    def case(self, no: str, as_of: When = None) -> Answer | None:
        """Where one item stands: state, unit, people, deadlines."""

    def timeline(self, subject: str, as_of: When = None) -> Answer | None:
        """Everything that happened to one item or other subject, in order, each with a sentence."""

    def dossier(self, no: str, as_of: When = None) -> Answer | None:
        """Who caused it, who answers for it, and in whose hands it was on which day."""

    def personal(self, no: str, noted: Callable[[], None], as_of: When = None) -> Answer | None:
        """The personal fields of an item; `noted` is called before one is opened. `NotYours` for other units."""

    def query_code(self, no: str, noted: Callable[[], None]) -> Answer | None:
        """A petitioner's code for his item (查询码), for the unit that registered it; `NotYours` for others."""

    def tries(self, no: str) -> float:
        """Seconds until another code is looked at for a number, after wrong ones."""

    def public(self, no: str, code: str) -> Answer | None:
        """What a petitioner is told of his item; None for another code, as for an unknown number."""

    def candidates(self, no: str, as_of: When = None) -> Answer | None:
        """Earlier items that one item may repeat, and why; a human judges."""

    def checkpoint(self) -> Answer | None:
        """The newest signed checkpoint of the log; None where nothing was sealed yet."""

    def proof(self, position: int) -> Answer | None:
        """That an event is in the sealed log, for who has neither; None where it is not sealed."""

    def matter(self, no: str, as_of: When = None) -> Answer | None:
        """The first item, its repeats, and the levels reached."""

    def findings(
        self,
        as_of: When = None,
        *,
        unit: str | None = None,
        rule: str | None = None,
        subject: str | None = None,
        official: str | None = None,
        axis: str | None = None,
        state: str | None = None,
        from_: date | None = None,
        to: date | None = None,
        place: str | None = None,
        division: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        sort: orders.Findings = "id",
    ) -> Answer:
        """Which rules tripped, and who answers for each; `state` is proposed, opened, decided, dismissed."""

    def finding(self, id: str, as_of: When = None) -> Answer | None:
        """One finding whole, cleared ones too: the rule, the evidence, the officials of that day, who decided what."""

    def explain(self, id: str, as_of: When = None) -> Answer | None:
        """Why a finding stands, or how a deadline was counted (`petition:NO:K5`), in sentences."""

    def kpi(self, unit: str, from_: date, to: date, as_of: When = None) -> Answer:
        """The rates of a unit and its subordinates, with numerators, denominators and the items behind them."""

    def rates(self, unit: str, from_: date, to: date, as_of: When = None) -> Answer:
        """The same without the items: how many are behind each side and part of each rate."""

    def rate_items(
        self,
        unit: str,
        from_: date,
        to: date,
        rate: str,
        side: str,
        *,
        limit: int = 500,
        cursor: str | None = None,
        as_of: When = None,
    ) -> Answer:
        """The numbers of the items behind one side of a rate: numerator, denominator, or one of its parts."""

    def counters(
        self,
        *,
        by: str,
        unit: str | None = None,
        from_: date | None = None,
        to: date | None = None,
        as_of: When = None,
    ) -> Answer:
        """How many registrations, repeats, visits above; by unit, place, category, channel or month."""

    def due(
        self,
        unit: str | None = None,
        handler: str | None = None,
        limit: int = 200,
        cursor: str | None = None,
        as_of: When = None,
        *,
        span: str | None = None,
        sort: orders.Due = "due_on",
    ) -> Answer:
        """Running deadlines, the earliest first: what is used of each, which warning step it reached, who owes it.

        `span` is missed, today or week.
        """

    def coming(self, as_of: When = None) -> Answer:
        """How many limits are overdue, end today, and end by the end of this week."""

    def search(
        self,
        q: str = "",
        *,
        unit: str | None = None,
        state: str | None = None,
        category: str | None = None,
        place: str | None = None,
        channel: str | None = None,
        late: bool | None = None,
        purpose: str | None = None,
        registered_by: str | None = None,
        month: str | None = None,
        of: str | None = None,
        from_: date | None = None,
        to: date | None = None,
        closed: str | None = None,
        only: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
        sort: orders.Items = "-registered_on",
        as_of: When = None,
    ) -> Answer:
        """Which items match, and how many? `state` also takes open and resolved, `place` a division's prefix; `of` asks
        for what occurs in a unit, `only` for a kind of items that is counted.
        """

    def items(self, nos: Sequence[str], as_of: When = None) -> Answer:
        """Items by their numbers, in that order, as `search` tells them."""

    def duties(
        self,
        unit: str,
        from_: date,
        to: date,
        *,
        gaps: bool = False,
        alone: bool = False,
        limit: int | None = None,
        cursor: str | None = None,
        as_of: When = None,
    ) -> Answer | None:
        """What a unit, those below it unless asked alone, and their leaders owed, did and missed, period by period.

        `limit` is how many units are told of; "next" goes on.
        """

    def duty_gaps(
        self, unit: str, from_: date, to: date, *, limit: int, cursor: str | None = None, as_of: When = None
    ) -> Answer | None:
        """What a unit, those below it and their leaders missed: "gaps", the newest first, "totals", and "next"."""

    def leaders(self, as_of: When = None) -> Answer:
        """Who leads the city's and the counties' party, government and bureau, and where nobody does."""

    def record(
        self, official: str, from_: date | None = None, to: date | None = None, as_of: When = None
    ) -> Answer | None:
        """What an official did, what occurred and was resolved where he leads, and what is found of him."""

    def rules(self, on: date | None = None, as_of: When = None) -> Answer:
        """Which rules are in force on a day, and what the law says, article by article."""

    def seals(self) -> Answer:
        """Every checkpoint given out, the newest first, and whether the log still comes to the newest."""

    def three_none(
        self, unit: str | None = None, from_: date | None = None, to: date | None = None, as_of: When = None
    ) -> Answer | None:
        """Where was none of the three, beside findings and outcomes?"""

    def evaluation(self, unit: str, period: Period, as_of: When = None, *, items: bool = True) -> Answer | None:
        """How a unit's half year scores, line by line, beside findings, outcomes and what humans recorded; with the
        numbers of the items behind its rates, or without.
        """

    def ledger(
        self,
        kind: str,
        *,
        unit: str | None = None,
        leader: str | None = None,
        from_: date | None = None,
        to: date | None = None,
        state: str | None = None,
        limit: int | None = 100,
        cursor: str | None = None,
        sort: orders.Entries = "-opened_on",
        as_of: When = None,
    ) -> Answer | None:
        """What stands in a ledger (a key of `projections.ledgers.kinds.LEDGERS`)."""

    def ledgers(self, unit: str | None = None, as_of: When = None) -> Answer | None:
        """Which ledgers there are, and how many entries each has, how many of them overdue."""

    def stands(self, unit: str, as_of: When = None) -> bool:
        """Whether a unit is on record, dissolved or not; that it is there is no secret."""

    def units(self, as_of: When = None) -> Answer:
        """Which units stand, under whom, with what they have open."""

    def scoreboard(self, unit: str, as_of: When = None) -> Answer | None:
        """How one unit does: people, open and late items, findings, rates."""

    def overview(self, as_of: When = None) -> Answer:
        """The city on one page."""

    def diff(
        self,
        a: datetime,
        b: datetime,
        *,
        unit: str | None = None,
        from_: date | None = None,
        to: date | None = None,
        at: datetime | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer:
        """Which findings, dates and, of a unit, rates differ between two recorded times; "next" goes on."""

    def news(self, after: int | None = None, unit: str | None = None) -> Answer:
        """What became of findings after a position: "changes", "read" up to where, and whether there is "more"."""

    def sums(self, unit: str | None = None) -> Answer | None:
        """What is counted and what comes due next: "snapshots" by kind, of all or of a unit; None for one unknown."""

    def preview(self, ruleset: str | Mapping[str, Any], from_: date | None = None) -> Answer | list[tuple[str, str]]:
        """What a rule set (TOML, or its tables) would move if it were adopted; else its mistakes: (path, sentence)."""

    def log(
        self, after: int | None = None, limit: int = 100, as_of: When = None, *, sort: orders.Log = "position"
    ) -> Answer:
        """The events after a position, as recorded; "next" is the position to go on from, None at the end.

        The other way round those before it, from the newest on where none is given.
        """

    def health(self) -> Answer:
        """Whether the log and the read models are there, and how far apart they are."""


class Intake(Protocol):
    """Takes actions into the log. Blocks until they are stored."""

    def for_(self, reader: Reader) -> Intake:
        """The same for one reporter: what is not his to report is rejected `not-allowed`."""

    def rate(self, no: str, target: str, score: str, reason: str | None = None) -> Answer:
        """Records what a petitioner thinks of the bureau or the unit, and why; its outcome."""

    def take(self, lines: Sequence[bytes]) -> list[Answer]:
        """One outcome per action's JSON, in order: recorded and duplicate with a position, rejected with its reason."""


class Doors(Protocol):
    """Who is let in."""

    @property
    def open(self) -> bool:
        """Whether this machine's user needs no token."""

    def stranger(self, peer: tuple[str, int], ours: tuple[str, int]) -> bool:
        """Whether a connection on this machine is another user's, as that of a proxy is."""

    def known(self, token: str) -> Reader | None:
        """Who holds a token that was recognised before. Does not block."""

    def reader(self, token: str) -> Reader | str:
        """Who holds the token; or why it is not taken, in a sentence. May ask the issuer."""

    def until(self, who: Reader) -> float | None:
        """When the token of an issuer that somebody showed ends, in seconds since 1970; None for any other."""

    def read(self, who: Reader, question: str, asked: Mapping[str, str]) -> None:
        """Notes that an auditor or inspector asks a question (method and route) about something. Does not block."""

    def personal(self, who: Reader, question: str, asked: Mapping[str, str]) -> None:
        """The same of personal fields: written down when it returns. Raises where that cannot be done."""

    def denied(self, who: Reader, method: str, path: str, why: str) -> None:
        """Notes that somebody was turned away, with the code that he was told. Does not block."""


class Hooks(Protocol):
    """Subscriptions to news; what is told of one is without its secret."""

    def subscribe(
        self, url: str, types: Sequence[str], unit: str | None, reader: Reader, mark: int, until: float | None = None
    ) -> Answer:
        """A new one, with its secret; it ends with the reader's token, `until` at the latest (seconds since 1970).

        Raises `NotYours` where the operator does not allow the address, ValueError where it is none.
        """

    def subscriptions(self) -> list[Answer]:
        """All of them."""

    def subscription(self, id: str) -> Answer | None:
        """How one stands."""

    def belongs(self, id: str, reader: Reader) -> bool:
        """Whether a reader made it, or one of his role and unit; the operator's is every one."""

    def deliveries(
        self, id: str, limit: int, cursor: str | None = None, sort: orders.Deliveries = "-at"
    ) -> tuple[list[Answer], str | None]:
        """What became of each attempt, the newest first or as asked, and the cursor of what follows."""

    def resume(self, id: str, reader: Reader, until: float | None = None) -> bool:
        """Tries one again that was paused, for as long as the token of who resumes it counts."""

    def remove(self, id: str) -> bool:
        """Ends one."""


Lets = NamedDependency[SkipValidation[Doors | None]]
"""How a handler says that it needs to know who is let in; None where everybody is."""

Asks = NamedDependency[SkipValidation[Questions]]
"""How a handler says that it needs the questions."""

Takes = NamedDependency[SkipValidation[Intake]]
"""How a handler says that it needs the intake."""
