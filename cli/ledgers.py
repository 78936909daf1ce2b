"""Verbs that ask about everything that is no item: ledgers, duties, leaders, places, half years."""

from datetime import date
from typing import Annotated, Any

import typer

from cli.asking import asked, one_of, percent
from cli.options import Json, Store, Unit, argument, bitemporal, option, unit_argument, unit_option
from cli.screen import days, fail, headed, out, table, told
from cli.wiring import DEFAULT_STORE, System
from domain.moments import When
from domain.periods import half_year
from projections.duties import LONGEST
from projections.ledgers.kinds import LEDGERS, STATES

Answer = dict[str, Any]
From = Annotated[str | None, typer.Option("--from", help="First day.")]
To = Annotated[str | None, typer.Option("--to", help="Last day.")]


@bitemporal
def duties(
    unit: Annotated[str, unit_option("This unit and those below it.")],
    from_: Annotated[str, typer.Option("--from", help="First day.")],
    to: Annotated[str, typer.Option("--to", help=f"Last day, at most {LONGEST} days on.")],
    gaps: Annotated[bool, typer.Option("--gaps", help="Only what was missed.")] = False,
    store: Store = DEFAULT_STORE,
    when: When = None,
    as_json: Json = False,
) -> None:
    """Which duties were owed, done, missed, by unit and leader (Art 1, 3, 5, 7, 8, 14, 18)."""
    first, last = _year(from_, to)
    assert first
    assert last
    told(asked(store, lambda s: s.answers.duties(unit, first, last, gaps=gaps, as_of=when), unit), as_json, _duties)


def _year(from_: str | None, to: str | None) -> tuple[date | None, date | None]:
    """Both days or neither: the twelve months up to the newest event."""
    first, last = days(from_, to)
    if (first is None) is not (last is None):
        raise fail("--from and --to are given together, or both left out")
    if first and last and (last - first).days >= LONGEST:
        raise fail(f"--to {last} is more than {LONGEST} days after --from {first}")
    return first, last


def _duties(answer: Answer) -> None:
    total = answer["totals"]
    rows = (
        (one["unit_name"], f"{duty['rule']} {duty['name']['zh']}", duty["official_name"] or duty["body"], duty["owed"],
         duty["done"], duty["missed"], ", ".join(p["period"] for p in duty["periods"] if p["state"] == "missed"))
        for one in answer["units"] for duty in one["duties"]
    )  # fmt: skip
    title = f"{answer['unit']}, {answer['from']} to {answer['to']}: owed {total['owed']}, missed {total['missed']}"
    table(title, ("unit", "duty", "who", "owed", "done", "missed", "gaps"), rows)


@bitemporal
def record(
    official: Annotated[str, argument("The official, with or without official:.")],
    from_: From = None,
    to: To = None,
    store: Store = DEFAULT_STORE,
    when: When = None,
    as_json: Json = False,
) -> None:
    """A leader's record (实绩档案, Art 4): work done, what occurs and is resolved where he leads, what is found."""
    first, last = _year(from_, to)
    who = f"official:{official.removeprefix('official:')}"
    told(asked(store, lambda s: s.answers.record(who, first, last, when), who), as_json, _record)


def _record(answer: Answer) -> None:
    headed(answer["name"], f"  {answer['official']}, {answer['from']} to {answer['to']}")
    work, kept = answer["work"], answer["sponsorship"]
    table("信访工作开展 work done", ("what", "count", "of it"), (
        (name, number.get("count", number.get("owed")),
         ", ".join(f"{part} {value}" for part, value in number.items() if part not in ("count", "owed", "entries")))
        for name, number in work.items()
    ))  # fmt: skip
    table("领导包案 sponsorship", ("sponsored", "open", "all five kept", "resolved"),
          [[kept[name] for name in ("sponsored", "open", "all_five_kept", "resolved")]])  # fmt: skip
    pairs = zip(answer["occurrence"], answer["resolution"], strict=True)
    table("信访发生占比、化解 occurrence and resolution",
          ("unit", "role", "items", "of", "share", "closed", "resolved", "dissatisfied", "late"),
          ((o["unit_name"], o["role"], o["items"], o["of"], percent(o["share"]), r["closed"], r["resolved"],
            r["dissatisfied"], r["late"]) for o, r in pairs))  # fmt: skip
    found = answer["findings"]
    table("谁担责 findings (proposed by rules)", ("id", "name", "since", "state", "responsibility"),
          ((f["id"], f["name"]["zh"], f["since"], f["state"], f["responsibility"])
           for f in found["proposed_to_answer"]))  # fmt: skip
    table("责任认定 decided by humans", ("id", "on", "responsibility", "measure", "by"),
          ((f["id"], f["on"], f["responsibility"], f["measure"], f["by"]) for f in found["decided"]))  # fmt: skip


