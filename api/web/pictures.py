"""Where things lie in the drawings that the server makes (SVG): plain geometry, no words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from api.web.figures import local_date

WIDTH, GUTTER, ROW, TOP = 960.0, 168.0, 26.0, 22.0
MANY_DAYS = 3660


@dataclass
class Bar:
    """A stretch of days; `look` is its class in the style sheet."""

    x: float
    width: float
    look: str
    said: str


@dataclass
class Row:
    """One line of the strip; `holder` is the entry of the answer it draws."""

    y: float
    holder: dict[str, Any]
    kind: str
    bars: list[Bar] = field(default_factory=list)
    mark: float | None = None


@dataclass
class Strip:
    """Custody by unit above, clocks below, on one axis of days."""

    height: float
    rows: list[Row]
    ticks: list[tuple[float, str]]
    now: float | None
    width: float = WIDTH


def after(day: date, days: int = 1) -> date:
    """So many days later; the last day that there is, where these lie beyond it."""
    return day + timedelta(days=min(days, (date.max - day).days))


class _Axis:
    def __init__(self, first: date, last: date) -> None:
        self.first, self.last = first, max(last, after(first, 7))
        self._scale = (WIDTH - GUTTER - 8) / max((self.last - self.first).days, 1)

    def x(self, day: date) -> float:
        return round(GUTTER + (min(max(day, self.first), self.last) - self.first).days * self._scale, 1)

    def bar(self, begins: date, ends: date, look: str, said: str) -> Bar:
        x = self.x(begins)
        return Bar(x, max(round(self.x(ends) - x, 1), 3.0), look, said)

    def ticks(self) -> list[tuple[float, str]]:
        """The first of months; fewer where they would touch."""
        days = (self.last - self.first).days
        step = next(step for step, limit in ((1, 400), (3, 1200), (12, MANY_DAYS), (60, 10**9)) if days <= limit)
        months = range(self.first.year * 12 + self.first.month, self.last.year * 12 + self.last.month)
        firsts = [date(m // 12, m % 12 + 1, 1) for m in months if m % step == 0]
        return [(self.x(d), f"{d:%Y-%m}" if step < 12 else f"{d:%Y}") for d in firsts]


def strip(custody: Sequence[dict[str, Any]], deadlines: Sequence[dict[str, Any]], now: date) -> Strip | None:
    """The picture of one item, or None when nothing is dated."""
    held = [(c, d, local_date(c.get("until")) or now) for c in custody if (d := local_date(c.get("from")))]
    clocks = [
        (k, s, e) for k in deadlines if (s := local_date(k.get("starts_on"))) and (e := local_date(k.get("due_on")))
    ]
    if not held and not clocks:
        return None
    firsts = [begins for _, begins, _ in (*held, *clocks)]
    lasts = [ends for _, _, ends in (*held, *clocks)] + [d for k, _, _ in clocks if (d := local_date(k.get("met_on")))]
    axis = _Axis(min(firsts), max(lasts))
    rows: list[Row] = []
    by_unit: dict[Any, Row] = {}
    for entry, begins, ends in held:
        row = by_unit.get(entry.get("unit"))
        if row is None:
            row = by_unit[entry.get("unit")] = Row(TOP + ROW * len(rows), entry, "custody")
            rows.append(row)
        row.bars.append(axis.bar(begins, ends, "held", f"{begins} – {ends}"))
    for clock, begins, due in clocks:
        rows.append(_clock_row(axis, clock, begins, due, now, TOP + ROW * len(rows)))
    return Strip(TOP + ROW * len(rows) + 6, rows, axis.ticks(), axis.x(now) if now <= axis.last else None)


def _clock_row(axis: _Axis, clock: dict[str, Any], begins: date, due: date, now: date, y: float) -> Row:
    met = local_date(clock.get("met_on"))
    row = Row(y, clock, "clock", [axis.bar(begins, due, "allowed", f"{begins} – {due}")])
    if clock.get("missed"):
        over = met or now
        if over > due:
            row.bars.append(axis.bar(due, over, "over", f"{due} – {over}"))
    row.mark = axis.x(met) if met else None
    return row


def duty_calendar(duties: Sequence[dict[str, Any]], first: date, last: date) -> Strip:
    """Each duty a line, each of its periods a mark by how it stands: a year of a unit on one look."""
    axis, rows = _Axis(first, after(last)), []
    for number, duty in enumerate(duties):
        row = Row(TOP + ROW * number, duty, "duty")
        for period in duty["periods"]:
            begins, ends = date.fromisoformat(period["first"]), date.fromisoformat(period["last"])
            x, until = axis.x(begins), axis.x(after(ends))
            gap = 1.5 if until - x > 6 else 0.5
            row.bars.append(Bar(x, max(round(until - x - gap, 1), 1.2), period["state"], period["period"]))
        rows.append(row)
    return Strip(TOP + ROW * len(rows) + 6, rows, axis.ticks(), None)


@dataclass
class Lane(Row):
    """One item of a matter, from its registration until it was closed; `ups` are its visits to higher levels."""

    ups: list[tuple[float, dict[str, Any]]] = field(default_factory=list)


def repeats(items: Sequence[dict[str, Any]], now: date) -> Strip | None:
    """The items of a matter under one another, on one axis of days; None when nothing is dated."""
    known = [(each, begins, local_date(each.get("closed_on"))) for each in items
             if (begins := local_date(each.get("registered_on")))]  # fmt: skip
    if not known:
        return None
    went = [day for each in items for up in each.get("raised", ()) if (day := local_date(up["on"]))]
    axis = _Axis(min(begins for _, begins, _ in known), max([now, *went]))
    lanes: list[Row] = []
    for item, begins, closed in known:
        look = "met" if closed else "held"
        ups = [(axis.x(day), up) for up in item.get("raised", ()) if (day := local_date(up["on"]))]
        bar = axis.bar(begins, closed or now, look, f"{begins} – {closed or ''}")
        lanes.append(Lane(TOP + ROW * len(lanes), item, "item", [bar], ups=ups))
    return Strip(TOP + ROW * len(lanes) + 6, lanes, axis.ticks(), axis.x(now))


NODE, COLUMNS = 24.0, (0.0, 330.0, 690.0)
"""Height of a line, and where units, rules and persons begin."""


@dataclass
class Node:
    """One box of the chain; `about` is the entry of the answer it draws."""

    column: int
    x: float
    y: float
    height: float
    look: str
    about: dict[str, Any]


@dataclass
class Chain:
    """Who caused it and who handled it badly: from units over what tripped to persons."""

    height: float
    nodes: list[Node]
    lines: list[tuple[float, float, float, float, str]]
    width: float = WIDTH


def chain(findings: Sequence[dict[str, Any]]) -> Chain | None:
    """The picture of a dossier, those who caused it above; None where nothing was found."""
    nodes: list[Node] = []
    lines: list[tuple[float, float, float, float, str]] = []
    y = 8.0
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for each in sorted(findings, key=lambda each: (each.get("axis") or "Z", each["unit"], each["since"])):
        groups.setdefault((each.get("axis") or "D", each["unit"]), []).append(each)
    for (axis, _), found in groups.items():
        top = y
        for each in found:
            persons = each.get("answers") or [{}]
            nodes.append(Node(1, COLUMNS[1], y, NODE * len(persons) - 4, f"axis-{axis}", each))
            middle = y + (NODE * len(persons) - 4) / 2
            for person in persons:
                nodes.append(Node(2, COLUMNS[2], y, NODE - 4, f"resp-{person.get('responsibility')}", person))
                lines.append((COLUMNS[1] + 290, middle, COLUMNS[2], y + (NODE - 4) / 2, axis))
                y += NODE
            y += 4
        unit = Node(0, COLUMNS[0], top, y - top - 8, f"axis-{axis}", found[0])
        nodes.append(unit)
        rules = [node for node in nodes if node.column == 1 and top <= node.y < y]
        begin = COLUMNS[0] + 250, unit.y + unit.height / 2
        lines += [(*begin, COLUMNS[1], rule.y + rule.height / 2, axis) for rule in rules]
        y += 10
    return Chain(y, nodes, lines) if nodes else None
