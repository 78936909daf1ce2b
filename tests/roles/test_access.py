"""The access log: who read what and who was turned away, sealed like the record, and what was done to it is found."""

import sqlite3
from contextlib import closing
from threading import Event, Thread

import msgspec
import pytest
from litestar.testing import TestClient
from prometheus_client import CollectorRegistry

from api.app import create_app
from cli.besides import Besides
from cli.running import Door
from cli.wiring import System, now
from domain.codec import encode
from domain.reader import PUBLIC, Reader
from infra.doors.access import WAITING, Accesses, access_log, access_seals, accesses_of
from infra.doors.doors import Doors
from infra.doors.tokens import Tokens
from infra.log.port import StoreAway
from infra.log.urls import parse
from infra.log.verify import verify
from infra.seals.audit import Sealed
from infra.watching import FailWatch
from tests.patience import PATIENCE, until
from tests.samples import *
from tests.system.command import Danze

AUDITOR = Reader("auditor", name="token:a1")
NAMED = raised(personal={"name": "王小明", "phone": "13800000000"})
STORY = [*CITY_UNITS, on("2020-04-10", NAMED), on("2020-04-13", refer()), on("2020-04-20", accept(), by=HOUSING)]


def told(url: str) -> list[dict]:
    """Every entry, as it is stored."""
    with closing(access_log(parse(url))) as log:
        return [msgspec.json.decode(entry.body) for entry in log.read(0)]


@pytest.fixture(autouse=True)
def seals_of_a_server_lie_here(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))


@pytest.fixture
def place(store_url):
    return parse(store_url)


@pytest.fixture
def many(place, store_url):
    """A hundred and twenty reads, sealed twice."""
    with accesses_of(place, now) as accesses:
        for number in range(120):
            accesses.read(AUDITOR, "GET /v1/petitions/{no}", {"no": str(number)})
            if number == 60:
                accesses.flush()
                accesses.seal()
    return store_url


def check(url: str) -> dict:
    with closing(access_log(parse(url))) as log:
        return verify(log, seals=Sealed(access_seals(parse(url))))


def test_an_entry_says_who_asked_what_and_when_and_nothing_of_the_answer(place, store_url):
    with accesses_of(place, now) as accesses:
        accesses.read(AUDITOR, "GET /v1/petitions/{no}", {"no": "1"})
    (entry,) = told(store_url)
    about = {"actor", "asked", "question", "reader", "role", "time", "times", "units"}
    assert entry.keys() - about == {"id", "recorded", "source", "subject", "type", "version"}
    assert (entry["reader"], entry["question"], entry["asked"]) == ("token:a1", "GET /v1/petitions/{no}", {"no": "1"})


def test_it_is_sound_and_sealed(many):
    answer = check(many)
    assert (answer["ok"], answer["events"]) == (True, 120)
    assert [seal.checkpoint.size for seal in access_seals(parse(many)).seals()] == [61, 120]


def test_two_servers_on_one_store_write_one_log(place, store_url):
    with accesses_of(place, now) as one, accesses_of(place, now) as other:
        for number in range(20):
            (one, other)[number % 2].personal(AUDITOR, "GET /v1/petitions/{no}/personal", {"no": str(number)})
    assert check(store_url)["events"] == 20
    assert [entry["version"] for entry in told(store_url)] == [*range(1, 21)]


def test_the_same_denial_again_is_one_entry_that_says_how_often(place, store_url):
    with accesses_of(place, now) as accesses:
        for _ in range(500):
            accesses.denied(PUBLIC, "GET", "/v1/petitions", "no-token")
        accesses.denied(PUBLIC, "GET", "/v1/units", "no-token")
        accesses.flush()
    assert sum(entry["times"] for entry in told(store_url)) == 501
    assert len(told(store_url)) < 10


