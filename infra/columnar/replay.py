"""What the record says as of a position, told by the archive alone: each question is one SQL file beside this one.

Nothing is decided again: limits, first handlers and repeats are read as they were recorded. The law is asked only what
no event bears, on which days the rates count an item.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from importlib.resources import files
from itertools import compress
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from domain.codec import decode_event
from domain.rules.law import Rules
from domain.ruleset.decide import evolve
from infra.exporters import narrow_files
from infra.exporters.narrow import TABLES, schema
from infra.exporters.narrow_files import beside, parquet
from infra.exporters.segments import segments
from infra.log.port import StoreError
from infra.log.times import micros, of_micros
from projections.kpis import FORMULA, PARTS

ASKED = ("units", "deadlines", "states")
"""Made in this order: each asks those before it."""
LAW = pa.schema([(name, pa.date32()) for name in ("day", "accept_strict", "accept_due", "rating_ends")])
Row = dict[str, Any]


BIGINT = 2**63 - 1


class Archive:
    """An archive as of a position or a recorded time; all of it where neither is named. Raises `StoreError`.

    It is read on all cores, or on as many as `threads` says.
    """

    def __init__(
        self, folder: Path, shipped: Rules, as_of: int | datetime | None = None, *, threads: int | None = None
    ) -> None:
        if not (found := segments(folder / "events")):
            raise StoreError(f"{folder} holds no events of danze export parquet")
        self._db = duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False})
        if threads is not None:
            self._db.execute(f"SET threads = {threads}")
        # The joins stand in the order that is right for a log: few rows are sought among many.
        self._db.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
        try:
            self.position, self._recorded = self._end(found, as_of)
            self._narrow(found, "" if as_of is None else f"WHERE position <= {self.position}")
            for name in ASKED:
                self._db.execute(_text(name))
            self._law(shipped)
        except (duckdb.Error, pa.ArrowException, OSError, KeyError, ValueError) as error:
            raise StoreError(_unreadable(folder, found, error)) from None

    def _narrow(self, found: list[Path], upto: str) -> None:
        """The narrow tables; those that another danze wrote or that are broken are made of the events beside them."""
        usable = {name: [path for path in found if narrow_files.usable(beside(path, name), name)] for name in TABLES}
        lacking = {name: set(found) - set(paths) for name, paths in usable.items() if len(paths) < len(found)}
        for name in lacking:
            self._db.from_arrow(schema(name).empty_table()).create(f"{name}_made")
        for path in found:
            if names := [name for name, paths in lacking.items() if path in paths]:
                for tables in narrow_files.tables_of(path, names):
                    for name, table in tables.items():
                        self._db.from_arrow(table).insert_into(f"{name}_made")
        for name, paths in usable.items():
            read = [parquet([beside(path, name) for path in paths])] if paths else []
            made = [f"{name}_made"] if name in lacking else []
            parts = " UNION ALL ".join(f"FROM {each} {upto}" for each in read + made)
            self._db.execute(f"CREATE VIEW {name} AS {parts}")

    def _end(self, found: list[Path], as_of: int | datetime | None) -> tuple[int, int]:
        """The last position, and when it was recorded. Rows tell it: nothing checks what footers say of them."""
        position = recorded = 0
        for path in found if as_of is not None else found[-1:]:
            events = pq.ParquetFile(path).read(["position", "recorded"])
            told = [events["position"], events["recorded"].cast(pa.int64())]
            if as_of is not None:
                column, last = (0, min(as_of, BIGINT)) if isinstance(as_of, int) else (1, micros(as_of))
                told = [each.filter(pc.less_equal(told[column], last)) for each in told]
            position, recorded = (
                max(had, pc.max(each).as_py() or 0) for had, each in zip((position, recorded), told, strict=True)
            )
        if isinstance(as_of, int) and position < as_of:
            raise StoreError(f"the archive ends at position {position}, before {as_of}")
        return position, recorded

    def _law(self, shipped: Rules) -> None:
        """Of each day, what the law known at the position says of the days of the rates."""
        rules = shipped
        for type_, stored, position in self._sql("SELECT type, stored, position FROM laws ORDER BY position"):
            rules = evolve(rules, decode_event(type_, stored, position))
        asked = (
            "FROM (SELECT registered_on AS day FROM states UNION SELECT answered_on FROM states) WHERE day IS NOT NULL"
        )
        rows = [dict(zip(LAW.names, (day, *_days(day, rules)), strict=True)) for (day,) in self._sql(asked)]
        self._db.from_arrow(pa.Table.from_pylist(rows, LAW)).create("law")

    @property
    def moment(self) -> datetime:
        """When the last event was recorded."""
        return of_micros(self._recorded)

    def head(self) -> Row:
        """What every answer says about itself."""
        return {"as_of": self.moment.isoformat(), "position": self.position}

    def has(self, unit: str) -> bool:
        """Whether the unit is on record."""
        return bool(self._sql("FROM units WHERE unit = $1", [unit]))

    def states(self, unit: str | None = None) -> Row:
        """Every item, or those that a unit and all below it have."""
        asked = "FROM states WHERE $unit IS NULL OR unit IN (FROM below($unit)) ORDER BY no"
        return {**self.head(), "items": self._rows(asked, {"unit": unit})}

    def deadlines(self, unit: str | None = None, *, missed: bool = False) -> Row:
        """Every limit, or those that a unit and all below it owe; `missed`: only those that were."""
        asked = "FROM deadlines WHERE ($unit IS NULL OR owed_by IN (FROM below($unit))) AND (missed OR NOT $missed) "
        rows = self._rows(asked + "ORDER BY no, started, clock", {"unit": unit, "missed": missed})
        return {**self.head(), "deadlines": rows}

    def counters(self, by: str, *, unit: str | None = None, from_: date | None = None, to: date | None = None) -> Row:
        """Registrations and goings up, by one of `projections.counters.KEYS`."""
        rows = self._rows(_text("counters"), {"by": by, "unit": unit, "first": from_, "last": to})
        return {**self.head(), "by": by, "rows": rows}

    def kpi(self, unit: str, from_: date, to: date) -> Row:
        """The rates of a unit and all below it, both days included, each with its items."""
        asked = {"unit": unit, "first": from_, "last": to, "today": self.moment.date()}
        told = self._db.sql(_text("kpis"), params=asked).to_arrow_table()
        items = told["no"].to_pylist()
        rates = {name: _rate(items, told[name].combine_chunks(), parts) for name, parts in PARTS.items()}
        return {**self.head(), "formula_version": FORMULA, "unit": unit, "from": from_.isoformat(),
                "to": to.isoformat(), "kpis": rates}  # fmt: skip

    def _sql(self, query: str, given: Any = None) -> list[tuple[Any, ...]]:
        return self._db.execute(query, given).fetchall()

    def _rows(self, query: str, given: Row) -> list[Row]:
        found = self._db.execute(query, given)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _unreadable(folder: Path, found: list[Path], error: Exception) -> str:
    tables = (beside(path, name) for path in found for name in TABLES)
    broken = next((path for path in tables if path.exists() and not narrow_files.whole(path)), None)
    if broken is None:
        why = f"{type(error).__name__}: {error}".splitlines()[0]
        return f"{folder} is no archive of danze export parquet: {why}; danze verify --from names what is broken"
    return (
        f"narrow table {broken.parts[-3]} is broken ({broken.relative_to(folder)}): danze verify --from names the file "
        "too, and danze export parquet makes the table anew when this file is removed"
    )


def _text(name: str) -> str:
    return files(__package__).joinpath(f"{name}.sql").read_text(encoding="utf-8")


def _days(day: date, rules: Rules) -> tuple[date, date, date]:
    law = rules.on(day)
    accept = law.ending(day, law.parameters["accept_unit_days"])
    return accept.strict_on, accept.due_on, day + timedelta(days=law.parameters["rating_days"])


def _rate(items: list[str], in_it: pa.StructArray, parts: tuple[str, ...]) -> Row:
    """A rate as `danze kpi` tells it, from what each item is in."""
    counted = in_it.field("denominator")
    all_, good, *beside = (
        list(compress(items, pc.and_(counted, in_it.field(part)).to_pylist()))
        for part in ("denominator", "numerator", *parts)
    )
    return {
        "numerator": len(good), "denominator": len(all_), "rate": round(len(good) / len(all_), 4) if all_ else None,
        "numerator_items": good, "denominator_items": all_,
        **({"parts": {part: {"count": len(some), "items": some} for part, some in zip(parts, beside, strict=True)}}
           if parts else {}),
    }  # fmt: skip
