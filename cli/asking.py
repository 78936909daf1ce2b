"""Verbs that ask: show, timeline, dossier, matter, findings, kpi, counters, search, explain."""

from collections.abc import Callable, Iterable
from typing import Annotated, Any, get_args

import typer

from cli.options import Json, OneUnit, Store, Unit, argument, bitemporal, option, unit_option
from cli.screen import days, fail, headed, out, table, told
from cli.wiring import DEFAULT_STORE, System, opened
from domain.moments import When
from domain.petition.item import State
from domain.vocabulary import RULE_IDS
from projections.counters import KEYS

Answer = dict[str, Any]
STATES = (*get_args(State), "open", "resolved")
No = Annotated[str, argument("The item's number, with or without petition:")]


def asked(store: str, question: Callable[[System], Answer | None], missing: str) -> Answer:
    with opened(store, create=False) as system:
        answer = question(system)
    if answer is None:
        raise fail(f"{missing} is not on record")
    return answer


def about(unit: str | None, when: When, question: Callable[[System], Answer]) -> Callable[[System], Answer]:
    """The question, unless it is about a unit that nobody has heard of: zeros would be mistaken for an answer."""

    def ask(system: System) -> Answer:
        answer = question(system)
        if unit is not None and all(each["unit"] != unit for each in system.answers.units(when)["units"]):
            raise fail(f"{unit} is not on record")
        return answer

    return ask


def one_of(value: str | None, option: str, known: Iterable[str]) -> None:
    if value is not None and value not in known:
        raise fail(f"{option}: {value!r} is none of {', '.join(known)}")


def number_of(text: str) -> str:
    return text.removeprefix("petition:")


@bitemporal
def show(
    subject: Annotated[str, argument("petition:NO, unit:CODE, or the id of a finding.")],
    store: Store = DEFAULT_STORE,
    when: When = None,
    as_json: Json = False,
) -> None:
    """What is on record about a subject (Art 13)."""
    kind = subject.partition(":")[0]
    if kind == "petition":
        told(asked(store, lambda s: s.answers.case(number_of(subject), when), subject), as_json, _case)
    elif kind == "unit":
        told(asked(store, lambda s: s.answers.scoreboard(subject, when), subject), as_json, _unit)
    elif kind[:1] in ("F", "D") and kind[1:].isdigit():
        told(asked(store, lambda s: s.answers.finding(subject, when), subject), as_json, _finding)
    else:
        raise fail(f"{subject!r} is no subject that can be shown; write petition:NO, unit:CODE or a finding's id")


def _case(case: Answer) -> None:
    headed(case["title"], f"  {case['subject']}")
    out.print(f"state {case['state']}, at {case['unit_name']} ({case['unit']}), handler {case['handler'] or '-'}")
    out.print(f"matter {case['matter']}, repeat {case['repeat_number']}, resolved {case['resolved']}")
    table(
        "deadlines", ("clock", "starts", "strict", "due", "met", "late", "owed by", "article"),
        ((d["clock"], d["starts_on"], d["strict_on"], d["due_on"], d["met_on"], "yes" if d["missed"] else "",
          d["owed_by_name"], d["article"]) for d in case["deadlines"]),
    )  # fmt: skip
    table("custody", ("from", "until", "unit", "official", "why"),
          ((c["from"], c["until"], c["unit"], c["official"], c["why"]) for c in case["custody"]))  # fmt: skip


def _unit(unit: Answer) -> None:
    headed(unit["name"], f"  {unit['unit']}")
    out.print(f"registered {unit['registered']}, open {unit['open']}, late {unit['late']}, resolved {unit['resolved']}")
    for name in ("duties", "supervision", "sponsorship", "disputes"):
        out.print(f"{name}: {', '.join(f'{what} {number}' for what, number in unit[name].items())}")
    table(
        "findings",
        ("rule", "name", "count"),
        ((r["rule"], r["name"]["zh"], r["count"]) for r in unit["findings_by_rule"]),
    )


