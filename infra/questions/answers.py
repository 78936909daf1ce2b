"""Every question of the contract (section 6) under one name each."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from domain.moments import When, both, described
from domain.periods import Period
from domain.reader import Reader
from domain.rules.law import Rules, Supposed
from domain.ruleset.mistakes import ruleset_of
from infra.doors.query_codes import QueryCodes
from infra.log.port import Log
from infra.past.afresh import folded
from infra.past.then import Past
from infra.questions import (
    candidates,
    cases,
    diff,
    due,
    duties,
    evaluations,
    figures,
    findings,
    leaders,
    ledgers,
    news,
    oversight,
    places,
    rate_lists,
    rulebook,
    search,
    vouched,
)
from infra.questions.asking import Answer
from infra.questions.book import Book, past_year
from infra.questions.counted import Counted
from infra.questions.library import Library
from infra.questions.petitioners import OfPetitioners
from infra.questions.what_if import WhatIf
from infra.seals.prove import bundle, proofs, signed
from infra.seals.sealer import Folder
from infra.vault.vault import Vault
from infra.views.projector import Projector
from infra.views.store import Views
from projections import orders
from projections.orders import Due
from projections.visibility import EVERYTHING


class Answers(OfPetitioners):
    """Answers from one log and its read models. `as_of` is a recorded time, or both of a question; None is now."""

    def __init__(
        self,
        log: Log,
        views: Views,
        rules: Rules,
        projector: Projector | None = None,
        seals: Folder | None = None,
        vault: Callable[[], Vault] | None = None,
        past: Past | None = None,
        codes: QueryCodes | None = None,
    ) -> None:
        """Without a `past`, past read models are folded from the beginning of the log, each time anew."""
        self._log = log
        self._seals = seals
        self._views = views
        at, trees = (past.at, past.tree) if past is not None else (partial(folded, log), None)
        super().__init__(Library(log, views, rules, projector, at, trees), vault, codes)
        self._rules = rules
        self.what_if = WhatIf(log, rules)

    def for_(self, reader: Reader) -> "Answers":
        """The same questions, answered with what one reader may see."""
        from infra.questions.readers import ReadersAnswers

        return self if reader.role == "operator" else ReadersAnswers(self, reader)

    def secret(self, no: str) -> bool:  # noqa: ARG002 -- see ReadersAnswers
        """Whether an item is kept from who asks because it accuses his organ: of the whole record, nothing is."""
        return False

    def _govern(self, unit: str | None) -> None:
        """Raises `NotYours` for a unit that is asked for by name and is not of his jurisdiction: here, all are."""

    def threads(self) -> frozenset[str]:
        """What is kept from who asks because it goes on about such an item alone (`projections.visibility.thread`)."""
        return frozenset()

    def case(self, no: str, as_of: When = None) -> Answer | None:
        return cases.case(self._library.at(as_of), no)

    def timeline(self, subject: str, as_of: When = None) -> Answer | None:
        """`subject` is `kind:id`, or an item's bare NO."""
        return cases.timeline(self._library.at(as_of), subject if ":" in subject else f"petition:{subject}")

    def matter(self, no: str, as_of: When = None) -> Answer | None:
        return cases.matter(self._library.at(as_of), no)

    def dossier(self, no: str, as_of: When = None) -> Answer | None:
        answer = cases.dossier(self._library.at(as_of), no)
        if answer is not None and self._seals is not None:
            answer["verified"] |= proofs(self._log, self._seals, cases.evidence(answer))
        return answer

    def checkpoint(self) -> Answer | None:
        """The newest signed checkpoint of the log; None where nothing was sealed yet."""
        return signed(self._seals) if self._seals is not None else None

    def proof(self, position: int) -> Answer | None:
        """That an event is in the sealed log; None where it is not sealed yet. Raises StoreError for a changed one."""
        sealed = signed(self._seals) if self._seals is not None else None
        if self._seals is None or sealed is None or position > sealed["size"]:
            return None
        return bundle(self._log, self._seals, position)

    def candidates(self, no: str, as_of: When = None) -> Answer | None:
        return self._page(("candidates", no), as_of, lambda book: candidates.candidates(book, no))

    def findings(self, as_of: When = None, **wanted: Any) -> Answer:
        self._govern(wanted.get("unit"))
        return self._page(("findings", *sorted(wanted.items())), as_of, lambda book: findings.findings(book, **wanted))

    def finding(self, id: str, as_of: When = None) -> Answer | None:
        return findings.finding(self._library.at(as_of), id)

    def explain(self, id: str, as_of: When = None) -> Answer | None:
        if id.startswith("petition:"):
            return cases.explain(self._library.at(as_of), id)
        return findings.explain(self._library.at(as_of), id)

    def kpi(self, unit: str, from_: date, to: date, as_of: When = None) -> Answer:
        self._govern(unit)
        return self._kept(("kpi", unit, from_, to), as_of, lambda book: figures.kpi(book, unit, from_, to))

    def rates(self, unit: str, from_: date, to: date, as_of: When = None) -> Answer:
        """The same without the items behind each rate, which `rate_items` lists."""
        self._govern(unit)
        if as_of is not None:
            return figures.without_items(self.kpi(unit, from_, to, as_of))
        asked = unit, from_, to
        return self._counted(("rates", *asked), lambda book, sums: figures.rated(book, sums, *asked), figures.rates)

    def rate_items(
        self, unit: str, from_: date, to: date, rate: str, side: str, *, limit: int = 500, cursor: str | None = None,
        as_of: When = None,
    ) -> Answer:  # fmt: skip
        self._govern(unit)
        asked, question = (unit, from_, to), ("rate items", unit, from_, to, rate, side, limit, cursor)

        def tell(book: Book, number: int | None) -> Answer:
            return rate_lists.rate_items(book, *asked, rate, side, limit, cursor, number=number)

        def take(book: Book, counted: Counted) -> int:
            return rate_lists.number(figures.rated(book, counted, *asked).kpis[rate], side)

        if as_of is None:
            return self._counted(question, take, tell)
        return self._page(question, as_of, lambda book: tell(book, None))

    def counters(self, *, by: str, as_of: When = None, **wanted: Any) -> Answer:
        self._govern(wanted.get("unit"))
        asked = ("counters", by, *sorted(wanted.items()))
        return self._kept(asked, as_of, lambda book: figures.counters(book, by, **wanted))

    def items(self, nos: Sequence[str], as_of: When = None) -> Answer:
        return search.items(self._library.at(as_of), nos)

    def search(self, q: str = "", *, as_of: When = None, **wanted: Any) -> Answer:
        self._govern(wanted.get("unit"))
        self._govern(wanted.get("registered_by"))
        return self._page(("search", q, *sorted(wanted.items())), as_of, lambda book: search.search(book, q, **wanted))

    def duties(self, unit: str, from_: date, to: date, *, as_of: When = None, **wanted: Any) -> Answer | None:
        """All, or a page of units (`duties.Asked`)."""
        self._govern(unit)
        asked = duties.Asked(unit, from_, to, **wanted)
        return self._judged("duties", asked, as_of, duties.duties)

    def duty_gaps(
        self, unit: str, from_: date, to: date, *, limit: int, cursor: str | None = None, as_of: When = None
    ) -> Answer | None:
        self._govern(unit)
        asked = duties.Asked(unit, from_, to, limit=limit, cursor=cursor)
        return self._judged("gaps", asked, as_of, duties.gaps)

    def record(
        self, official: str, from_: date | None = None, to: date | None = None, as_of: When = None
    ) -> Answer | None:
        def ask(book: Book) -> Answer | None:
            first, last = past_year(book, from_, to)
            return leaders.record(book, self._library.recalled(book), official, first, last)

        return self._kept(("record", official, from_, to), as_of, ask)

    def leaders(self, as_of: When = None) -> Answer:
        return leaders.leaders(self._library.at(as_of))

    def rules(self, on: date | None = None, as_of: When = None) -> Answer:
        """The law of a day, today by default, as known at a recorded time."""
        return rulebook.rules(self._library.at(as_of), on)

    def seals(self) -> Answer:
        """Every checkpoint given out, the newest first, and whether the log still comes to the newest."""
        return self._kept(("seals",), None, lambda book: vouched.vouched(book, self._seals, self._library.hashed))

    def three_none(
        self, unit: str | None = None, from_: date | None = None, to: date | None = None, as_of: When = None
    ) -> Answer | None:
        self._govern(unit)
        return self._kept(
            ("three-none", unit, from_, to), as_of, lambda book: places.board(book, unit, *past_year(book, from_, to))
        )

    def evaluation(self, unit: str, period: Period, as_of: When = None, *, items: bool = True) -> Answer | None:
        """Without the items behind its rates, of which there may be many, these are counted."""
        self._govern(unit)
        asked, span = ("evaluation", unit, period.name, items), (unit, period.first, period.last)

        def ask(book: Book, rates: Answer) -> Answer | None:
            return evaluations.evaluate(book, unit, period, rates)

        if items:
            return self._kept(asked, as_of, lambda book: ask(book, figures.kpi(book, *span)["kpis"]))
        if as_of is not None:
            told = figures.without_items
            return self._kept(asked, as_of, lambda book: ask(book, told(figures.kpi(book, *span))["kpis"]))
        return self._counted(asked, lambda book, sums: figures.rated(book, sums, *span).kpis, ask)

    def ledger(self, kind: str, *, as_of: When = None, **wanted: Any) -> Answer | None:
        self._govern(wanted.get("unit"))
        asked = ledgers.Wanted(**wanted)
        return self._page(("ledger", kind, asked), as_of, lambda book: ledgers.ledger(book, kind, asked))

    def ledgers(self, unit: str | None = None, as_of: When = None) -> Answer | None:
        self._govern(unit)
        return self._kept(("ledgers", unit), as_of, lambda book: ledgers.ledgers(book, unit))

    def stands(self, unit: str, as_of: When = None) -> bool:
        """Whether a unit is on record, dissolved or not; that it is there is no secret."""
        return self._library.at(as_of).units.get(unit) is not None

    def units(self, as_of: When = None) -> Answer:
        with self._tallies.at(as_of) as (book, counted):
            return figures.units(book, counted)

    def scoreboard(self, unit: str, as_of: When = None) -> Answer | None:
        self._govern(unit)
        with self._tallies.at(as_of, unit) as (book, counted):
            told = figures.scoreboard(book, counted, unit)
            return told and {**told, **oversight.of_unit(book, counted, unit)}

    def overview(self, as_of: When = None) -> Answer:
        with self._tallies.at(as_of) as (book, counted):
            return self._kept_of(book, ("overview",), lambda book: figures.overview(book, counted))

    def judge_duties(self) -> None:
        """Judges what all units owed, so that no question has to (`Tallies.judge`)."""
        self._tallies.judge()

    def keep_sums(self) -> None:
        """Keeps what was counted over all rows for who opens the store next (`Tallies.keep`)."""
        self._tallies.keep()

    def fetch_sums(self) -> None:
        """Takes in what another process keeps of every row (`Tallies.fetch`)."""
        self._tallies.fetch()

    def diff(
        self, a: datetime, b: datetime, *, unit: str | None = None, from_: date | None = None, to: date | None = None,
        at: datetime | None = None, limit: int | None = None, cursor: str | None = None,
    ) -> Answer:  # fmt: skip
        """Which findings, dates and, where a unit is named, rates differ between two recorded times; rates of the year
        up to the second. All of it, or by pages (`diff.Asked`).

        Of a time `at`: what was known of it by the first, and what by the second.
        """
        before, after = (self._library.at(both(each, at)) for each in (a, b))
        return diff.diff(before, after, diff.Asked(unit, *past_year(after, from_, to), limit, cursor))

    def preview(self, ruleset: str | Mapping[str, Any], from_: date | None = None) -> Answer | list[tuple[str, str]]:
        """What a rule set (TOML, or its tables) would move if it were adopted; else its mistakes, each at its place."""
        law = ruleset_of(ruleset, self._rules)
        if isinstance(law, list):
            return [*law]
        return self.what_if.preview(Supposed(law, from_ or law.from_))

    def news(self, after: int | None = None, unit: str | None = None) -> Answer:
        """What became of findings after a position; None begins with what comes next.

        A position that the log does not have is of before a backup was restored: what the log has is where it goes on.
        """
        self._govern(unit)
        book = self._library.at(None)
        after = book.read if after is None else min(after, self._log.head().position)
        return news.news(book, after, unit)

    def sums(self, unit: str | None = None) -> Answer | None:
        """What is counted and what comes due next, of all or of a unit and those below it; None for one unknown."""
        board = self.overview() if unit is None else self.scoreboard(unit)
        return board and news.sums(board)

    def log(
        self, after: int | None = None, limit: int = 100, as_of: When = None, *, sort: orders.Log = "position"
    ) -> Answer:
        return cases.log(self._library.at(as_of), after, limit, sort=sort)

    def health(self) -> Answer:
        head, live = self._log.head(), self._views.live()
        read = live.position if live else 0
        return {"ok": True, "position": head.position, "views_position": read, "behind": head.position - read}

    def present(self) -> Book:
        """The record as it stands: directory, rules and rows."""
        return self._library.at(None)

    def due(
        self, unit: str | None = None, handler: str | None = None, limit: int = 200, cursor: str | None = None,
        as_of: When = None, *, span: str | None = None, sort: Due = "due_on",
    ) -> Answer:  # fmt: skip
        self._govern(unit)
        on = due.day_asked(described(as_of))
        asked = due.Asked(unit, handler, span)
        told = self._kept(("due", unit, handler, on), as_of, lambda book: due.due_sums(book, asked, on))
        shown = limit, cursor, sort
        page = self._page(("due", asked, on, shown), as_of, lambda book: due.due_page(book, asked, on, *shown))
        head = {name: value for name, value in told.items() if name not in ("totals", "groups")}
        return {**head, "total": told["totals"][span], **({} if cursor else {"groups": told["groups"]}), **page}

    def coming(self, as_of: When = None) -> Answer:
        on = due.day_asked(described(as_of))
        if on is None:
            with self._tallies.at(None) as (book, counted):
                if book.reach == EVERYTHING:
                    return due.coming_now(book, counted)
        return self._kept(("coming", on), as_of, lambda book: due.coming(book, on))

    def unrecorded(self, today: date) -> tuple[int, date | None]:
        """Deadlines whose last day lies before today and that the clock has not recorded as missed, and the first."""
        return figures.unrecorded(self.present(), today)
