"""The doctor says what to do: every finding names a verb that there is, or a section of the runbooks."""

import ast
import math
import re
from datetime import UTC, datetime, timedelta

import pytest
from typer.main import get_command

from cli.__main__ import app
from cli.wiring import opened
from infra import doctor
from infra.log.times import of_micros
from infra.log.urls import parse
from infra.seals.keys import folder_of
from infra.seals.sealer import Folder, waits
from tests.system.command import Danze, action, city, registered
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
        assert waits(system.log, system.seals, datetime(2020, 4, 11, tzinfo=UTC)) == 0.0
        danze.emit(registered(1))
        danze.emit(registered(2))
        (first,) = system.log.read(3, limit=1)
        assert waits(system.log, system.seals, of_micros(first.recorded) + timedelta(minutes=20)) == 1200.0
    danze("seal")
    folder = folder_of(parse(danze.store))
    with opened(f"sqlite:///{tmp_path}/other.db") as other:
        assert waits(other.log, Folder(folder), datetime(2020, 4, 11, tzinfo=UTC)) == math.inf, "the log lost its end"
    (folder / "checkpoint").write_text("no checkpoint\n", encoding="utf-8")
    told = next(each for each in danze("doctor", "--json").json["checks"] if each["what"] == "seals")
    assert (told["level"], "danze verify" in told["do"]) == ("broken", True)


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
