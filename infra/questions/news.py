"""What became of findings after a position of the log: raised, brought more evidence, cleared, taken on by humans.

Told in the order of the log, each finding as it stands now; who may not see a finding is told nothing of it.
"""

from typing import Any

from domain.codec import decode_event
from domain.envelope import AnyEvent
from domain.fact import unversioned
from infra.questions.asking import Answer
from infra.questions.book import Book
from infra.questions.findings import told
from projections.findings import StandingFinding, Word, words_of

READ = 1_000
"""Events that one answer looks through."""


def news(book: Book, after: int, unit: str | None) -> dict[str, Any]:
    """Up to what the read models have seen; `more`: there is more already. `unit` takes what is below it in."""
    seen = book.read
    entries = book.log.read(after, upto=seen, limit=READ) if after < seen else []
    events = (decode_event(entry.type, entry.body, entry.position) for entry in entries)
    heard = [(id, word, event) for event in events for id, word in words_of(event)]
    members = book.units.below(unit) if unit is not None else None
    standing = {each.finding.id: each for each in book.standings("id", sorted({id for id, _, _ in heard}))}
    read = entries[-1].position if entries else after
    return {
        **book.head(), "read": read, "more": bool(entries) and read < seen,
        "changes": [
            {"position": word.position, "type": kind, "finding": told(standing[id], book), **carried(event)}
            for id, word, event in heard
            if id in standing and (members is None or standing[id].finding.unit in members)
            for kind in kinds(word, standing[id])
        ],
    }  # fmt: skip


def sums(board: Answer) -> Answer:
    """What a board (an overview or a scoreboard) counts, and what comes due next: one snapshot of each kind."""
    totals = board.get("totals") or {
        "items": board["registered"], "findings": sum(rule["count"] for rule in board["findings_by_rule"]),
        **{name: board[name] for name in ("open", "late", "resolved", "closed")},
    }  # fmt: skip
    snapshots = {"counters": {"totals": totals}, "deadlines": {"due": board.get("due", board.get("due_soon"))}}
    return {"as_of": board["as_of"], "position": board["position"], "snapshots": snapshots}


def carried(event: AnyEvent) -> dict[str, str]:
    """What whoever reported it gave along, to follow it by."""
    given = {"correlationid": event.correlationid, "traceparent": event.traceparent}
    return {name: value for name, value in given.items() if value}


def kinds(word: Word, standing: StandingFinding) -> list[str]:
    """What one event did to a finding."""
    if word.step is not None:
        return [unversioned(word.step.type)]
    raised = {standing.raised_at, *(each.raised_at for each in standing.former)}
    told = ["finding.cleared"] if word.cleared else []
    if word.found is not None:
        told.append("finding.raised" if word.position in raised else "finding.evidence_added")
    return told
