"""The log in XES (IEEE 1849): one trace an item, written as it is read, for process mining tools."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from pathlib import Path
from xml.sax.saxutils import quoteattr

from domain.calendar import Calendar
from domain.envelope import SHANGHAI
from infra.exporters.items import stretches
from infra.exporters.whole_file import afresh
from infra.log.port import Log
from projections.traces import Step, Told, Trace, Value, trace

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<global scope="trace"><string key="concept:name" value=""/></global>
<global scope="event"><string key="concept:name" value=""/>\
<date key="time:timestamp" value="1970-01-01T00:00:00+00:00"/>\
<string key="org:resource" value=""/><string key="lifecycle:transition" value="complete"/></global>
<classifier name="Activity" keys="concept:name"/>
<string key="lifecycle:model" value="standard"/>
"""
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML 1.0 document may hold, not even escaped."""


def export(log: Log, calendar: Calendar, path: Path, upto: int, progress: Callable[[int], None]) -> tuple[int, int]:
    """Writes the items as they stand at a position; answers (traces, events). Packed where the name ends in .gz."""
    traces = events = 0
    with afresh(path) as file:
        file.write(HEAD.encode())
        for stretch in stretches(log, upto):
            for each in stretch.items:
                if (told := trace(each, calendar)) is not None:
                    file.write(written(told).encode())
                    traces, events = traces + 1, events + len(told.steps)
            progress(stretch.upto)
        file.write(b"</log>\n")
    return traces, events


def written(told: Trace) -> str:
    """One trace as XML."""
    named = attributes({"concept:name": told.no, **told.item})
    return f"<trace>{''.join(named)}\n{''.join(map(_event, told.steps))}</trace>\n"


def _event(step: Step) -> str:
    group: Told = {"org:group": step.unit} if step.unit else {}
    named: Told = {
        "concept:name": step.activity, "time:timestamp": step.time, "org:resource": step.actor, **group,
        "lifecycle:transition": "complete", **step.more,
    }  # fmt: skip
    return f"<event>{''.join(attributes(named))}</event>\n"


def attributes(named: Told) -> Iterator[str]:
    """Each as an element of its type. A day is the first moment of that day in Asia/Shanghai: XES knows times only."""
    for name, value in named.items():
        kind, text = _typed(value)
        yield f'<{kind} key="{name}" value={text}/>'


def _typed(value: Value) -> tuple[str, str]:
    match value:
        case bool():
            return "boolean", '"true"' if value else '"false"'
        case int():
            return "int", f'"{value}"'
        case datetime():
            return "date", f'"{value.isoformat()}"'
        case date():
            return "date", f'"{datetime.combine(value, time.min, SHANGHAI).isoformat()}"'
        case _:
            return "string", quoteattr(NOT_IN_XML.sub("\ufffd", value), {"\n": "&#10;", "\t": "&#9;", "\r": "&#13;"})
