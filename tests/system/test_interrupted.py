"""Ctrl-C, kill -9, a full disk: what was taken stays taken, and sending the same again ends as if nothing had been."""

from __future__ import annotations

import csv
import json
import os
import resource
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from infra.city.simulation import simulate
from infra.log.port import Head
from infra.log.sqlite import SQLiteLog
from tests.patience import PATIENCE
from tests.system.command import Danze, city, ndjson, registered

START = datetime(2020, 3, 1, 8)  # noqa: DTZ001 -- the table says local times


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few weeks of a simulated city, some thousand actions."""
    path = tmp_path_factory.mktemp("history") / "actions.jsonl"
    path.write_bytes(ndjson(simulate(1, days=45, scale=0.2, counties=2)))
    return path


@pytest.fixture(scope="module")
def messages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Messages of which every second is answered late."""
    path = tmp_path_factory.mktemp("messages") / "messages.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["message_id", "user_id", "title", "posted_at", "body", "reply", "replied_at"])
        for n in range(1500):
            posted = START + timedelta(minutes=17 * n)
            replied = posted + timedelta(days=40 if n % 2 else 3)
            rows.writerow([f"m{n}", f"u{n % 700}", "路灯不亮", posted, "正文", "已处理", replied])
    return path


def state(danze: Danze) -> dict[str, Any]:
    """All that can be told of a store: the log's events without what is sealed anew each time, and the answers."""
    with sqlite3.connect(danze.store) as log:
        bodies = [json.loads(body) for (body,) in log.execute("SELECT state FROM stored_events ORDER BY rowid")]
    for body in bodies:
        if body["data"].pop("personal", None):
            body["data"]["personal"] = "sealed"
    answers = [
        {name: value for name, value in danze(*question, "--json").json.items() if name != "checkpoint"}
        for question in (("findings",), ("counters", "--by", "unit"))
    ]
    replayed = danze("replay", "--json").json
    assert set(replayed["differences"].values()) == {0}, replayed
    return {"log": sha256(json.dumps(bodies).encode()).hexdigest(), "events": len(bodies), "answers": answers}


@pytest.fixture(scope="module")
def undisturbed(history: Path, messages: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    told = {}
    for verb in (("emit", "--history", history), ("import", "messages", messages)):
        danze = Danze(tmp_path_factory.mktemp("undisturbed") / "danze.db")
        assert danze(*verb).code in (0, 1)
        told[verb[0]] = state(danze)
    return told


def recorded(store: str) -> int:
    """Events that are committed, seen from outside; 0 while there is no log yet."""
    try:
        with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as log:
            return int(log.execute("SELECT coalesce(max(rowid), 0) FROM stored_events").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def strikes(how: signal.Signals, recorded: int) -> None:
    """This process sends itself a signal when it is about to record more than so many events."""
    did = SQLiteLog.append

    def append(self: SQLiteLog, *given: Any, after: int, **more: Any) -> Head:
        if after >= recorded:
            os.kill(os.getpid(), how)
        return did(self, *given, after=after, **more)

    SQLiteLog.append = append  # type: ignore[method-assign]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("verb", ["emit", "import"])
def test_what_was_stopped_half_way_ends_as_if_it_had_not_been(
    danze: Danze, history: Path, messages: Path, undisturbed: dict[str, Any], tmp_path: Path, verb: str,
    how: signal.Signals,
) -> None:  # fmt: skip
    call = ("emit", "--history", history) if verb == "emit" else ("import", "messages", messages)
    for after in (1, 1500):
        stopped = danze.begin(tmp_path / f"{after}", *call, first=partial(strikes, how, after))
        assert stopped.end() == (130 if how is signal.SIGINT else -signal.SIGKILL)
        said = stopped.said().strip().splitlines()
        assert said == [said[-1]] and "interrupted" in said[-1] if how is signal.SIGINT else said == []
    assert 1500 <= recorded(danze.store) < undisturbed[verb]["events"]
    assert danze(*call).code in (0, 1)
    assert state(danze) == undisturbed[verb]
    assert danze.events() == undisturbed[verb]["events"]


def test_a_replay_that_was_killed_leaves_the_read_models_as_they_were(danze: Danze, history: Path) -> None:
    danze("emit", "--history", history)
    before = danze("findings", "--json").out
    views = Path(f"{danze.store}.views")
    process = danze.start("replay")
    while generations(views) < 2 and process.poll() is None:
        time.sleep(0.002)
    process.kill()
    process.communicate()
    assert danze("findings", "--json").out == before
    assert set(danze("replay", "--json").json["differences"].values()) == {0}
    assert generations(views) == 2, "what the killed one had begun is gone; the one before this stays"


def generations(views: Path) -> int:
    with sqlite3.connect(f"file:{views}?mode=ro", uri=True) as connection:
        return int(connection.execute("SELECT count(*) FROM generations").fetchone()[0])


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a file system can be mounted by root only")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_a_full_disk_takes_no_half_batch_and_goes_on_when_there_is_room(small_disk: Path, tmp_path: Path) -> None:
    danze = Danze(small_disk / "danze.db", SQLITE_TMPDIR=str(tmp_path))
    actions = [*city(), *(registered(n, personal={"text": "路灯不亮" * 50}) for n in range(4000))]
    file = tmp_path / "actions.jsonl"
    file.write_bytes(ndjson(actions))
    assert danze.emit(*actions[:500])["recorded"] == 500
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(1_000_000))
    danze("emit", file).refused("no space left")
    assert (small_disk / "danze.db").exists()
    ballast.unlink()
    subprocess.run(["mount", "-o", "remount,size=64m", small_disk], check=True)
    taken = danze.events()
    assert 500 <= taken < len(actions)
    assert danze("emit", "--json", file).json == {"recorded": len(actions) - taken, "duplicate": taken, "rejected": 0}
    assert danze.events() == len(actions)
    assert danze("search", "--json", "--limit", "1").json["total"] == 4000
    assert set(danze("replay", "--json").json["differences"].values()) == {0}


@pytest.mark.parametrize("kilobytes", [0, 40, 200])
def test_a_disk_that_is_full_from_the_start_is_a_sentence(danze: Danze, tmp_path: Path, kilobytes: int) -> None:
    """No file may grow beyond a limit: each first write of a new store fails in its turn."""
    file = tmp_path / "actions.jsonl"
    file.write_bytes(ndjson([*city(), *(registered(n, personal={"name": "甲"}) for n in range(1500))]))
    limit = kilobytes * 1024
    full = danze("emit", file, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    full.refused()
    assert danze("emit", "--json", file).code == 0
    assert danze.events() == 1503


def test_an_answer_that_cannot_be_written_is_an_error(danze: Danze) -> None:
    danze.emit(*city())
    with Path("/dev/full").open("wb") as full:
        danze("findings", "--json", stdout=full).refused("No space left")
    danze("emit", "-", "--rejected", "/dev/full", sent=b"no JSON\n").refused("No space left")
    danze("simulate", "--days", "2", "--out", "/dev/full").refused("No space left")


def test_a_reader_that_goes_away_is_no_error(danze: Danze, history: Path) -> None:
    with danze.start("simulate", "--days", "20") as process:
        assert process.stdout is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
        assert process.wait(PATIENCE) == 141
