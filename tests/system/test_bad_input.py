"""What is no action is refused with a code, a sentence and a path, and kept; all others are taken all the same."""

from __future__ import annotations

import base64
import json
import os
import re
import resource
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from domain.envelope import CODES
from domain.rules import law
from domain.rules.law import content_hash
from infra.vault.vault import open_vault
from tests.patience import PATIENCE
from tests.system.command import Danze, action, beside, city, ndjson, registered

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
    "NUL in a field's name": (registered(1, **{"a\0b": 1}), "unknown-field", "$.data.a\\u0000b"),
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


def test_a_database_server_refuses_the_same(postgres_store_url: str, tmp_path: Path) -> None:
    sent = ndjson([*city(), *(line for line, _, _ in BROKEN.values())])
    said = Danze(postgres_store_url, XDG_DATA_HOME=str(tmp_path))("emit", "-", "--json", sent=sent)
    assert said.json == {"recorded": len(city()), "duplicate": 0, "rejected": len(BROKEN)}


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


def steps() -> list[tuple[dict[str, Any], str, str]]:
    """One action for each code that takes a history to earn, on `fine()`."""
    later = "2020-04-12T09:00:00+08:00"

    def step(id: str, type: str, subject: str, data: dict[str, Any], **more: Any) -> dict[str, Any]:
        return action(id, type, subject, later, data, **more)

    refer, accept = "petition.referred", "petition.accepted"
    return [
        (registered(1, title="另一件事"), "id-reused", "$.id"),
        ({**registered(1), "id": "again"}, "already-exists", "$.subject"),
        (step("a", refer, "petition:none", {"to_unit": "unit:organ"}), "unknown-subject", "$.subject"),
        (step("b", refer, "petition:P-1", {"to_unit": "unit:none"}), "unknown-subject", "$.data.to_unit"),
        (step("c", "petition.executed", "petition:P-1", {}), "not-in-this-state", "$.type"),
        (step("d", refer, "petition:P-2", {"to_unit": "unit:organ"}), "accused-organ", "$.data.to_unit"),
        (step("e", refer, "petition:P-2", {"to_unit": "unit:below"}), "accused-organ", "$.data.to_unit"),
        (
            step("f", accept, "petition:P-3", {"procedure": "ordinary", "handler": "official:accused"}),
            "conflicted-official", "$.data.handler",
        ),
        (step("g", "petition.not_accepted", "petition:P-1", {}), "ground-missing", "$.data.ground"),
        (
            {**step("h", refer, "petition:P-1", {"to_unit": "unit:organ"}), "time": "2020-04-01T09:00:00+08:00"},
            "before-previous", "$.time",
        ),
    ]  # fmt: skip


def fine() -> list[dict[str, Any]]:
    accused = {"purpose": "accusation", "about_unit": "unit:organ"}
    return [*city(), registered(1), registered(2, **accused), registered(3, about_official="official:accused")]


@pytest.mark.parametrize("mode", [(), ("--history",)], ids=["now", "history"])
def test_every_code_of_the_contract_is_reached(danze: Danze, tmp_path: Path, mode: tuple[str, ...]) -> None:
    danze.emit(*fine(), options=mode)
    refused = tmp_path / "no.jsonl"
    said = danze("emit", "-", "--rejected", refused, *mode, sent=ndjson(sent for sent, _, _ in steps()))
    assert said.code == 1
    found = refusals(refused)
    assert [(line["id"], line["rejection"]["code"], line["rejection"]["path"]) for line in found] == [
        (sent["id"], code, path) for sent, code, path in steps()
    ]
    reached = {code for _, code, _ in steps()} | {code for _, code, _ in BROKEN.values()}
    assert reached == set(CODES)


def test_a_refused_action_is_taken_once_it_is_mended(danze: Danze, tmp_path: Path) -> None:
    refused = tmp_path / "no.jsonl"
    sent = registered(1, persons="6", personal={"name": "李大山"})
    assert danze.emit(*city(), sent, options=["--rejected", str(refused)])["rejected"] == 1
    [mended] = refusals(refused)
    del mended["rejection"]
    assert mended == sent
    mended["data"]["persons"] = 6
    assert danze.emit(mended) == {"recorded": 1, "duplicate": 0, "rejected": 0}
    assert danze.emit(mended) == {"recorded": 0, "duplicate": 1, "rejected": 0}
    assert danze.events() == 4


