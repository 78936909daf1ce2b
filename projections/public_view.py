"""What a petitioner is told of his item by number and query code: the list of the rules of online handling, no more.

Registration, transfers, acceptance or refusal, other procedures, extensions, settlement, answer, review, re-review,
closing and final determination, each with its day; and his own ratings. No unit, official or finding is named, nothing
of supervision, sponsorship or repeats.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from domain.envelope import AnyEvent, day_of
from domain.fact import unversioned
from domain.petition.item import Item
from domain.rules.law import Rules

STEPS: dict[str, tuple[str, str]] = {
    "petition.registered": ("登记", "registered"), "petition.referred": ("转送", "transferred"),
    "petition.assigned": ("交办", "transferred, report asked for"), "petition.accepted": ("受理", "accepted"),
    "petition.not_accepted": ("不予受理", "not accepted"),
    "petition.no_longer_accepted": ("不再受理", "no longer accepted"),
    "petition.channelled": ("导入其他法定程序", "passed to another procedure"),
    "petition.extended": ("延长办理期限", "time extended"), "petition.mediated": ("调解、和解", "settled"),
    "petition.answered": ("作出处理意见", "answered"), "petition.review_requested": ("请求复查", "review requested"),
    "petition.review_answered": ("复查意见", "review answered"),
    "petition.rereview_requested": ("请求复核", "re-review requested"),
    "petition.rereview_answered": ("复核意见", "re-review answered"), "petition.closed": ("办结", "closed"),
    "petition.determined": ("审核认定办结", "finally determined"),
}  # fmt: skip
TARGETS = ("bureau", "unit")


def public_view(item: Item, events: Iterable[AnyEvent], rules: Rules, today: date) -> dict[str, Any]:
    """The steps in their order, and what he may still rate. Days are local ones."""
    kinds = ((event, unversioned(event.type)) for event in events)
    until = _rated_until(item, rules)
    open_ = until is not None and today <= until
    own = {target: (score, day) for target, score, day in item.ratings}
    return {
        "no": item.no,
        "steps": [
            {"step": kind, "zh": STEPS[kind][0], "en": STEPS[kind][1], "on": event.day.isoformat()}
            for event, kind in kinds if kind in STEPS
        ],
        "ratings": [
            {"target": target, "score": own[target][0] if target in own else None,
             "on": own[target][1].isoformat() if target in own else None,
             "open": open_ and target not in own, "until": until.isoformat() if until else None}
            for target in TARGETS
        ],
    }  # fmt: skip


def _rated_until(item: Item, rules: Rules) -> date | None:
    """The last day for rating: so many days after the answer (a parameter of the law of that day). A first-time item
    that was answered is rated, a repeat is not (SAT22 4).
    """
    if item.answered_at is None or item.first is not None or item.state == "channelled":
        return None
    answered = day_of(item.answered_at)
    return answered + timedelta(days=rules.on(answered).parameters["rating_days"])
