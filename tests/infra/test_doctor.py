"""The doctor says what to do: every finding names a verb that there is, or a section of the runbooks."""

import ast
import math
import os
import re
from datetime import UTC, datetime, timedelta

import pytest
from typer.main import get_command

from cli.variables import known
from cli.verbs import app
from cli.wiring import opened
from domain.reader import OPERATOR
from infra import doctor
from infra.log.port import HELD, StoreAway, StoreBroken, StoreDamaged, StoreError, StoreFull
from infra.log.times import of_micros
from infra.log.urls import parse
from infra.seals.keys import folder_of
from infra.seals.sealer import Folder, waits
from infra.views.behind import lacking
from infra.views.opened import ANEW
from infra.waiting import Waiting
from infra.webhooks.subscriptions import Wanted, subscriptions_of
from tests.system.command import Danze, action, city, ndjson, registered
from tests.test_architecture import ROOT

SOURCES = [ROOT / "infra/doctor.py", ROOT / "infra/kafka/doctor.py"]
VERBS = set(get_command(app).commands)  # type: ignore[attr-defined]
SECTIONS = {
    line[3:].lower().replace(" ", "-")
    for line in (ROOT / "docs/runbooks.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("## ")
}


def advice():
    """What is said to be done, wherever a check is made that may not be fine."""
    for source in SOURCES:
        for call in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "check":
                if isinstance(call.args[0], ast.Constant) and call.args[0].value == "fine":
                    continue
                named = [getattr(doctor, each.id, "") for each in ast.walk(call.args[3]) if isinstance(each, ast.Name)]
                said = [each.value for each in ast.walk(call.args[3]) if isinstance(each, ast.Constant)] + named
                yield f"{source.name}:{call.lineno}", " ".join(word for word in said if isinstance(word, str))


@pytest.mark.parametrize(("where", "said"), list(advice()))
def test_each_finding_names_a_verb_or_a_runbook(where, said):
    verbs, sections = re.findall(r"danze (\w+)", said), re.findall(r"docs/runbooks\.md#([\w-]+)", said)
    assert verbs or sections, where
    assert set(verbs) <= VERBS
    assert set(sections) <= SECTIONS


def test_a_log_that_nobody_seals_is_told_of_and_one_that_is_sealed_is_fine(tmp_path):
    danze = Danze(tmp_path / "danze.db")

    def seals():
        return next(each for each in danze("doctor", "--json").json["checks"] if each["what"] == "seals")

    danze.emit(*city())
    assert (seals()["level"], "danze seal --follow" in seals()["do"]) == ("look", True)
    danze("seal")
    assert (seals()["level"], seals()["found"]) == ("fine", "a checkpoint over all 3 events")
    danze.emit(registered(1))
    assert seals()["level"] == "fine", "it is of today"
    assert seals()["found"].startswith("1 of 4 events under no checkpoint, since ")


def test_who_watches_is_told_how_long_the_first_event_under_no_checkpoint_has_waited(tmp_path):
    danze = Danze(tmp_path / "danze.db")
    danze.emit(*city())
    danze("seal")
    with opened(danze.store) as system:
        here = Waiting()
        assert waits(system.log, system.seals, here, datetime(2020, 4, 11, tzinfo=UTC)) == 0.0
        danze.emit(registered(1))
        danze.emit(registered(2))
        (first,) = system.log.read(3, limit=1)
        recorded = of_micros(first.recorded)
        assert waits(system.log, system.seals, here, recorded) == 0.0
        assert waits(system.log, system.seals, here, recorded + timedelta(minutes=20)) == 1200.0
    danze("seal")
    folder = folder_of(parse(danze.store))
    with opened(f"sqlite:///{tmp_path}/other.db") as other:
        assert waits(other.log, Folder(folder), Waiting(), datetime(2020, 4, 11, tzinfo=UTC)) == math.inf, (
            "the log lost its end"
        )


def test_a_checkpoint_that_is_damaged_or_gone_is_made_again(tmp_path):
    """As a power cut leaves it: no backup is to be restored for it, and the log was sealed."""
    danze = Danze(tmp_path / "danze.db")
    danze.emit(*city())
    danze("seal")
    checkpoint = folder_of(parse(danze.store)) / "checkpoint"
    for left in ("", "no checkpoint\n"):
        checkpoint.write_text(left, encoding="utf-8")
        level, found, do = examined(danze, "seals")
        assert (level, "makes it again of seals.jsonl" in found) == ("broken", True)
        assert do == "danze seal --rebuild; docs/runbooks.md#nothing-is-sealed, step 3"
        assert danze("seal", "--rebuild").code == 0
    checkpoint.unlink()
    assert examined(danze, "seals") == (
        "look", f"{checkpoint} is missing; danze seal makes it again of seals.jsonl", doctor.UNSEALED,
    )  # fmt: skip
    danze("seal")
    assert examined(danze, "seals") == ("fine", "a checkpoint over all 3 events", "")


def test_a_log_that_lost_its_end_is_a_matter_for_verify(tmp_path):
    danze, grown = Danze(tmp_path / "danze.db"), Danze(tmp_path / "grown.db")
    danze.emit(*city())
    grown.emit(*city(), registered(1))
    grown("seal")
    folder_of(parse(grown.store)).rename(folder_of(parse(danze.store)))
    assert examined(danze, "seals") == ("broken", "4 events were sealed: the log lost its end", doctor.UNSOUND)


def test_a_store_with_much_to_look_at_is_told_what_to_do(tmp_path):
    danze = Danze(tmp_path / "danze.db")
    assert danze("doctor", "--json").code == 2, "there is no store yet"
    danze.emit(*city(), registered(1), registered(1, title="another title"), registered(2, colour="red"))
    danze.emit(action("Z", "petition.closed", "petition:P-9", "2020-04-11T09:00:00+08:00", {}))
    checks = danze("doctor", "--json").json["checks"]
    to_do = {each["what"]: each["do"] for each in checks if each["level"] != "fine"}
    assert {"refused actions", "units", "clock"} <= set(to_do)
    assert all(to_do.values())
    assert "danze resubmit" in to_do["refused actions"]


def examined(danze, what):
    """What the doctor says of something: (level, found, what to do), or None."""
    told = [each for each in danze("doctor", "--json").json["checks"] if each["what"] == what]
    return (told[0]["level"], told[0]["found"], told[0]["do"]) if told else None


def test_who_watches_is_told_how_long_the_first_event_that_the_read_models_lack_has_waited(tmp_path):
    danze = Danze(tmp_path / "danze.db")
    danze.emit(*city())
    with opened(danze.store) as system:
        here = Waiting()
        assert lacking(system.log, system.views, here, datetime(2020, 4, 11, tzinfo=UTC)) == 0.0
        system.intake().take([registered_line(1)])
        (first,) = system.log.read(3, limit=1)
        recorded = of_micros(first.recorded)
        assert lacking(system.log, system.views, here, recorded) == 0.0
        assert lacking(system.log, system.views, here, recorded + timedelta(minutes=20)) == 1200.0


def test_a_past_that_is_imported_has_not_waited_for_years(tmp_path):
    today, lacks, seals = datetime(2026, 11, 27, tzinfo=UTC), Waiting(), Waiting()
    with opened(f"sqlite:///{tmp_path}/danze.db") as system:
        assert lacking(system.log, system.views, lacks, today) == 0.0
        system.intake(history=True).take([*ndjson(city()).splitlines(), registered_line(1)])
        (*_, last) = system.log.read(0)
        assert of_micros(last.recorded).year == 2020
        for seconds, waited in ((60, 0.0), (90, 30.0)):
            moment = today + timedelta(seconds=seconds)
            assert lacking(system.log, system.views, lacks, moment) == waited
            assert waits(system.log, system.seals, seals, moment) == waited


def registered_line(n):
    return ndjson([registered(n)]).strip()


def test_a_record_that_nobody_goes_on_with_is_said_to_end(tmp_path):
    danze = Danze(tmp_path / "danze.db")
    danze("emit", "--history", "-", sent=ndjson([*city(), registered(1)]))
    level, found, do = examined(danze, "clock")
    assert (level, "danze clock" in do, "nothing, where the record is to end there" in do) == ("look", True, True)
    assert re.fullmatch(r"the record ends on 2020-04-\d\d: .*, and \d+ deadlines passed unrecorded", found)
    level, found, _ = examined(danze, "calendars")
    assert (level, str(datetime.now(UTC).year + 1) in found) in {("look", True), ("fine", True)}
    danze.emit({**registered(2), "time": datetime.now(UTC).isoformat()})
    level, found, do = examined(danze, "clock")
    assert re.fullmatch(
        r"\d+ deadlines passed unrecorded, the first on 2020-.*: what units owed since was not .*", found
    )
    assert (level, do[:11]) == ("look", "danze clock")
    ticked = danze("tick", "--json").json
    assert sum(ticked["kinds"].values()) == ticked["missed"] > 0
    assert examined(danze, "clock") == ("fine", "nothing passed unrecorded", "")


def test_a_master_key_that_is_not_there_or_does_not_fit_is_told_of(tmp_path):
    danze = Danze(tmp_path / "danze.db")
    danze.emit(*city(), registered(1))
    assert examined(danze, "master key") == ("fine", "fits the keys of this store", "")
    another = Danze(danze.store, DANZE_MASTER_KEY="A" * 43 + "=")
    assert examined(another, "master key")[0] == "broken"
    another("emit", "-", sent=registered_line(2)).refused(examined(another, "master key")[1])
    nowhere = Danze(danze.store, DANZE_MASTER_KEY_FILE=str(tmp_path / "nofile"))
    assert (examined(nowhere, "master key")[0], nowhere("doctor").code) == ("broken", 1)
    (tmp_path / "danze.db.keys").unlink()
    assert examined(danze, "master key")[0] == "look", "who has the log alone may"


def test_subscribers_who_get_nothing_are_told_of(tmp_path):
    danze = Danze(tmp_path / "danze.db")
    danze.emit(*city())
    assert examined(danze, "webhooks") is None
    os.environ["DANZE_WEBHOOK_HOSTS"], book = "https://a.example", subscriptions_of(parse(danze.store))
    try:
        one, other = (book.add(Wanted("https://a.example/in", OPERATOR), 0) for _ in range(2))
    finally:
        del os.environ["DANZE_WEBHOOK_HOSTS"]
    assert examined(danze, "webhooks") == ("fine", "2 subscribers", "")
    book.failed(one.id, 1e12, None)
    book.failed(other.id, 0.0, "gone")
    level, found, do = examined(danze, "webhooks")
    assert (level, found) == ("look", "of 2 subscribers 1 are paused, and letters to 1 are in vain")
    assert "danze webhook list" in do
    book.path.write_bytes(b"no file of subscriptions" * 400)
    assert examined(danze, "webhooks")[0] == "broken"


def test_what_cannot_be_opened_is_told_as_broken_and_all_else_is_looked_at(tmp_path):
    """At the first such file nothing was told of the others."""
    danze = Danze(tmp_path / "danze.db")
    danze.emit(*city(), registered(1))
    every = [each["what"] for each in danze("doctor", "--json").json["checks"]]
    for name in ("danze.db.seals/checkpoint", "danze.db.webhooks"):
        (tmp_path / name).mkdir(parents=True)
    said = danze("doctor", "--json")
    assert (said.code, [each["what"] for each in said.json["checks"]]) == (1, [*every, "webhooks"])
    broken = {each["what"]: each["found"] for each in said.json["checks"] if each["level"] == "broken"}
    assert broken == {
        "seals": f"{tmp_path}/danze.db.seals/checkpoint: Is a directory",
        "webhooks": f"{tmp_path}/danze.db.webhooks cannot be opened: Is a directory",
    }
    danze("webhook", "list").refused("danze.db.webhooks cannot be opened")


@pytest.mark.parametrize(
    ("why", "do"),
    [
        (StoreAway("postgresql://a: the connection is closed"), doctor.AWAY),
        (StoreError(f"/x {HELD} for 10 s"), doctor.BUSY),
        (StoreFull("no space left to write"), doctor.NO_ROOM),
        (StoreBroken("/x is damaged"), doctor.UNREADABLE),
        (StoreDamaged(f"/x is damaged; {ANEW}"), doctor.SPOILT),
    ],
)
def test_what_is_away_busy_or_full_is_not_called_damaged(why, do):
    def fails():
        raise why

    assert doctor._looked("log", fails) == [doctor.check("broken", "log", str(why), do)]


def test_a_server_that_goes_away_is_no_missing_master_key(tmp_path):
    danze, why = Danze(tmp_path / "danze.db"), StoreAway("postgresql://a: the connection is closed")
    danze.emit(*city())

    def vault():
        raise why

    with opened(danze.store, create=False) as system:
        told = doctor._looked("master key", lambda: [doctor._keys(system.log, vault)])
    assert told == [doctor.check("broken", "master key", str(why), doctor.AWAY)]


def test_a_mistake_of_danze_is_not_called_a_damaged_file():
    with pytest.raises(ValueError, match="invalid literal"):
        doctor._looked("log", lambda: int("no number"))


def test_a_variable_that_danze_does_not_know_is_told_of_with_the_nearest_that_it_knows(tmp_path):
    danze = Danze(tmp_path / "danze.db", DANZE_STOER="x", DANZE_TEST_POSTGRES="a")
    said = danze("doctor")
    assert said.code == 2
    assert said.err.startswith("danze: DANZE_STOER is no setting of danze; DANZE_STORE is one\n"), "it may be why"
    danze.emit(*city())
    assert examined(danze, "environment")[:2] == ("look", "DANZE_STOER is no setting of danze; DANZE_STORE is one")
    assert examined(Danze(danze.store, DANZE_LOG="text"), "environment") is None


def test_every_variable_that_the_code_or_docker_compose_names_is_known():
    sources = [path for part in ("api", "cli", "consumers", "infra") for path in (ROOT / part).rglob("*.py")]
    named = {
        name for path in sources for name in re.findall(r'"(DANZE_[A-Z_]+[A-Z])"', path.read_text(encoding="utf-8"))
    }
    named |= set(re.findall(r"DANZE_[A-Z_]+[A-Z]", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    names = known(get_command(app))
    assert {"DANZE_STORE", "DANZE_KAFKA_CA", "DANZE_OIDC_ISSUER"} <= names
    elsewhere = {name for name in named if name.startswith(doctor.ELSEWHERE)}
    assert named - elsewhere - names == set()
