"""`danze replay --ruleset`: which set is supposed, and how what comes out otherwise is shown."""

from collections import Counter
from datetime import date
from typing import Any

from msgspec.structs import replace

from cli.screen import out, table
from domain.rules.law import RuleSet, Supposed

Answer = dict[str, Any]
SHOWN = 20
"""Rows of each table on a screen; --json gives all."""


def supposed(law: RuleSet, since: date | None) -> Supposed:
    """A regulation holds on every day of the record, an overlay from its own day on; `since` says otherwise."""
    if law.overlay:
        return Supposed(law, since or law.from_)
    return Supposed(replace(law, until=None), since or date.min)


def shown(answer: Answer) -> None:
    """What comes out otherwise, on a screen."""
    if "note" in answer:
        out.print(answer["note"]["zh"] + "\n" + answer["note"]["en"])
    findings = answer["findings"]
    counted = {kind: len(rows) for kind, rows in findings.items()}
    out.print(
        f"findings: {counted['appear']} appear, {counted['vanish']} vanish, {counted['change']} change; "
        f"deadlines that move: {len(answer['deadlines'])}; refused: {len(answer['refused'])}"
    )
    table("by rule", ("rule", "appear", "vanish", "change"),
          ((rule, *(n[kind] for kind in findings)) for rule, n in answer["counts"]["by_rule"].items()))  # fmt: skip
    for kind, rows in findings.items():
        if rows:
            table(_title(kind, rows), ("id", "name", "unit", "since", "who answers", "why"), map(_row, rows[:SHOWN]))
    if moved := answer["deadlines"]:
        columns = ("subject", "clock", "from", "to", "owed_by_name")
        rows = ((*(row[name] for name in columns), _why(row)) for row in moved[:SHOWN])
        table(_title("deadlines", moved), ("subject", "clock", "from", "to", "owed by", "why"), rows)
    if refused := answer["refused"]:
        by = Counter((each["type"], each["message"]) for each in refused)
        table("would have been refused", ("type", "why", "times"), ((*key, n) for key, n in by.most_common(SHOWN)))


def _title(name: str, rows: list[Answer]) -> str:
    return f"{name}: {len(rows)}" + (f", the first {SHOWN} here, all with --json" if len(rows) > SHOWN else "")


def _row(row: Answer) -> tuple[Any, ...]:
    who = ", ".join(f"{a['name'] or a['official'] or '空缺'} ({a['responsibility']})" for a in row["answers"])
    changed = "; ".join(
        f"{name} {c['from']} → {c['to']}" for name, c in row.get("changed", {}).items() if name != "answers"
    )
    return row["id"], row["name"]["zh"], row["unit_name"], changed or row["since"], who, _why(row)


def _why(row: Answer) -> str:
    said = (f"{d['what']} {d.get('before')} → {d.get('after')}" for d in row["why"])
    articles = sorted({d["article"] for d in row["why"] if d.get("article")})
    return "; ".join(said) + (f" ({', '.join(articles)})" if articles else "")