def test_what_cannot_be_written_is_not_answered():
    def away():
        raise StoreAway("the server is away")

    accesses = Accesses(away, lambda _: None, now)
    with pytest.raises(StoreAway):
        accesses.personal(AUDITOR, "GET /v1/petitions/{no}/personal", {"no": "1"})
    for _ in range(WAITING):
        accesses.read(AUDITOR, "GET /v1/units", {})
    with pytest.raises(StoreAway, match="does not keep up"):
        accesses.read(AUDITOR, "GET /v1/units", {})
    accesses.close()


def test_who_flushes_waits_for_what_another_is_writing(place, store_url, monkeypatch):
    with accesses_of(place, now) as accesses:
        write, begun, go_on = accesses._write, Event(), Event()

        def slow(found):
            begun.set()
            assert go_on.wait(PATIENCE)
            write(found)

        monkeypatch.setattr(accesses, "_write", slow)
        accesses.read(AUDITOR, "GET /v1/units", {})
        writing, flushing = Thread(target=accesses.flush), Thread(target=accesses.flush)
        writing.start()
        assert begun.wait(PATIENCE)
        flushing.start()
        flushing.join(0.2)
        assert flushing.is_alive()
        go_on.set()
        flushing.join(PATIENCE)
        assert len(told(store_url)) == 1


def test_what_is_being_written_waits_until_it_is():
    begun, go_on = Event(), Event()

    def away():
        begun.set()
        assert go_on.wait(PATIENCE)
        raise StoreAway("the server is away")

    accesses = Accesses(away, lambda _: None, now)
    accesses.read(AUDITOR, "GET /v1/units", {})
    accesses.denied(PUBLIC, "GET", "/v1/units", "no-token")
    writing = Thread(target=accesses.close)
    writing.start()
    assert begun.wait(PATIENCE)
    for _ in range(WAITING - 1):
        accesses.read(AUDITOR, "GET /v1/units", {})
    with pytest.raises(StoreAway, match="does not keep up"):
        accesses.read(AUDITOR, "GET /v1/units", {})
    accesses.denied(PUBLIC, "GET", "/v1/units", "no-token")
    go_on.set()
    writing.join(PATIENCE)
    assert [each.times for each in accesses._denied.values()] == [2]
    assert len(accesses._waiting) == WAITING


@pytest.mark.parametrize("why", [OSError(28, "No space left on device"), RuntimeError("a fault of ours")])
def test_whatever_was_in_the_way_what_was_noted_waits_and_is_written(place, store_url, why):
    with accesses_of(place, now) as accesses:
        opened = accesses._open

        def full():
            accesses._open = opened
            raise why

        accesses._open = full
        accesses.read(AUDITOR, "GET /v1/units", {})
        accesses.denied(PUBLIC, "GET", "/v1/units", "no-token")
        with pytest.raises(type(why), match=str(why.args[-1])):
            accesses.flush()
    assert [entry["type"] for entry in told(store_url)] == ["access.denied.v1", "access.read.v1"]


def test_it_is_closed_whatever_its_end_meets(tmp_path, monkeypatch):
    monkeypatch.setenv("DANZE_ACCESS_SEALS", str(blocked := tmp_path / "seals"))
    blocked.write_text("no folder")
    url = f"sqlite:///{tmp_path}/danze.db"
    with accesses_of(parse(url), now) as accesses:
        accesses.read(AUDITOR, "GET /v1/units", {})
    assert not (tmp_path / "danze.db.access-wal").exists(), "it is open yet"
    assert len(told(url)) == 1