@bitemporal
def three_none(
    unit: Annotated[str | None, unit_option("Places of its division.")] = None,
    from_: From = None,
    to: To = None,
    store: Store = DEFAULT_STORE,
    when: When = None,
    as_json: Json = False,
) -> None:
    """Where was none of the three (三无, Art 12), by township and village, beside findings and outcomes."""
    first, last = _year(from_, to)
    answer = asked(store, lambda s: s.answers.three_none(unit, first, last, when), unit or "the record")
    told(answer, as_json, _three_none)


def _three_none(answer: Answer) -> None:
    names = [name["zh"] for name in answer["indicators"].values()]
    rows = (
        (p["place"], p["name"], *(i["count"] for i in p["indicators"].values()), "三无" if p["three_none"] else "",
         p["findings"]["A"], p["findings"]["B"], *p["outcomes"].values())
        for p in answer["places"]
    )  # fmt: skip
    columns = ("place", "name", *names, "", "A 引发", "B 化解不力", "items", "resolved", "dissatisfied", "late")
    table(f"{answer['from']} to {answer['to']}", columns, rows)
    out.print(answer["caution"]["zh"])


@bitemporal
def evaluate(
    unit: Annotated[str, unit_argument("The unit; what is below it counts in.")],
    period: Annotated[str, typer.Argument(help="A half year, as 2020H1.")],
    store: Store = DEFAULT_STORE,
    when: When = None,
    as_json: Json = False,
) -> None:
    """How a unit's half year scores (半年评价, Art 18), line by line, beside findings and outcomes."""
    half = half_year(period)
    if half is None:
        raise fail(f"{period!r} is no half year, as 2020H1 is")
    told(asked(store, lambda s: s.answers.evaluation(unit, half, when), unit), as_json, _evaluation)


def _evaluation(answer: Answer) -> None:
    for line in answer["lines"]:
        out.print(line["explained"]["zh"])
    listed = f", below {answer['list_below']}: listing is proposed" if answer["listing_proposed"] else ""
    headed(answer["unit_name"], f" {answer['period']}: {answer['score']} of {answer['of']}{listed}")
    recorded = answer["recorded"]
    out.print(f"recorded: {recorded['state'] + ', score ' + str(recorded['score']) if recorded else 'nothing yet'}")
    for name in ("findings", "outcomes"):
        out.print(f"{name}: {', '.join(f'{what} {number}' for what, number in answer[name].items())}")
    out.print(answer["caution"]["zh"])


@bitemporal
def ledger(
    kind: Annotated[str, typer.Argument(help=f"One of {', '.join(LEDGERS)}.")],
    unit: Unit = None,
    leader: Annotated[str | None, option("--leader", "The official whose entries they are.")] = None,
    from_: From = None,
    to: To = None,
    state: Annotated[str | None, typer.Option("--state", help="A state of the ledger, or overdue.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=5000)] = 100,
    cursor: Annotated[str | None, typer.Option("--cursor", help="The next of the answer before.")] = None,
    store: Store = DEFAULT_STORE,
    when: When = None,
    as_json: Json = False,
) -> None:
    """What stands in a ledger (台账, Art 6, 8, 9, 11, 14, 17), newest first."""
    one_of(kind, "KIND", LEDGERS)
    one_of(state, "--state", (*STATES[kind], "overdue"))
    first, last = days(from_, to)
    wanted = {"unit": unit, "leader": leader, "from_": first, "to": last, "state": state, "limit": limit}

    def ask(system: System) -> Answer | None:
        try:
            return system.answers.ledger(kind, **wanted, cursor=cursor, as_of=when)
        except ValueError as error:
            raise fail(f"--cursor: {error}") from None

    told(asked(store, ask, _named(unit, leader)), as_json, _ledger)


def _named(*about: str | None) -> str:
    """Whom a question was about, for the sentence that nobody knows him."""
    return " or ".join(each for each in about if each)


COLUMNS = ("id", "state", "unit", "official", "opened", "due", "ended", "about")
SHOWN = frozenset({"id", "subject", "state", "unit", "unit_name", "official", "official_name", "opened_on", "due_on",
                   "ended_on", "overdue", "evidence", "item", "steps"})  # fmt: skip


def _ledger(answer: Answer) -> None:
    rows = (
        (e["id"], e["state"], e["unit_name"], e["official_name"] or e["official"], e["opened_on"], e.get("due_on"),
         e.get("ended_on"), about(e))
        for e in answer["entries"]
    )  # fmt: skip
    table(f"{answer['name']['zh']} {answer['name']['en']}: {answer['total']}", COLUMNS, rows)
    if answer["next"]:
        out.print(f"more: --cursor '{answer['next']}'")


def about(entry: Answer) -> str:
    """What the ledger keeps beside, and the steps of an item."""
    parts = [f"{name} {_short(value)}" for name, value in entry.items() if name not in SHOWN and value]
    return "; ".join(parts + [f"{step['clock']} {step['state']}" for step in entry.get("steps", ())])


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_short(each)}" for name, each in value.items() if each)
    return ", ".join(map(_short, value)) if isinstance(value, list | tuple) else str(value)
