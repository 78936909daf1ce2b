"""Several processes on one store: each action is recorded once, and nobody sees half of anything."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.patience import PATIENCE
from tests.system.command import Danze, Said, city, ndjson, registered


def ended(process: subprocess.Popen[bytes], *codes: int) -> Said:
    out, err = process.communicate(timeout=PATIENCE)
    said = Said(process.returncode, out.decode(), err.decode())
    assert said.code in (codes or (0,)), said
    assert "Traceback" not in said.err, said.err
    return said


def shares(folder: Path, writers: int, each: int, *, common: int) -> list[Path]:
    """A file for each writer: actions of its own, and some that all of them send."""
    files = []
    for writer in range(writers):
        own = [registered(1000 * (writer + 1) + n, personal={"name": "甲"}) for n in range(each)]
        files.append(folder / f"{writer}.jsonl")
        files[-1].write_bytes(ndjson([*own, *(registered(n) for n in range(common))]))
    return files


@pytest.mark.parametrize(("writers", "first"), [(2, "fresh"), (4, "old")])
def test_writers_at_once_record_everything_exactly_once(
    store_url: str, tmp_path: Path, writers: int, first: str
) -> None:
    danze = Danze(store_url, XDG_DATA_HOME=str(tmp_path / "share"))
    units = ndjson(city())
    if first == "old":
        assert danze.emit(*city())["recorded"] == 3
    files = shares(tmp_path, writers, 700, common=300)
    for file in files:
        file.write_bytes(units + file.read_bytes())
    said = [ended(p).json for p in [danze.start("emit", "--json", file) for file in files]]
    total = 3 + writers * 700 + 300
    known = 3 if first == "old" else 0
    assert sum(each["recorded"] for each in said) == total - known
    assert sum(each["duplicate"] for each in said) == writers * 1003 - total + known
    assert danze.events() == total
    replayed = danze("replay", "--json").json
    assert (replayed["position"], set(replayed["differences"].values())) == (total, {0})


def test_two_histories_at_once_lose_no_missed_deadline(danze: Danze, tmp_path: Path) -> None:
    """Their times interleave: whoever is later is recorded later, and the clock misses nothing for either."""
    danze.emit(*city(), options=["--history"])
    files = []
    for writer in range(2):
        files.append(tmp_path / f"{writer}.jsonl")
        files[-1].write_bytes(
            ndjson(
                {**registered(10_000 * writer + n), "time": f"2020-{n // 200 + 3:02}-1{writer}T09:12:00+08:00"}
                for n in range(1200)
            )
        )
    for process in [danze.start("emit", "--history", file) for file in files]:
        ended(process)
    assert danze("tick", "--history", "--now", "2021-06-01").code == 0
    found = danze("findings", "--json").json["findings"]
    assert len({f["id"] for f in found if f["rule"] == "F01"}) == 2400
    assert danze.events() == 3 + 2 * 2400 + sum(f["rule"].startswith("D") for f in found)
    assert set(danze("replay", "--json").json["differences"].values()) == {0}


def test_questions_are_answered_while_somebody_writes(store_url: str, tmp_path: Path) -> None:
    danze = Danze(store_url, XDG_DATA_HOME=str(tmp_path / "share"))
    danze.emit(*city(), registered(0))
    [file] = shares(tmp_path, 1, 3000, common=0)
    writer = danze.start("emit", "--json", file)
    asked = 0
    while writer.poll() is None or not asked:
        assert danze("show", "petition:P-0", "--json").json["state"] == "registered"
        answer = danze("search", "--json", "--limit", "1").json
        assert answer["total"] + 3 + answer["behind"] == answer["position"]
        assert asked or set(danze("replay", "--json").json["differences"].values()) == {0}
        asked += 1
    assert ended(writer).json["recorded"] == 3000
    assert danze("search", "--json", "--limit", "1").json["total"] == 3001


def test_two_replays_at_once_come_one_after_the_other(store_url: str, tmp_path: Path) -> None:
    danze = Danze(store_url, XDG_DATA_HOME=str(tmp_path / "share"))
    danze.emit(*city(), *(registered(n) for n in range(2000)))
    for process in [danze.start("replay", "--json") for _ in range(2)]:
        answer = ended(process).json
        assert (answer["position"], set(answer["differences"].values())) == (2003, {0})


def test_first_questions_at_once_make_the_read_models_once(danze: Danze, store: Path) -> None:
    danze.emit(*city(), *(registered(n) for n in range(50)))
    for file in store.parent.glob("*.views*"):
        file.unlink()
    for process in [danze.start("search", "--json") for _ in range(4)]:
        assert ended(process).json["total"] == 50