def test_seals_that_cannot_be_written_are_said_once_and_counted_and_reads_go_on(tmp_path, monkeypatch, capsys):
    """As `danze run` has it work: it ended for good, and after 50,000 reads nobody was answered any more."""
    monkeypatch.setenv("DANZE_ACCESS_SEALS", str(blocked := tmp_path / "seals"))
    blocked.write_text("no folder")
    url, registry, said = f"sqlite:///{tmp_path}/danze.db", CollectorRegistry(), list[str]()

    def failed(what: str) -> float:
        return registry.get_sample_value("danze_failures_total", {"what": what})

    def works_again() -> bool:
        said.extend(capsys.readouterr().err.splitlines())
        return len(said) > 1

    besides = Besides(Event(), FailWatch(registry))
    with accesses_of(parse(url), now) as accesses:
        besides.begin(0.02, access=accesses.flush, end=accesses.flush)
        besides.begin(0.02, access_seals=accesses.seal)
        with besides:
            accesses.read(AUDITOR, "GET /v1/petitions", {})
            until(lambda: failed("access_seals") > 2)
            accesses.read(AUDITOR, "GET /v1/units", {})
            until(lambda: len(told(url)) == 2)
            blocked.unlink()
            until(works_again)
    assert said == [
        f"danze: sealing the access log failed and is tried again: {blocked}: File exists",
        "danze: sealing the access log works again",
    ]
    assert failed("access") == 0
    assert check(url)["ok"]
    assert [seal.checkpoint.size for seal in access_seals(parse(url)).seals()][-1] == 2


# what was done to it


@pytest.fixture
def altered(tmp_path):
    """An SQLite access log with forty entries, sealed; something is done to its file."""
    url = f"sqlite:///{tmp_path}/danze.db"
    with accesses_of(parse(url), now) as accesses:
        for number in range(40):
            accesses.personal(AUDITOR, "GET /v1/petitions/{no}/personal", {"no": str(number)})
        accesses.seal()

    def doing(*statements: str) -> dict:
        with sqlite3.connect(tmp_path / "danze.db.access") as file:
            for statement in statements:
                file.execute(statement)
        return check(url)

    return doing


ELSE = 'replace(CAST(state AS TEXT), \'"no":"16"\', \'"no":"99"\')'


@pytest.mark.parametrize(
    ("done", "bad"),
    [
        ((f"UPDATE stored_events SET state = CAST({ELSE} AS BLOB) WHERE rowid = 17",), 17),
        (("UPDATE stored_events SET recorded = recorded + 1 WHERE rowid = 5",), 5),
        (("DELETE FROM stored_events WHERE rowid = 9",), 9),
        (("DELETE FROM stored_events WHERE rowid > 30",), 31),
        (("DELETE FROM stored_events",), 1),
    ],
    ids=["changed", "dated otherwise", "removed", "cut", "emptied"],
)
def test_what_was_changed_removed_or_cut_is_found(altered, done, bad):
    assert altered()["ok"]
    answer = altered(*done)
    assert (answer["ok"], answer["first_bad"]["position"]) == (False, bad)


def test_the_command_line_reads_and_verifies_it(tmp_path):
    danze = Danze(tmp_path / "danze.db")
    danze("access").refused("nobody asked")
    with accesses_of(parse(str(tmp_path / "danze.db")), now) as accesses:
        accesses.read(AUDITOR, "GET /v1/findings", {"unit": HOUSING})
        accesses.denied(PUBLIC, "GET", "/v1/petitions", "no-token")
    (denied,) = danze("access", "--kind", "denied", "--json").json["accesses"]
    assert (denied["role"], denied["question"], denied["why"]) == ("public", "GET /v1/petitions", "no-token")
    assert danze("verify", "--access", "--json").json["ok"]
    with sqlite3.connect(tmp_path / "danze.db.access") as file:
        file.execute("DELETE FROM stored_events WHERE rowid = 1")
    answer = danze("verify", "--access", "--json")
    assert (answer.code, answer.json["first_bad"]["position"]) == (1, 1)