def _finding(found: Answer) -> None:
    headed(f"{found['rule']} {found['name']['zh']}", f"  {found['id']}")
    for line in (found["text"]["zh"], found["text"]["en"]):
        out.print(line)
    table("law", ("article", "text"), ((law["article"], law.get("text", "")) for law in found["law"]))
    table("证据 evidence", ("#", "time", "what", "by"),
          ((e["position"], e["time"], e["sentence"]["zh"], e["actor_name"] or e["actor"])
           for e in found["events"]))  # fmt: skip
    table(f"当日任职 officials on {found['officials']['on']}", ("role", "official", "name"),
          ((o["role"], o["official"], o["name"]) for o in found["officials"]["roles"]))  # fmt: skip
    state = f"cleared at position {found['cleared_at']}" if found.get("cleared_at") else found["state"]
    table(f"认定 state: {state}", ("#", "on", "what", "by", "official", "responsibility", "measure", "reason"),
          ((s["position"], s["on"], s["type"].split(".")[1], s["actor"],
            *(s.get(key) for key in ("official", "responsibility", "measure", "reason")))
           for s in found["steps"]))  # fmt: skip
    _sentences(found["explained"])


def _sentences(answer: Answer) -> None:
    for line in (*answer["zh"], *answer["en"]):
        out.print(line)


@bitemporal
def timeline(
    subject: Annotated[str, argument("The item's number, or any subject: unit:CODE, conference:CODE.")],
    store: Store = DEFAULT_STORE,
    when: When = None,
    as_json: Json = False,
) -> None:
    """Everything that happened to an item, a unit or another subject, in order (Art 13, 21)."""
    told(asked(store, lambda s: s.answers.timeline(subject, when), subject), as_json, _timeline)


def _timeline(answer: Answer) -> None:
    rows = ((e["position"], e["time"], e["sentence"]["zh"], e.get("actor")) for e in answer["events"])
    table(answer["subject"], ("#", "time", "what", "by"), rows)


@bitemporal
def dossier(no: No, store: Store = DEFAULT_STORE, when: When = None, as_json: Json = False) -> None:
    """Who caused it, and who answers for it (谁引发、谁担责, Art 19)."""
    told(asked(store, lambda s: s.answers.dossier(number_of(no), when), no), as_json, _dossier)


def _dossier(answer: Answer) -> None:
    headed(answer["title"], f"  {answer['subject']}")
    table("谁引发 who caused it", ("unit", "ground", "decided on", "officials", "evidence"),
          ((c["unit_name"], c["ground"], c["decided_on"], ", ".join(c["officials"]), c["evidence"])
           for c in answer["caused_by"]))  # fmt: skip
    _findings({"findings": answer["answers"]})


@bitemporal
def matter(no: No, store: Store = DEFAULT_STORE, when: When = None, as_json: Json = False) -> None:
    """The first item, its repeats, the levels it reached (Art 10, 12)."""
    told(asked(store, lambda s: s.answers.matter(number_of(no), when), no), as_json, _matter)


def _matter(answer: Answer) -> None:
    out.print(
        f"first {answer['first']}, repeats {answer['repeats']}, first time resolved {answer['first_time_resolved']}"
    )
    table("items", ("no", "title", "state", "unit"),
          ((p["no"], p["title"], p["state"], p["unit_name"]) for p in answer["petitions"]))  # fmt: skip


@bitemporal
def findings(
    store: Store = DEFAULT_STORE,
    when: When = None,
    unit: Unit = None,
    rule: Annotated[str | None, option("--rule", "F01 … F24, D01 … D15.")] = None,
    subject: Annotated[str | None, option("--subject", "petition:NO")] = None,
    official: Annotated[str | None, option("--official", "Whom the finding would have answer.")] = None,
    as_json: Json = False,
) -> None:
    """Which rules tripped, against which unit, and who answers (Art 2, 7, 17, 19, 20)."""
    one_of(rule, "--rule", RULE_IDS)
    wanted = {"unit": unit, "rule": rule, "subject": subject, "official": official}
    told(
        asked(store, about(unit, when, lambda s: s.answers.findings(when, **wanted)), "the record"), as_json, _findings
    )


def _findings(answer: Answer) -> None:
    table(
        f"谁担责 findings: {len(answer['findings'])}", ("id", "name", "unit", "since", "late", "who answers"),
        ((f["id"], f["name"]["zh"], f["unit_name"], f["since"], f.get("late_by_days"),
          ", ".join(f"{a['name'] or a['official'] or '空缺'} ({a['responsibility']})" for a in f["answers"]))
         for f in answer["findings"]),
    )  # fmt: skip


