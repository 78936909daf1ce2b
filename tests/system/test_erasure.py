"""After `petitioner.forgotten` no store, export, refused action or earlier backup of the log holds a readable field."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pyarrow.parquet as pq
import pytest

from cli.wiring import System
from infra.log.port import StoreAway
from infra.log.urls import PostgresUrl, parse
from infra.vault.vault import Vault
from tests.system.command import Danze, action, city, registered

ASKED = {"name": "周小华", "phone": "13800001234", "text": "我家楼下乱收停车费"}
REPLY = {"text": "周小华您好：已责成物业退费"}
CLEAR = [text.encode() for text in (*ASKED.values(), *REPLY.values(), "周小华")]
X, Y = "person:x", "person:y"
LATER = "2020-04-13T09:00:00+08:00"


def answered(id: str, number: int, **more: Any) -> dict[str, Any]:
    data = {"outcome": "explained", "disposition": ["persuaded"], "basis": [], "immediate": True, "personal": REPLY}
    return action(id, "petition.answered", f"petition:P-{number}", LATER, {**data, **more}, unit="unit:bureau")


FORGOTTEN = action("F", "petitioner.forgotten", "petitioner:x", "2020-05-01T09:00:00+08:00", {"reason": "本人申请"})
TOLD = [
    *city(), registered(2, petitioners=[Y], personal=ASKED), registered(1, petitioners=[X], personal=ASKED),
    answered("a", 1),
]  # fmt: skip
REFUSED = [
    {**registered(1, petitioners=[X], personal=ASKED), "id": "again"},
    {**registered(3, petitioners=[X], personal=ASKED, colour="red"), "id": "unknown field"},
    answered("twice", 1), answered("unknown field too", 1, colour="red"),
]  # fmt: skip


@pytest.fixture
def danze(store_url: str, tmp_path: Path) -> Danze:
    danze = Danze(store_url, XDG_DATA_HOME=str(tmp_path / "share"))
    assert danze.emit(*TOLD) == {"recorded": 6, "duplicate": 0, "rejected": 0}
    assert danze.emit(*REFUSED) == {"recorded": 0, "duplicate": 0, "rejected": 4}
    return danze


@pytest.fixture
def system(danze: Danze, monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    monkeypatch.setenv("XDG_DATA_HOME", danze.environment["XDG_DATA_HOME"])
    with closing(System(danze.store, create=False)) as system:
        yield system


def exported(danze: Danze, folder: Path) -> list[bytes]:
    """Every export that danze makes, as what others would read in it."""
    folder.mkdir()
    for kind, name in (("jsonl", "l.jsonl"), ("xes", "l.xes.gz"), ("ocel", "l.json"), ("ocel", "l.sqlite")):
        assert danze("export", kind, folder / name).code == 0
    assert danze("export", "parquet", folder / "parquet").code == 0
    tables = [repr(pq.read_table(path).to_pylist()).encode() for path in sorted(folder.rglob("*.parquet"))]
    assert len(tables) > 1
    with gzip.open(folder / "l.xes.gz") as xes:
        return [*tables, xes.read(), *(path.read_bytes() for path in sorted(folder.glob("l.*")))]


def held(store_url: str) -> list[bytes]:
    """Every byte of the store that lies on a disk: its files, or the server's files of its tables and indexes."""
    place = parse(store_url)
    if not isinstance(place, PostgresUrl):
        return [path.read_bytes() for path in place.path.parent.glob(place.path.name + "*") if path.is_file()]
    with psycopg.connect(**place.connection(), autocommit=True) as server:  # type: ignore[arg-type]
        server.execute("CHECKPOINT")
        found = server.execute(
            "SELECT pg_read_binary_file(pg_relation_filepath(c.oid)) FROM pg_class c JOIN pg_namespace n "
            "ON n.oid = relnamespace WHERE relkind IN ('r', 'i', 't') AND nspname IN (%s, %s, %s)",
            (place.schema, place.beside("views"), place.beside("keys")),
        )
        return [content for (content,) in found]


def sealed_in(bodies: list[bytes]) -> list[dict[str, str]]:
    """What is sealed in stored events and in refused actions."""
    whole = [json.loads(body) for body in bodies]
    return [found for each in whole if (found := each.get("sealed") or each["data"].get("personal"))]


def bodies(system: System) -> list[bytes]:
    events = [entry.body for entry in system.log.read(0)]
    return events + [rejection.body for _, rejection, _ in system.log.rejected()]


