"""Verbs for whoever works on items: what comes due, what an item may repeat."""

from typing import Annotated, Any

import typer

from cli.asking import No, about, asked, number_of
from cli.options import Json, Store, bitemporal, option, unit_option
from cli.screen import headed, table, told
from cli.wiring import DEFAULT_STORE
from domain.moments import When

Answer = dict[str, Any]


@bitemporal
def due(
    unit: Annotated[str | None, unit_option("Owed by this unit or one below it.")] = None,
    handler: Annotated[str | None, option("--handler", "official:ID, who handles the item.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100_000, help="How many deadlines to list.")] = 50,
    store: Store = DEFAULT_STORE,
    when: When = None,
    as_json: Json = False,
) -> None:
    """What comes due and what is overdue: how much of each limit is used, by unit and handler (Art 15)."""
    question = about(unit, when, lambda s: s.answers.due(unit=unit, handler=handler, limit=limit, as_of=when))
    told(asked(store, question, "the record"), as_json, _due)


def _due(answer: Answer) -> None:
    steps = answer["warning_steps"]
    table(
        f"{answer['total']} running, {answer['missed']} missed",
        ("unit", "handler", "running", "missed", *(f"{step} %" for step in steps), "next"),
        ((g["unit_name"], g["handler_name"] or g["handler"], g["open"], g["missed"],
          *(g["warnings"][str(step)] for step in steps), g["next_due_on"]) for g in answer["groups"]),
    )  # fmt: skip
    table(
        "deadlines", ("due", "left", "used", "clock", "no", "title", "owed by"),
        ((d["due_on"], d["days_left"], f"{d['used_days']}/{d['total_days']} ({d['percent']} %)", d["clock"], d["no"],
          d["title"], d["owed_by_name"]) for d in answer["due"]),
    )  # fmt: skip


@bitemporal
def candidates(no: No, store: Store = DEFAULT_STORE, when: When = None, as_json: Json = False) -> None:
    """Earlier items that an item may repeat, and why (筛重); a human judges (Art 16)."""
    told(asked(store, lambda s: s.answers.candidates(number_of(no), when), no), as_json, _candidates)


def _candidates(answer: Answer) -> None:
    headed(answer["title"], f"  {answer['no']}, judged to repeat: {answer['judged'] or '-'}")
    table(
        "may repeat", ("no", "title", "registered", "why", "shared words", "to be judged"),
        ((c["no"], c["title"], c["registered_on"], "；".join(why["zh"] for why in c["why"]),
          " ".join(c["shared_terms"]), f"first {c['matter']}: {', '.join(c['basis'])}") for c in answer["candidates"]),
    )  # fmt: skip
