"""问责: which rules tripped, why one finding stands, and what a named human decides about it."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, get_args

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect

from api.asked import known_unit, official_id, read_date, unit_id
from api.ports import Answer, Asks, Questions, Takes
from api.problems import bad_value, cursor_read, found
from api.roles import reader_of
from api.web.page import Page, Shown
from api.web.sheets import Sheet
from api.web.words import rules
from domain.envelope import SHANGHAI
from domain.finding import events as e
from domain.finding.decide import OPEN_TO
from domain.reader import Reader
from domain.reporters import DECIDERS

PAGE, LONGEST = 100, 65_536
SOURCE = "/danze/dashboard"
STATES = ("proposed", "opened", "decided", "dismissed")
AXES = ("A", "B")
STEPS: dict[str, Any] = {
    "opened": e.FindingOpened, "decided": e.FindingDecided, "dismissed": e.FindingDismissed,
    "dissent_recorded": e.DissentRecorded, "appealed": e.FindingAppealed, "appeal_decided": e.AppealDecided,
}  # fmt: skip
"""What a human may do with a finding, by the last word of its type."""
CHOICES = {
    "responsibility": get_args(e.Responsibility), "measure": get_args(e.Measure),
    "outcome": ("upheld", "modified", "revoked"),
}  # fmt: skip
FINDINGS = {
    "id": "finding.id", "rule": "finding.rule", "name": "finding.name", "unit_name": "finding.unit",
    "subject": "finding.subject", "axis": "finding.axis", "ground": "finding.ground", "since": "finding.since",
    "late_by_days": "finding.days_late", "state": "finding.state", "answers": "finding.answers",
}  # fmt: skip


@get("/findings", include_in_schema=False, sync_to_thread=True)
def findings(
    page: Shown,
    questions: Asks,
    unit: FromQuery[str | None] = None,
    rule: FromQuery[str | None] = None,
    subject: FromQuery[str | None] = None,
    official: FromQuery[str | None] = None,
    axis: FromQuery[str | None] = None,
    standing: Annotated[str | None, QueryParameter(name="state")] = None,
    from_: Annotated[str | None, QueryParameter(name="from")] = None,
    to: FromQuery[str | None] = None,
    place: FromQuery[str | None] = None,
    division: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
) -> Response[str]:
    """Which rules tripped, and who answers."""
    for name, value, known in (("axis", axis, AXES), ("state", standing, STATES)):
        if value and value not in known:
            raise bad_value(name, f"one of {', '.join(known)}")
    if rule and rule not in rules():
        raise bad_value("rule", f"none of {', '.join(rules())}")
    asked = known_unit(questions, unit, page.moment)
    with cursor_read(cursor):
        told = questions.findings(
            page.moment,
            unit=asked,
            rule=rule or None,
            subject=subject or None,
            official=official_id(official),
            axis=axis or None,
            state=standing or None,
            from_=read_date(from_, "from"),
            to=read_date(to, "to"),
            place=place or None,
            division=division or None,
            limit=page.limit(PAGE),
            cursor=cursor or None,
        )
    template = "_findings.html" if page.fragment else "findings.html"
    return page.show(template, told=told, rules=page.words.names("rule"), states=dict.fromkeys(STATES),
                     sheet=findings_sheet(page, told["findings"]))  # fmt: skip


def findings_sheet(page: Page, findings: list[dict[str, Any]]) -> Sheet:
    """Findings as a file, with who answers in words."""
    words = page.words
    told = (
        {
            **each,
            "name": words.term("rule", each["rule"]),
            "answers": "；".join(
                f"{a.get('name') or words('site.vacant')} {words.term('responsibility', a['responsibility'])}"
                for a in each["answers"]
            ),
        }
        for each in findings
    )
    return Sheet("findings", FINDINGS, told)


@get("/findings/{path:path}", include_in_schema=False, sync_to_thread=True)
def finding(
    request: Request[Any, Any, Any], page: Shown, questions: Asks, path: FromPath[str], recorded: FromQuery[int] = 0
) -> Response[str]:
    """Why one finding stands, who answers, on what evidence, and what humans made of it.

    An id may hold a slash: what a conference agreed has numbers like 2020-11/1.
    """
    name = path.removeprefix("/")
    shown = found(questions.finding(name, page.moment), f"finding {name}")
    return _whole(request, page, questions, shown, recorded=recorded)


def _whole(
    request: Request[Any, Any, Any], page: Page, questions: Asks, shown: Answer, recorded: int = 0,
    refused: Answer | None = None, form: Mapping[str, Any] | None = None,
) -> Response[str]:  # fmt: skip
    """The page of a finding; with the steps that may be taken, for whoever may take them."""
    of_subject = questions.findings(page.moment, subject=shown["subject"])["findings"]
    others = [f for f in of_subject if f["id"] != shown["id"]]
    reader = reader_of(request)
    allowed = not page.past and reader.role in DECIDERS
    return page.show(
        "finding.html", status=409 if refused else 200, told=shown, finding=shown, others=others, recorded=recorded,
        steps=_steps_open(shown) if allowed else [], choices=CHOICES, reader=reader, refused=refused, form=form or {},
        once=secrets.token_hex(12), persons=_persons(shown), sheet=findings_sheet(page, [shown, *others]),
    )  # fmt: skip


def _steps_open(finding: Answer) -> list[str]:
    """What may be done with a finding as it stands."""
    state = "appealed" if finding.get("appealed") else finding["state"]
    return [] if finding.get("cleared_at") else [step for step, fact in STEPS.items() if state in OPEN_TO[fact]]


def _persons(finding: Answer) -> dict[str, str]:
    """Who may be found to answer: those proposed first, then all who held a role that day."""
    held = [*finding["answers"], *finding["officials"]["roles"]]
    return {each["official"]: each.get("name") or each["official"] for each in held if each.get("official")}


@post("/decide/{path:path}", may=DECIDERS, include_in_schema=False, status_code=303, request_max_body_size=LONGEST)
async def decide(
    request: Request[Any, Any, Any], page: Shown, questions: Asks, intake: Takes, path: FromPath[str]
) -> Response[Any]:
    """Hands a step to the intake, as anybody else's report; where it is refused, says why beside the form."""
    name, form = path.removeprefix("/"), await request.form()
    shown = found(await asyncio.to_thread(questions.finding, name, None), f"finding {name}")
    action = _action(name, form, reader_of(request))
    position = await asyncio.to_thread(_recorded_before, questions, action)
    if position is None:
        (outcome,) = await asyncio.to_thread(intake.take, [json.dumps(action, ensure_ascii=False).encode()])
        if outcome["outcome"] == "rejected":
            why, page.path = outcome["rejection"], f"/findings/{name}"
            return await asyncio.to_thread(_whole, request, page, questions, shown, refused=why, form=dict(form))
        position = outcome["position"]
    return Redirect(page.link(f"/findings/{name}", recorded=position), status_code=303)


