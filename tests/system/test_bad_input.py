"""What is no action is refused with a code, a sentence and a path, and kept; all others are taken all the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.system.command import Danze, beside, city, ndjson, registered

LATE = "2999-01-01T00:00:00+08:00"


def raw(text: str, by: str | bytes) -> bytes:
    """A registration in whose JSON something is replaced that json.dumps would not write."""
    new = by if isinstance(by, bytes) else by.encode()
    line = ndjson([registered(1)]).strip()
    assert text.encode() in line
    return line.replace(text.encode(), new)


def outside(**envelope: Any) -> dict[str, Any]:
    return {**registered(1), **envelope}


def without(name: str) -> dict[str, Any]:
    sent = registered(1)
    del (sent if name in sent else sent["data"])[name]
    return sent


BROKEN: dict[str, tuple[bytes | dict[str, Any], str, str]] = {
    "half a line": (ndjson([registered(1)])[:100], "malformed", "$"),
    "two on one line": (ndjson([registered(1)]).strip() * 2, "malformed", "$"),
    "no JSON": (b"hello", "malformed", "$"),
    "NaN": (raw('"persons": 1', '"persons": NaN'), "malformed", "$"),
    "a control character": (raw("小区", "小\x01区"), "malformed", "$"),
    "GBK": (ndjson([registered(1)]).strip().decode().encode("gbk"), "malformed", "$"),
    "UTF-16": (ndjson([registered(1)]).strip().decode().encode("utf-16"), "malformed", "$"),
    "a mark in the middle": (b"\xef\xbb\xbf" + ndjson([registered(1)]).strip(), "malformed", "$"),
    "a lone surrogate": (raw("小区", "\\ud800"), "malformed", "$"),
    "a lone surrogate outside": (raw('"/test"', '"\\ud800"'), "malformed", "$"),
    "nested data": (raw('"小区停车收费"', "[" * 100_000 + "]" * 100_000), "malformed", "$"),
    "nested origin": (raw('"title"', '"origin": ' + '{"a":' * 100_000 + "1" + "}" * 100_000), "malformed", "$"),
    "only brackets": (b"[" * 100_000, "malformed", "$"),
    "an array": (b"[]", "malformed", "$"),
    "nothing in it": ({}, "missing-field", "$.specversion"),
    "no time": (without("time"), "missing-field", "$.time"),
    "no title": (without("title"), "missing-field", "$.data.title"),
    "an unknown field outside": (outside(colour="red"), "unknown-field", "$.colour"),
    "an unknown field": (registered(1, colour="red"), "unknown-field", "$.data.colour"),
    "an unknown type": (outside(type="petition.lost.v1"), "unknown-type", "$.type"),
    "a type of the log's own": (outside(type="deadline.missed.v1"), "not-allowed", "$.type"),
    "another specversion": (outside(specversion="0.3"), "bad-value", "$.specversion"),
    "an empty id": (outside(id=""), "bad-value", "$.id"),
    "a long id": (outside(id="x" * 513), "bad-value", "$.id"),
    "a subject of another kind": (outside(subject="unit:x"), "bad-value", "$.subject"),
    "a subject without name": (outside(subject="petition:"), "bad-value", "$.subject"),
    "a unit that is none": (outside(unit="bureau"), "bad-value", "$.unit"),
    "a name for a person": (registered(1, petitioners=["李大山"]), "bad-value", "$.data.petitioners"),
    "number for text": (registered(1, title=5), "bad-value", "$.data.title"),
    "text for number": (registered(1, persons="6"), "bad-value", "$.data.persons"),
    "a fraction": (registered(1, persons=1.5), "bad-value", "$.data.persons"),
    "nobody": (registered(1, persons=0), "bad-value", "$.data.persons"),
    "more than SQLite counts": (registered(1, persons=2**64 - 1), "bad-value", "$.data.persons"),
    "more than PostgreSQL counts": (registered(1, persons=2**31), "bad-value", "$.data.persons"),
    "five thousand digits": (raw('"persons": 1', f'"persons": {"9" * 5000}'), "bad-value", "$.data.persons"),
    "a wrong enum": (registered(1, channel="pigeon"), "bad-value", "$.data.channel"),
    "NUL in a text": (registered(1, title="a\0b"), "bad-value", "$.data.title"),
    "NUL in a subject": (outside(subject="petition:a\0b"), "bad-value", "$.subject"),
    "no offset": (outside(time="2020-04-10T09:12:00"), "bad-value", "$.time"),
    "no offset in data": (registered(1, received_at="2020-04-10T09:12:00"), "bad-value", "$.data.received_at"),
    "a date for a time": (outside(time="2020-04-10"), "bad-value", "$.time"),
    "a number for a time": (outside(time=1586481120), "bad-value", "$.time"),
    "29 February 2021": (outside(time="2021-02-29T09:00:00+08:00"), "bad-value", "$.time"),
    "29 February 1900": (registered(1, report_by="1900-02-29"), "bad-value", "$.data.report_by"),
    "hour 24": (outside(time="2020-04-10T24:00:00+08:00"), "bad-value", "$.time"),
    "the year 1": (outside(time="0001-01-01T00:00:00+14:00"), "bad-value", "$.time"),
    "received then": (registered(1, received_at="0001-01-01T00:00:00+14:00"), "bad-value", "$.data.received_at"),
    "due in the year 9999": (registered(1, report_by="9999-12-31"), "bad-value", "$.data.report_by"),
    "in the future": (outside(time=LATE), "time-in-future", "$.time"),
    "at the end of time": (outside(time="9999-12-31T23:59:59-12:00"), "time-in-future", "$.time"),
}  # fmt: skip


def refusals(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


@pytest.mark.parametrize("mode", [(), ("--history",)], ids=["now", "history"])
def test_each_broken_line_has_its_code_and_path_and_all_others_are_taken(
    danze: Danze, tmp_path: Path, mode: tuple[str, ...]
) -> None:
    before, after = [*city(), registered(1000)], [registered(2000)]
    sent = ndjson([*before, *(line for line, _, _ in BROKEN.values()), *after])
    said = danze("emit", "-", "--json", "--rejected", tmp_path / "no.jsonl", *mode, sent=sent)
    assert said.code == 1
    assert said.json == {"recorded": len(before) + len(after), "duplicate": 0, "rejected": len(BROKEN)}
    found = {name: line["rejection"] for name, line in zip(BROKEN, refusals(tmp_path / "no.jsonl"), strict=True)}
    assert {name: (r["code"], r["path"]) for name, r in found.items()} == {
        name: (code, path) for name, (_, code, path) in BROKEN.items()
    }
    assert all(rejection["message"] for rejection in found.values())
    again = danze.emit(*before, *(line for line, _, _ in BROKEN.values()), *after, options=mode)
    assert again == {"recorded": 0, "duplicate": len(before) + len(after), "rejected": len(BROKEN)}
    assert danze("show", "petition:P-2000").code == 0
    assert danze.events() >= len(before) + len(after)


SECRETS = ("李大山", "13900000000", "蒸湘区红湘路1号")


def test_nothing_personal_of_a_refused_action_is_in_any_file_of_the_store(danze: Danze, store: Path) -> None:
    name, phone, address = SECRETS
    personal = {"name": name, "phone": phone, "address": address}
    fine = {**registered(1, personal=personal), "unit": "unit:none"}
    wrong = [
        fine,
        registered(2, personal=[name, phone, address]),
        registered(3, personal={**personal, "age": 50}),
        registered(4, name=name, phone=phone, address=address),
        registered(5, petitioners=[name], title=5, personal=personal),
        registered(6, petitioners=[name, phone]),
        {**registered(7), "personal": personal},
        {**registered(8), "data": [personal]},
        ndjson([registered(9, personal=personal)]).strip()[:-1],
        ndjson([registered(10, personal=personal)]).strip().decode().encode("utf-16"),
    ]
    assert danze.emit(*city(), *wrong) == {"recorded": 3, "duplicate": 0, "rejected": len(wrong)}
    for file in beside(store):
        held = file.read_bytes()
        for secret in SECRETS:
            for coding in ("utf-8", "utf-16-le", "utf-16-be"):
                assert secret.encode(coding) not in held, (file, secret, coding)
            assert json.dumps(secret).strip('"').encode() not in held, (file, secret)