def test_its_tiles_and_its_checkpoint_are_made_again(tmp_path):
    danze = Danze(tmp_path / "danze.db")
    danze("seal", "--access").refused("danze.db.access")
    with accesses_of(parse(str(danze.store)), now) as accesses:
        accesses.read(AUDITOR, "GET /v1/findings", {"unit": HOUSING})
    folder = access_seals(parse(str(danze.store))).path
    kept = {
        file: file.read_bytes() for file in [folder / "checkpoint", *(folder / "tile").rglob("*")] if file.is_file()
    }
    for file in kept:
        file.write_bytes(b"")
    assert danze("verify", "--access").code == 1
    answer = danze("seal", "--access", "--rebuild", "--json").json
    assert (answer["folder"], answer["checkpoint"].encode()) == (str(folder), kept[folder / "checkpoint"])
    assert {file: file.read_bytes() for file in kept} == kept
    assert danze("verify", "--access").code == 0
    assert not (tmp_path / "danze.db").exists(), "the record itself has nothing to do with it"
    danze("seal", "--access", "--follow").refused("leave --follow and --kafka out")


# over HTTP


@pytest.fixture
def served(tmp_path):
    """A system with an item of which personal fields are known, and its HTTP with the real access log."""
    url = f"sqlite:///{tmp_path}/danze.db"
    with closing(System(url)) as system, accesses_of(parse(url), now) as accesses:
        outcomes = system.intake(history=True).take([encode(action) for action in STORY])
        assert {each.outcome for each in outcomes} == {"recorded"}
        system.projector.catch_up()
        tokens = Tokens(tmp_path / "tokens")
        doors = Doors(tokens, None, accesses, open=False)
        app = create_app(system.answers, Door(system.intake(), system.answers), version="t", doors=doors)
        with TestClient(app) as client:

            def ask(path: str, role: str, *units: str) -> object:
                token, _ = tokens.issue(role, units, None, days=1, now=now())
                return client.get(path, headers={"authorization": f"Bearer {token}"})

            ask.url, ask.accesses, ask.system = url, accesses, system
            yield ask


def test_personal_fields_are_for_the_unit_that_handles_the_item_and_noted_first(served):
    (opened,) = served("/v1/petitions/1/personal", "clerk", HOUSING).json()["personal"]
    assert opened["fields"] == {"name": "王小明", "phone": "13800000000"}
    (entry,) = told(served.url)
    assert (entry["type"], entry["units"], entry["asked"]) == ("access.personal.v1", [HOUSING], {"no": "1"})
    assert "王小明" not in str(entry)
    assert served("/v1/petitions/1/personal", "clerk", BUREAU).status_code == 403
    assert served("/v1/petitions/1/personal", "auditor").status_code == 403


def test_personal_fields_are_not_opened_where_the_reading_cannot_be_written(served, monkeypatch):
    def away(*_):
        raise StoreAway("the access log is away")

    monkeypatch.setattr(served.accesses, "_write", away)
    answer = served("/v1/petitions/1/personal", "clerk", HOUSING)
    assert answer.status_code == 503
    assert "王小明" not in answer.text


def test_what_an_auditor_asks_and_whoever_is_turned_away_is_on_the_log(served):
    served("/v1/petitions/1?as_of=2020-05-01", "auditor")
    served("/v1/petitions/1", "clerk", HOUSING)
    served("/v1/petitions/1", "clerk", LABOUR)
    served("/v1/log", "producer", HOUSING)
    served("/v1/health", "auditor")
    for address, role in (("/metrics", "auditor"), ("/v1/metrics", "auditor"), ("/metrics", "producer")):
        assert served(address, role, *[] if role == "auditor" else ["unit:metrics"]).status_code == 200
    served.accesses.flush()
    found = {
        (entry["type"].split(".")[1], entry["role"], entry["question"], entry.get("why")) for entry in told(served.url)
    }
    assert found == {
        ("read", "auditor", "GET /v1/petitions/{no}", None), ("denied", "clerk", "GET /v1/petitions/1", "not-found"),
        ("denied", "producer", "GET /v1/log", "not-allowed"),
    }  # fmt: skip
    (read,) = (entry for entry in told(served.url) if entry["type"] == "access.read.v1")
    assert read["asked"] == {"no": "1", "as_of": "2020-05-01"}