@bitemporal
def kpi(
    unit: OneUnit,
    from_: Annotated[str, typer.Option("--from", help="First day.")],
    to: Annotated[str, typer.Option("--to", help="Last day.")],
    store: Store = DEFAULT_STORE,
    when: When = None,
    as_json: Json = False,
) -> None:
    """The rates, with numerators, denominators and the items behind them (Art 15, 16)."""
    first, last = days(from_, to)
    assert first
    assert last
    told(asked(store, about(unit, when, lambda s: s.answers.kpi(unit, first, last, when)), unit), as_json, _kpi)


def _kpi(answer: Answer) -> None:
    rows = ((name, k["numerator"], k["denominator"], percent(k["rate"])) for name, k in answer["kpis"].items())
    table(f"{answer['unit']}, {answer['from']} to {answer['to']}", ("rate", "numerator", "denominator", "%"), rows)
    parts = ((name, part, p["count"]) for name, k in answer["kpis"].items() for part, p in k.get("parts", {}).items())
    table("parts", ("rate", "part", "items"), parts)
    lasted = ((f"{name}, {unit} days", a[unit]["numerator"], a[unit]["denominator"], a[unit]["mean"])
              for name, a in answer["averages"].items() for unit in ("calendar", "working"))  # fmt: skip
    table("average days since registration", ("to", "days", "items", "mean"), lasted)
    for each in answer["not_computed"]:
        out.print(each["en"])


def percent(rate: float | None) -> str:
    return "-" if rate is None else f"{rate:.1%}"


@bitemporal
def counters(
    by: Annotated[str, typer.Option("--by", help=", ".join(KEYS) + ".")] = "month",
    unit: Annotated[str | None, unit_option("Registered by this unit or below.")] = None,
    from_: Annotated[str | None, typer.Option("--from", help="First day.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="Last day.")] = None,
    store: Store = DEFAULT_STORE,
    when: When = None,
    as_json: Json = False,
) -> None:
    """Registrations, first-time, repeat, skip-level, collective, raised above (Art 12, 18)."""
    one_of(by, "--by", KEYS)
    first, last = days(from_, to)
    ask = about(unit, when, lambda s: s.answers.counters(by=by, unit=unit, from_=first, to=last, as_of=when))
    told(asked(store, ask, "the record"), as_json, _counters)


def _counters(answer: Answer) -> None:
    names = [name for name in answer["rows"][0] if name not in ("key", "name")] if answer["rows"] else []
    table(f"by {answer['by']}", (answer["by"], *names), ((r["name"], *(r[n] for n in names)) for r in answer["rows"]))


@bitemporal
def search(
    q: Annotated[str, typer.Argument(help="Words of the title, or the beginning of a number.")] = "",
    unit: Unit = None,
    state: Annotated[str | None, typer.Option("--state")] = None,
    late: Annotated[bool | None, typer.Option("--late/--in-time")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000)] = 20,
    store: Store = DEFAULT_STORE,
    when: When = None,
    as_json: Json = False,
) -> None:
    """Find items."""
    one_of(state, "--state", STATES)
    ask = about(
        unit, when, lambda s: s.answers.search(q, unit=unit, state=state, late=late, limit=limit, as_of=when)
    )  # fmt: skip
    told(asked(store, ask, "the record"), as_json, _found)


def _found(answer: Answer) -> None:
    table(f"{answer['total']} items", ("no", "title", "state", "unit", "registered", "due"),
          ((p["no"], p["title"], p["state"], p["unit_name"], p["registered_on"], p["due_on"])
           for p in answer["petitions"]))  # fmt: skip


@bitemporal
def explain(
    id: Annotated[str, argument("A finding's id, petition:NO:K5, or petition:NO for all its clocks.")],
    store: Store = DEFAULT_STORE,
    when: When = None,
    as_json: Json = False,
) -> None:
    """Why a date is what it is, or why a finding stands: article, calendar, each day not counted."""
    told(asked(store, lambda s: s.answers.explain(id, when), id), as_json, _sentences)
