"""The rates counted anew from an exported log by DuckDB."""

from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import duckdb

ITEMS, ASKED = (Path(__file__).with_name(f"kpi_{name}.sql").read_text(encoding="utf-8") for name in ("items", "asked"))
COLUMNS = {"position": "BIGINT", "subject": "VARCHAR", "type": "VARCHAR", "version": "INTEGER", "time": "VARCHAR",
           "unit": "VARCHAR", "data": "JSON", "decided": "JSON"}  # fmt: skip
PARQUET = "position, subject, type, version, time, unit, data::JSON AS data, decided::JSON AS decided"
CONTRACT = (
    "timely_acceptance_bureau", "timely_acceptance_unit", "on_time_answer", "participation_bureau",
    "participation_unit", "satisfaction_bureau", "satisfaction_unit", "repeat_rate", "first_time_resolved",
)  # fmt: skip
"""The rates that contract.md 7 names."""

WORKDAYS = [
    day for number in range(7 * 365) if chinese_calendar.is_workday(day := date(2019, 1, 1) + timedelta(days=number))
]


class Exported:
    """A log that was exported as JSON lines, or as segments of Parquet."""

    def __init__(self, path: Path) -> None:
        self.db = duckdb.connect()
        if path.is_dir():
            self.db.execute(f"CREATE TABLE events AS SELECT {PARQUET} FROM read_parquet('{path}/events/*/*.parquet')")
        else:
            self.db.read_json(str(path), format="newline_delimited", columns=COLUMNS).to_table("events")
        self.db.execute("CREATE TABLE workdays AS SELECT unnest(?::DATE[]) AS day", [WORKDAYS])
        self.db.execute(ITEMS)

    def busiest(self, kind: str) -> list[str]:
        """Units of a kind, those that acted most first."""
        rows = self.db.execute(
            "SELECT unit FROM events JOIN (SELECT subject AS unit FROM events WHERE type = 'unit.established.v1' "
            "AND data->>'kind' = ?) USING (unit) GROUP BY unit ORDER BY count(*) DESC, unit",
            [kind],
        )
        return [unit for (unit,) in rows.fetchall()]

    def kpis(self, unit: str, from_: date, to: date, today: date) -> dict[str, tuple[set[str], set[str]]]:
        """Numerator and denominator of each rate, as item numbers."""
        asked = {"unit": unit, "from": from_, "to": to, "today": today}
        counted: dict[str, tuple[set[str], set[str]]] = {name: (set(), set()) for name in CONTRACT}
        for kpi, no, good in self.db.execute(ASKED, asked).fetchall():
            numerator, denominator = counted[kpi]
            assert no not in denominator, f"{no} counts twice in {kpi}"
            denominator.add(no)
            if good:
                numerator.add(no)
        return counted