def _recorded_before(questions: Questions, action: Answer) -> int | None:
    """Where this very form was recorded. A second click comes a second later: to the intake it is another action."""
    steps = (questions.timeline(action["subject"]) or {"events": []})["events"]
    said = {name: value for name, value in action.items() if name not in {"specversion", "time"}}
    return next((each["position"] for each in steps if said.items() <= each.items()), None)


def _action(finding: str, form: Mapping[str, Any], reader: Reader) -> Answer:
    """The form as an action. Whoever is known acts under his own name; a form's id makes a second click a duplicate."""
    said = {name: str(value).strip() for name, value in form.items() if str(value).strip()}
    step = said.get("step", "")
    if step not in STEPS:
        raise bad_value("step", f"one of {', '.join(STEPS)}")
    unit = next(iter(reader.units), None) or unit_id(said.get("unit"))
    action = {
        "specversion": "1.0", "id": said.get("id", ""), "source": SOURCE, "type": f"finding.{step}.v1",
        "subject": finding, "time": datetime.now(SHANGHAI).isoformat(timespec="seconds"),
        "actor": reader.official or official_id(said.get("actor")) or "",
        "data": {name: said[name] for name in STEPS[step].__struct_fields__ if name in said},
    }  # fmt: skip
    return {**action, "unit": unit} if unit else action


HANDLERS = [findings, finding, decide]
