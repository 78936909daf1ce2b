"""Each folder of tests/scenarios, told to the product by its command line and compared with what must come of it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.verbs import app
from tests.scenarios import tell
from tests.scenarios.telling import HERE

FOLDERS = sorted(path.parent for path in HERE.glob("*/expect.json"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_scenario(folder, store_url, tmp_path):
    expect = json.loads((folder / "expect.json").read_text(encoding="utf-8"))
    danze = Danze(store_url)
    _emits(danze, folder, expect, tmp_path / "rejected.jsonl")
    danze("tick", "--history", "--now", expect["now"])
    before = danze.asks("findings")["findings"]
    _finds({each["id"]: each for each in before}, expect)
    _found_at(danze, expect.get("as_of", []))
    _shows(danze, expect)
    assert danze.asks("verify")["ok"]
    assert not any(danze.asks("replay")["differences"].values())
    assert danze.asks("findings")["findings"] == before


class Danze:
    """The command line on one store, within this process; exit codes 0 and 1 are answers."""

    def __init__(self, store: str) -> None:
        self._store = store

    def __call__(self, *args: str) -> str:
        done = CliRunner().invoke(app, [*args, "--store", self._store])
        assert done.exit_code in (0, 1), f"{args}: {done.output} {done.exception!r}"
        assert done.exception is None or isinstance(done.exception, SystemExit), f"{args}: {done.exception!r}"
        return done.stdout

    def asks(self, *args: str) -> dict:
        return json.loads(self(*args, "--json"))


def _emits(danze: Danze, folder: Path, expect: dict, rejected: Path) -> None:
    summary = danze.asks("emit", "--history", str(folder / "actions.jsonl"), "--rejected", str(rejected))
    assert summary == expect["emit"]
    rows = [json.loads(line) for line in rejected.read_text(encoding="utf-8").splitlines()]
    assert {row["id"]: row["rejection"]["code"] for row in rows} == expect.get("rejected", {})


def _finds(found: dict, expect: dict) -> None:
    for want in expect.get("findings", []):
        assert want["id"] in found, f"{want['id']} is missing among {sorted(found)}"
        _matches(want, found[want["id"]])
    for prefix in expect.get("no_findings", []):
        assert [id for id in found if id == prefix or id.startswith((prefix + ":", prefix)[len(prefix) <= 3])] == []


def _matches(want: dict, got: dict) -> None:
    """Every key wanted is there and equal; answers compare as sets of (official, responsibility)."""
    if "answers" in want:
        persons = [{(each["official"], each["responsibility"]) for each in row["answers"]} for row in (want, got)]
        assert persons[0] == persons[1]
    rest = {key: value for key, value in want.items() if key != "answers"}
    assert {key: got.get(key) for key in rest} == rest


def _found_at(danze: Danze, moments: list) -> None:
    for moment in moments:
        then = {each["id"] for each in danze.asks("findings", "--as-of", moment["as_of"])["findings"]}
        assert set(moment.get("findings", [])) <= then, moment["as_of"]
        assert not set(moment.get("no_findings", [])) & then, moment["as_of"]


def _shows(danze: Danze, expect: dict) -> None:
    for subject, want in expect.get("show", {}).items():
        got = danze.asks("show", subject)
        _matches({key: value for key, value in want.items() if key != "deadlines"}, got)
        for clock, dates in want.get("deadlines", {}).items():
            rows = [{key: each.get(key) for key in dates} for each in got["deadlines"] if each["clock"] == clock]
            assert dates in rows, clock
    for no, want in expect.get("matter", {}).items():
        _matches(want, danze.asks("matter", no))
    for ask in expect.get("asks", []):
        got = danze.asks(*ask["question"])
        assert _holds(ask["answer"], got), got
    for ask in expect.get("kpi", []):
        got = danze.asks("kpi", "--unit", ask["unit"], "--from", ask["from"], "--to", ask["to"])["kpis"]
        assert {name: [got[name]["numerator"], got[name]["denominator"]] for name in ask["kpis"]} == ask["kpis"]


def _holds(want: object, got: object) -> bool:
    """Whether an answer holds at least what is wanted: of a table the keys, of a list some entry for each."""
    if isinstance(want, dict):
        return isinstance(got, dict) and all(key in got and _holds(each, got[key]) for key, each in want.items())
    if isinstance(want, list):
        return isinstance(got, list) and all(any(_holds(each, one) for one in got) for each in want)
    return want == got


def test_the_folders_are_what_the_script_tells():
    written = {folder.name: (folder / "actions.jsonl").read_text(encoding="utf-8") for folder in FOLDERS}
    told = {
        s.name: "".join(json.dumps(a, ensure_ascii=False) + "\n" for a in s.actions) for s in (t() for t in tell.ALL)
    }
    assert told == written


def test_the_command_starts_as_a_process(tmp_path):
    command = [sys.executable, "-m", "cli", "emit", "--history", str(FOLDERS[0] / "actions.jsonl"), "--json"]
    done = subprocess.run(
        [*command, "--store", f"sqlite:///{tmp_path}/a.db"], capture_output=True, check=False, text=True
    )
    assert json.loads(done.stdout) == json.loads((FOLDERS[0] / "expect.json").read_text(encoding="utf-8"))["emit"]