def opened(vault: Vault, sealed: list[dict[str, str]], owner: str) -> list[dict[str, str] | None]:
    return [vault.open(each) for each in sealed if each["key"] == owner]


def test_all_that_was_said_by_or_to_a_person_is_under_that_persons_key(system: System) -> None:
    sealed = sealed_in(bodies(system))
    assert [each["key"] for each in sealed] == [Y, X, X, X, X, X, X]
    assert None not in opened(system.vault, sealed, X)


def test_after_forgetting_nothing_opens_and_the_log_still_holds(danze: Danze, system: System, tmp_path: Path) -> None:
    before = tmp_path / "backup.jsonl"
    danze("export", "jsonl", before)
    copies = sealed_in([json.dumps(json.loads(line)).encode() for line in before.read_bytes().splitlines()])
    assert danze.emit(FORGOTTEN)["recorded"] == 1
    sealed = sealed_in(bodies(system))
    assert opened(system.vault, sealed, X) == [None] * 6
    assert opened(system.vault, copies, X) == [None] * 2
    assert opened(system.vault, sealed, Y) == [ASKED]
    assert danze.events() == 7
    assert danze("verify", "--from", before, "--json").json["ok"]


def test_no_file_of_the_store_holds_the_persons_key_any_more(danze: Danze, system: System) -> None:
    wrapped = system.vault._store.wrapped([X])[X]
    others = system.vault._store.wrapped([Y])[Y]
    assert any(wrapped in content for content in held(danze.store))
    danze.emit(FORGOTTEN)
    after = held(danze.store)
    assert any(others in content for content in after), "we look in the right place"
    assert not any(wrapped in content for content in after)
    assert not [text.decode() for text in CLEAR for content in after if text in content]


def test_no_export_and_no_answer_shows_a_field(danze: Danze, tmp_path: Path) -> None:
    danze.emit(FORGOTTEN)
    questions = (("show", "petition:P-1"), ("timeline", "petition:P-1"), ("search", "停车"), ("dossier", "P-1"))
    answers = [danze(*question, "--json").out.encode() for question in questions]
    for content in (*exported(danze, tmp_path / "out"), *answers):
        assert not [text.decode() for text in CLEAR if text in content]


def test_a_key_store_that_was_copied_before_opens_nothing_without_the_old_master_key(
    danze: Danze, system: System, tmp_path: Path
) -> None:
    """The one thing that forgetting cannot reach; a rotation does, once the old master key is destroyed."""
    copy = system.vault._store.wrapped([X])[X]
    danze.emit(FORGOTTEN)
    assert system.vault._held.wrap.unwrapped(X, copy), "the present master key opens it"
    assert danze("keys", "rotate").code == 0
    from cryptography.exceptions import InvalidTag

    with pytest.raises(InvalidTag):
        system.vault._look().wrap.unwrapped(X, copy)


def test_a_restored_key_store_forgets_again(tmp_path: Path) -> None:
    """What the log says counts, at the next intake."""
    danze, keys = Danze(tmp_path / "danze.db"), tmp_path / "danze.db.keys"
    danze.emit(*TOLD)
    before = keys.read_bytes()
    danze.emit(FORGOTTEN)
    keys.write_bytes(before)
    danze.emit(registered(9))
    with closing(System(danze.store, create=False)) as system:
        assert opened(system.vault, sealed_in(bodies(system)), X) == [None] * 2


def test_a_key_that_was_out_of_reach_is_destroyed_before_anything_else_is_taken(system, monkeypatch) -> None:
    """As when the line is cut between the record and the keys: it is sent again, and is a duplicate."""
    intake, sent = system.intake(), json.dumps(FORGOTTEN).encode()
    with monkeypatch.context() as line:
        line.setattr(system.vault, "forget", _away)
        with pytest.raises(StoreAway):
            intake.take([sent])
    assert [each.outcome for each in intake.take([sent])] == ["duplicate"]
    assert opened(system.vault, sealed_in(bodies(system)), X) == [None] * 6


def _away(_: str) -> bool:
    raise StoreAway("the line is cut")


@pytest.mark.parametrize("name", ["person:\0", "person:\ud800", "petition:\0"])
def test_an_owner_that_no_store_could_keep_is_nobody(danze: Danze, system: System, name: str) -> None:
    broken = {**registered(7, petitioners=[name], colour="red"), "subject": name, "id": "broken"}
    assert danze.emit(json.dumps(broken).encode())["rejected"] == 1
    assert [each["key"] for each in sealed_in(bodies(system))][-1] == "rejected"
