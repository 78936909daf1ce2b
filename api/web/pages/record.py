"""规则 and 审计: which rules hold, and whether the record is what was written."""

from __future__ import annotations

from typing import Annotated

from litestar import Response, get
from litestar.params import FromQuery, QueryParameter

from api.asked import read_date
from api.ports import Asks
from api.web.page import Shown
from api.web.sheets import Sheet

CLOCKS = {
    "id": "deadline.clock", "name": "finding.name", "days": "rules.days", "unit": "rules.unit",
    "article": "deadline.article", "ruleset": "rules.set",
}  # fmt: skip
SEALS = {
    "size": "audit.size", "at": "audit.at", "root": "audit.root", "origin": "audit.origin", "signed_by": "audit.by",
}  # fmt: skip


@get("/rules", include_in_schema=False, sync_to_thread=True)
def rules(page: Shown, questions: Asks, on: FromQuery[str | None] = None) -> Response[str]:
    """The rules of a day: limits, duties, what trips a finding, and the articles word for word."""
    told = questions.rules(read_date(on, "on"), page.moment)
    rows = ({**each, "name": each["zh" if page.language == "zh" else "en"]} for each in told["clocks"])
    return page.show("rules.html", told=told, sheet=Sheet(f"rules-{told['on']}", CLOCKS, rows))


@get("/audit", include_in_schema=False, sync_to_thread=True)
def audit(
    page: Shown, questions: Asks, event: Annotated[int | None, QueryParameter(le=2**63 - 1)] = None
) -> Response[str]:
    """Which history is vouched for, and the way to the proof of any event and to any day of the past."""
    told = questions.seals()
    proof = questions.proof(event) if event and event > 0 else None
    return page.show(
        "audit.html", told=told, event=event, proof=proof, sheet=Sheet("checkpoints", SEALS, told["checkpoints"])
    )


HANDLERS = [rules, audit]