def test_without_a_file_for_refusals_the_first_reason_is_told(danze: Danze) -> None:
    said = danze("emit", "-", "--json", sent=ndjson([*city(), registered(1, persons="6"), registered(2, colour="red")]))
    assert (said.code, said.json) == (1, {"recorded": 3, "duplicate": 0, "rejected": 2})
    assert "$.data.persons" in said.err
    assert "colour" not in said.err
    said = danze("emit", "-", sent=ndjson([registered(1, **{"\x1b]0;owned\x07": 1})]))
    assert "\\x1b]0;owned\\x07" in said.err
    assert said.err.strip().isprintable()


def test_fifty_megabytes_on_one_line_are_refused_and_kept(danze: Danze, store: Path, tmp_path: Path) -> None:
    file, refused = tmp_path / "long.jsonl", tmp_path / "no.jsonl"
    long = raw("小区停车收费", "长" * (50 * 2**20 // 3))
    file.write_bytes(ndjson([*city(), long, registered(2)]))
    said = danze("emit", file, "--json", "--rejected", refused)
    assert said.json == {"recorded": 4, "duplicate": 0, "rejected": 1}
    [line] = refusals(refused)
    assert (line["rejection"]["code"], line["rejection"]["path"]) == ("malformed", "$")
    assert {name: value for name, value in line.items() if name != "rejection"} == json.loads(long)
    assert store.stat().st_size > 50 * 2**20


def test_files_that_hold_nothing_to_take(danze: Danze, tmp_path: Path) -> None:
    nothing = {"recorded": 0, "duplicate": 0, "rejected": 0}
    for content in (b"", b"\n\n   \n\r\n\t\n", b"\xef\xbb\xbf"):
        assert danze.emit(content) == nothing
    file = tmp_path / "marked.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + ndjson(city()).replace(b"\n", b"\r\n").rstrip())
    assert danze("emit", file, "--json").json == {**nothing, "recorded": 3}
    assert danze.emit(file.read_bytes()) == {**nothing, "duplicate": 3}


def test_files_that_cannot_be_read_or_written_leave_no_store(danze: Danze, store: Path, tmp_path: Path) -> None:
    file, utf16 = tmp_path / "fine.jsonl", tmp_path / "utf16.jsonl"
    file.write_bytes(ndjson(city()))
    utf16.write_text(file.read_text(encoding="utf-8"), encoding="utf-16")
    danze("emit", tmp_path / "none.jsonl").refused("none.jsonl", "No such file")
    danze("emit", tmp_path).refused("directory")
    danze("emit", utf16).refused("UTF-16")
    danze("emit", "-", sent=utf16.read_bytes()).refused("UTF-16")
    danze("emit", file, "--rejected", tmp_path / "nowhere" / "no.jsonl").refused("no.jsonl", "No such file")
    danze("emit", file, "--rejected", file).refused("--rejected")
    danze("import", "messages", tmp_path / "none.csv").refused("none.csv")
    danze("import", "messages", utf16).refused("UTF-8")
    danze("import", "messages", file).refused("lacks the columns")
    danze("import", "messages", file, "--rejected", file).refused("--rejected")
    danze("import", "workorders", tmp_path).refused("directory")
    danze("simulate", "--days", "1", "--out", tmp_path / "nowhere" / "x").refused("No such file")
    assert file.read_bytes() == ndjson(city())
    assert beside(store) == []


def test_an_import_says_why_it_was_refused(danze: Danze, tmp_path: Path) -> None:
    file, refused = tmp_path / "mails.csv", tmp_path / "refused.jsonl"
    rows = (
        "message_id,user_id,title,posted_at,body",
        "m1,u1,停车,2020-04-10 09:00:00,",
        "m2,u2,停车,2090-04-10 09:00:00,",
    )
    file.write_text("\n".join(rows), encoding="utf-8")
    said = danze("import", "messages", file)
    assert (said.code, said.out) == (1, "recorded 2, duplicate 0, rejected 1\n")
    assert "2090-04-10T09:00:00+08:00 lies in the future (time-in-future at $.time)" in said.err
    assert danze("import", "messages", file, "--rejected", refused).err == ""
    (kept,) = map(json.loads, refused.read_text(encoding="utf-8").splitlines())
    assert (kept["id"], kept["rejection"]["code"]) == ("m2/registered", "time-in-future")


def test_the_store_is_never_overwritten_by_what_is_refused(danze: Danze, store: Path) -> None:
    danze.emit(*city())
    for file in beside(store):
        danze("emit", "-", "--rejected", file, sent=b"no JSON\n").refused("is the store itself, or belongs to it")
    assert danze.events() == 3


def test_no_verb_writes_over_a_store(danze: Danze, store: Path, tmp_path: Path) -> None:
    danze.emit(*city(), registered(1, personal={"name": "周小华"}))
    danze("seal")
    other = Danze(tmp_path / "other.db")
    other.emit(*city())
    held = {file: file.read_bytes() for file in beside(store) if file.is_file() and not file.name.endswith("-shm")}
    for file in (Path(f"{store}{what}") for what in ("", ".views", ".keys")):
        other("simulate", "--days", "1", "--out", file).refused("is a database, maybe a store")
        other("prove", "1", "--out", file).refused("is a database, maybe a store")
        for form in ("jsonl", "xes"):
            other("export", form, file).refused("is a database, maybe a store")
        other("emit", "-", "--rejected", file, sent=b"no action").refused("is a database, maybe a store")
    kept = (".master", ".sealkey", ".sealkey.next", ".seals/checkpoint", ".access", ".webhooks", "-wal", ".keys-shm")
    for file in (f"{store}{what}" for what in kept):
        danze("simulate", "--days", "1", "--out", file).refused("is the store itself, or belongs to it")
        danze("prove", "1", "--out", file).refused("is the store itself, or belongs to it")
        danze("export", "jsonl", file).refused("is the store itself, or belongs to it")
        danze("emit", "-", "--rejected", file, sent=b"no action").refused("is the store itself, or belongs to it")
    assert {file: file.read_bytes() for file in held} == held
    assert danze.events() == 4
    for _ in range(2):
        assert other("export", "ocel", tmp_path / "log.sqlite").code == 0, "its form is a database"


def test_what_does_not_fit_on_a_disk_leaves_the_file_that_was_there(danze: Danze, tmp_path: Path) -> None:
    file = tmp_path / "city.jsonl"
    file.write_bytes(b"of before\n")

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    danze("simulate", "--days", "30", "--scale", "0.05", "--out", file, preexec_fn=small).refused("File too large")
    assert (file.read_bytes(), list(tmp_path.glob("city*"))) == (b"of before\n", [file])


def test_a_device_is_written_into(danze: Danze, tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", list[bytes]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()  # it waits for ever for who never opens the pipe
    said = danze("simulate", "--days", "1", "--scale", "0.01", "--out", pipe)
    reader.join(PATIENCE)
    assert (said.code, [each[:14] for each in read], pipe.is_fifo()) == (0, [b'{"specversion"'], True)


def test_a_file_without_permission_is_a_sentence(danze: Danze, tmp_path: Path) -> None:
    file = tmp_path / "secret.jsonl"
    file.write_bytes(ndjson(city()))
    file.chmod(0)
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    danze("emit", file).refused("Permission denied")


NONSENSE: list[tuple[tuple[str, ...], str]] = [
    *((("findings", "--as-of", text), "--as-of") for text in ("", "soon", "2021-02-29", "2020-W01-1", "20200101")),
    (("findings", "--as-of", "2020-01-01T00:00:00"), "no offset"),
    (("findings", "--unit", "unit:none"), "unit:none is not on record"),
    (("findings", "--rule", "F99"), "F99"),
    (("show", "petition:none"), "petition:none is not on record"),
    (("show", "unit:none"), "unit:none is not on record"),
    (("show", "F04:petition:none:K5"), "is not on record"),
    (("show", "none"), "no subject"),
    (("timeline", "none"), "none is not on record"),
    (("matter", ""), "NO is empty"),
    (("dossier", "petition:none"), "petition:none is not on record"),
    (("explain", "petition:none:K5"), "is not on record"),
    (("kpi", "--unit", "unit:none", "--from", "2020-01-01", "--to", "2020-12-31"), "unit:none is not on record"),
    (("kpi", "--unit", "unit:organ", "--from", "2020-02-30", "--to", "2020-12-31"), "--from"),
    (("kpi", "--unit", "unit:organ", "--from", "2021-01-01", "--to", "2020-12-31"), "before --from"),
    (("counters", "--by", "colour"), "--by"),
    (("due", "--unit", "unit:none"), "unit:none is not on record"),
    (("candidates", "none"), "none is not on record"),
    (("search", "--state", "lost"), "--state"),
    (("tick", "--now", "soon"), "--now"),
    (("tick", "--now", "9999-12-31"), "future"),
    (("simulate", "--start", "9999-12-31"), "--start"),
]


def test_questions_that_make_no_sense_get_a_sentence(danze: Danze) -> None:
    danze.emit(*city())
    for question, words in NONSENSE:
        danze(*question).refused(words)
    for day in ("0001-01-01", "9999-12-31", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"):
        assert danze("findings", "--json", "--as-of", day).json["findings"] == []
        told = danze("due", "--json", "--as-of", day).json
        assert told["missed"] == (told["total"] if day[0] == "9" else 0)
    for words in ('"', "'", "*", "a AND OR NOT (", "\x01", "小 区"):
        assert danze("search", "--json", words).json["petitions"] == []


def adopted(name: str, content: str) -> dict[str, Any]:
    data = {"name": name, "from": "2019-06-01", "content": content, "content_hash": content_hash(content)}
    return action(f"adopt {name}", "ruleset.adopted", f"ruleset:{name}", "2019-06-01T09:00:00+08:00", data)


def test_a_rule_set_that_would_break_every_later_step_is_refused(danze: Danze, tmp_path: Path) -> None:
    shipped = (Path(law.__file__).parent / "cn-2022.toml").read_text(encoding="utf-8")
    huge = re.sub(r"\bdays = \d+", "days = 999999999", shipped).replace('name = "cn-2022"', 'name = "huge"', 1)
    deep = f'name = "deep"\nzh = {"[" * 5000}{"]" * 5000}'
    refused = tmp_path / "no.jsonl"
    sent = [adopted("huge", huge), adopted("deep", deep), adopted("none", "= ="), registered(1)]
    assert danze.emit(*city(), *sent, options=["--rejected", str(refused)]) == {
        "recorded": 4, "duplicate": 0, "rejected": 3
    }  # fmt: skip
    told = [(line["rejection"]["code"], line["rejection"]["path"]) for line in refusals(refused)]
    assert told == [("bad-value", "$.data.content")] * 3


def test_forgetting_reaches_back_and_never_forward(danze: Danze, store: Path) -> None:
    """In one batch: what the person sent before reads as erased, what the person sends later does not."""
    forgotten = action(
        "f", "petitioner.forgotten", "petitioner:x", "2020-05-01T09:00:00+08:00", {"reason": "asked for it"}
    )  # fmt: skip
    before, after = (registered(n, petitioners=["person:x"], personal={"name": "李大山"}) for n in (1, 2))
    assert danze.emit(*city(), before, forgotten, {**after, "time": "2020-06-01T09:00:00+08:00"})["recorded"] == 6
    vault = open_vault(str(store))
    with closing(sqlite3.connect(store)) as log:
        bodies = [json.loads(body) for (body,) in log.execute("SELECT state FROM stored_events ORDER BY rowid")]
    opened = [vault.open(body["data"]["personal"]) for body in bodies if "personal" in body["data"]]
    vault.close()
    assert opened == [None, {"name": "李大山"}]


def test_a_code_that_refuses_nothing_a_calendar_by_name_and_a_key_of_nought(danze: Danze, tmp_path: Path) -> None:
    danze.emit(*city())
    danze("resubmit", "--code", "nope").refused("--code: nothing is refused with nope", "before-previous")
    danze("calendar", "check", "cn-2005").refused("cn-2005: No such file")
    said = danze("calendar", "adopt", tmp_path / "none.toml")
    said.refused("No such file")
    assert "known by name" not in said.err
    nought = base64.b64encode(bytes(32)).decode()
    file = tmp_path / "one.jsonl"
    file.write_bytes(ndjson([registered(1)]))
    danze("emit", "--kafka", "127.0.0.1:9", "--intake-key", nought, file).refused("is no public key of an intake")
    danze("restore", tmp_path).refused("manifest.json is missing or damaged (No such file or directory)")
    Danze(danze.store, DANZE_TRUSTED_PROXIES="foo")("api").refused("DANZE_TRUSTED_PROXIES: 'foo'")


@pytest.mark.parametrize("number", ["  ", "x\ny", "trail ", "\u200b", "\u202eabc", "a\u3000b"])
def test_a_number_that_nobody_can_read_is_no_number(danze: Danze, tmp_path: Path, number: str) -> None:
    refused = tmp_path / "no.jsonl"
    one = {**registered(1), "subject": f"petition:{number}"}
    assert danze("emit", "-", "--json", "--rejected", refused, sent=ndjson([*city(), one])).json["rejected"] == 1
    [line] = refusals(refused)
    assert (line["rejection"]["code"], line["rejection"]["path"]) == ("bad-value", "$.subject")
