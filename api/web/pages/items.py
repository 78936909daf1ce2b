"""信访件, 信访事项 and single events."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, get_args

from litestar import Response, get
from litestar.params import FromPath, FromQuery, PathParameter, QueryParameter

from api.asked import known_unit, read_date, read_month, read_month_or_day
from api.ports import Asks
from api.problems import bad_value, cursor_read, found
from api.routes.petitions import Only, Stands
from api.web.figures import local_date
from api.web.page import Shown
from api.web.pictures import chain, repeats, strip
from api.web.reading import facts, fields, late_entry
from api.web.sheets import Sheet
from domain.petition.events import Channel, Purpose

PAGE = 50
ITEMS = {
    "no": "petition.no", "title": "petition.name", "state": "petition.state", "unit_name": "petition.unit",
    "registered_on": "petition.registered_on", "channel": "petition.channel", "purpose": "petition.purpose",
    "category": "petition.category", "place": "petition.place", "persons": "petition.persons",
    "repeat_number": "petition.repeat_number", "collective": "petition.collective", "due_on": "petition.due_on",
    "late": "petition.late",
}  # fmt: skip
EVENTS = {
    "position": "event.title", "time": "event.time", "recorded": "event.recorded", "unit_name": "event.unit",
    "actor_name": "event.actor", "type": "event.type", "sentence": "event.data",
}  # fmt: skip
ENVELOPE = ("type", "time", "recorded", "actor", "unit", "source")
LINES = {"name": "event.field", "value": "event.value"}
CLOCKS_OF_PETITIONER = ("K6", "K8")
ONLY = get_args(Only)
NAMED = {"state": get_args(Stands), "channel": get_args(Channel), "purpose": get_args(Purpose), "only": ONLY}
BESIDE = ("unit", "of", "registered_by", "place", "category", "purpose", "month", "closed")
"""What links from numbers ask for beside the fields that the form always has."""
From = Annotated[str | None, QueryParameter(name="from")]


@get(
    "/petitions",
    include_in_schema=False,
    sync_to_thread=True,
    also=("unit", "of", "registered_by", "purpose", "month", "closed"),
)
def petitions(
    page: Shown,
    questions: Asks,
    q: FromQuery[str] = "",
    petition_state: Annotated[str | None, QueryParameter(name="state")] = None,
    category: FromQuery[str | None] = None,
    place: FromQuery[str | None] = None,
    channel: FromQuery[str | None] = None,
    late: FromQuery[str | None] = None,
    only: FromQuery[str | None] = None,
    from_: From = None,
    to: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
) -> Response[str]:
    """Search; typing refreshes the rows only."""
    for name, known in NAMED.items():
        if (value := page.query.get(name)) and value not in known:
            raise bad_value(name, f"one of {', '.join(known)}")
    rest: dict[str, Any] = {
        name: known_unit(questions, page.query.get(name), page.moment, name) for name in ("unit", "registered_by", "of")
    }
    rest |= {
        "purpose": page.query.get("purpose") or None, "month": read_month(page.query.get("month"), "month"),
        "closed": read_month_or_day(page.query.get("closed"), "closed"),
    }  # fmt: skip
    with cursor_read(cursor):
        told = questions.search(
            q.strip(),
            state=petition_state or None,
            category=category or None,
            place=place or None,
            channel=channel or None,
            late=True if late in ("true", "1", "on") else None,
            only=only or None,
            from_=read_date(from_, "from"),
            to=read_date(to, "to"),
            **rest,
            limit=page.limit(PAGE),
            cursor=cursor or None,
            as_of=page.moment,
        )
    sheet = Sheet("items", ITEMS, told["petitions"])
    template = "_petitions.html" if page.fragment else "petitions.html"
    return page.show(template, told=told, only=dict.fromkeys(ONLY), beside=BESIDE, sheet=sheet)


@get("/petitions/{no:str}", include_in_schema=False, sync_to_thread=True)
def case(page: Shown, questions: Asks, no: FromPath[str]) -> Response[str]:
    """One item: where it stands, its clocks, its hands, who caused it, who answers."""
    told = found(questions.case(no, page.moment), f"item {no}")
    timeline = questions.timeline(no, page.moment)
    dossier = questions.dossier(no, page.moment) or {}
    happened = ({**e, "sentence": page.words.either(e["sentence"])} for e in (timeline or {}).get("events", ()))
    now = local_date(str(page.about or page.known or told["as_of"])) or date.max
    picture = strip(dossier.get("custody", []), told.get("deadlines", []), now)
    return page.show(
        "case.html",
        told=told,
        case=told,
        no=no,
        facts=facts(told, timeline),
        timeline=timeline,
        dossier=dossier,
        picture=picture,
        chain=chain(dossier.get("answers", [])),
        late_entry=late_entry,
        windows=CLOCKS_OF_PETITIONER,
        sheet=Sheet(f"item-{no}", EVENTS, happened),
    )


@get("/petitions/{no:str}/clocks/{clock:str}", include_in_schema=False, sync_to_thread=True)
def clock(page: Shown, questions: Asks, no: FromPath[str], clock: FromPath[str]) -> Response[str]:
    """How one deadline was counted, day by day."""
    name = f"petition:{no}:{clock}"
    told = found(questions.explain(name, page.moment), name)
    return page.show("_explained.html" if page.fragment else "clock.html", told=told, no=no, clock=clock)


@get("/matters/{no:str}", include_in_schema=False, sync_to_thread=True)
def matter(page: Shown, questions: Asks, no: FromPath[str]) -> Response[str]:
    """The first item, its repeats, the levels reached."""
    told = found(questions.matter(no, page.moment), f"matter {no}")
    cases = {case["no"]: case for case in told.get("petitions", ())}
    rows = [{"no": item, **cases.get(item, {})} for item in told["items"]]
    picture = repeats(told.get("petitions", ()), local_date(str(page.moment or told["as_of"])) or date.max)
    return page.show(
        "matter.html", told=told, matter=told, no=no, cases=cases, picture=picture,
        sheet=Sheet(f"matter-{no}", ITEMS, rows),
    )  # fmt: skip


@get("/events/{position:int}", include_in_schema=False, sync_to_thread=True)
def event(page: Shown, questions: Asks, position: Annotated[int, PathParameter(ge=0, le=2**63 - 1)]) -> Response[str]:
    """One event of the log, as evidence."""
    log = questions.log(max(position - 1, 0), 1, page.known)
    known = [e for e in log["events"] if e["position"] == position]
    shown = found(known[0] if known else None, f"event {position}")
    data, decided = fields(page, shown.get("data", {})), fields(page, shown.get("decided", {}))
    template = "_event.html" if page.fragment else "event.html"
    lines = (
        {"name": label, "value": text if isinstance(text, str) else "；".join(text)}
        for label, text in [
            *((page.words(f"event.{name}"), str(shown.get(name) or "")) for name in ENVELOPE),
            *data,
            *decided,
        ]
    )
    return page.show(
        template, told=log, event=shown, data=data, decided=decided,
        late=late_entry(shown), sheet=Sheet(f"event-{position}", LINES, lines),
    )  # fmt: skip


HANDLERS = [petitions, case, clock, matter, event]
