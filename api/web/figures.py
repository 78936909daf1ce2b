"""How numbers and times are written on pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from domain.envelope import SHANGHAI


def number(value: Any) -> str:
    """12,345; a dash for nothing."""
    return (
        f"{value:,}"
        if isinstance(value, int) and not isinstance(value, bool)
        else ("—" if value is None else str(value))
    )


def percent(kpi: dict[str, Any] | None) -> str:
    """One decimal, from the counts themselves; a dash where nothing is to be divided by."""
    if not kpi or not kpi.get("denominator"):
        return "—"
    return f"{100 * kpi['numerator'] / kpi['denominator']:.1f}%"


def share(kpi: dict[str, Any] | None) -> float:
    """0 to 100, for a bar."""
    return round(100 * kpi["numerator"] / kpi["denominator"], 2) if kpi and kpi.get("denominator") else 0.0


def moment(text: str | None) -> str:
    """2020-04-10 09:12 in Asia/Shanghai."""
    read = instant(text)
    return f"{read:%Y-%m-%d %H:%M}" if read else str(text or "")


def day(text: str | None) -> str:
    """The local date of a time, or the date itself."""
    if not text or len(text) == 10:
        return str(text or "")
    read = instant(text)
    return f"{read:%Y-%m-%d}" if read else text


def instant(text: str | None) -> datetime | None:
    """A time or a date of an answer, in Asia/Shanghai; None when it is neither."""
    if not text:
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read.replace(tzinfo=SHANGHAI) if read.tzinfo is None else read.astimezone(SHANGHAI)


def local_date(text: str | None) -> date | None:
    """The date on which something falls, or None."""
    read = instant(text)
    return read.date() if read else None
