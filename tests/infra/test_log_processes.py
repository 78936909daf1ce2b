"""Several processes and threads share a log, and one of them may die at any moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from infra.log import index
from infra.log.open import open_log
from infra.log.port import Conflict, Log
from infra.log.verify import verify
from tests.infra.samples import entry
from tests.patience import PATIENCE, until

ROOT = Path(__file__).parents[2]
WRITER = """
import sys
from infra.log import index
from infra.log.open import open_log
from infra.log.port import Conflict
from tests.infra.samples import entry

index.TAIL = 50
url, name, count, size = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
log = open_log(url)
print("ready", flush=True)
sys.stdin.readline()
done = 0
while done < count:
    batch = [entry(f"petition:{name}", done + i + 1, f"{name}/{done + i}") for i in range(size)]
    try:
        log.append(batch, [], after=log.head().position)
    except Conflict:  # overtaken, as an intake may be
        with log.turn():
            log.append(batch, [], after=log.head().position)
    done += size
print("done", done, flush=True)
"""


def writer(url: str, name: str, count: int, size: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, url, name, str(count), str(size)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


@pytest.fixture
def log(store_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Log]:
    monkeypatch.setattr(index, "TAIL", 50)
    opened = open_log(store_url)
    yield opened
    opened.close()


def test_two_processes_on_one_store_both_get_on(log: Log, store_url: str) -> None:
    both = [writer(store_url, name, 600, 3) for name in ("A", "B")]
    for process in both:
        go(process)
    assert [process.wait(PATIENCE) for process in both] == [0, 0]
    assert verify(log)["events"] == 1200
    assert verify(log)["ok"]
    assert [len(log.stream(f"petition:{name}")) for name in "AB"] == [600, 600]
    subjects = [e.subject for e in log.read(0)]
    assert subjects != sorted(subjects), "one waited until the other had finished"


def test_nothing_is_half_written_after_kill_9(log: Log, store_url: str) -> None:
    killed = 0
    for attempt in range(4):
        process = writer(store_url, f"K{attempt}", 1_000_000, 7)
        go(process)
        until(lambda before=killed: log.head().position > before)
        time.sleep(0.07 * attempt)
        process.send_signal(signal.SIGKILL)
        process.wait()
        position = log.head().position
        assert position % 7 == 0, "a batch was stored in part"
        killed = position
    assert verify(log)["ok"]
    assert log.append([entry("petition:after", 1, 1)], [], after=killed).position == killed + 1
    again = open_log(store_url)
    for attempt in range(4):
        assert again.stream(f"petition:K{attempt}") == [
            e for e in again.read(0, limit=10**6) if e.subject == f"petition:K{attempt}"
        ]
    again.close()


@pytest.mark.postgres
def test_whoever_opens_a_new_store_first_makes_its_tables_and_all_others_have_it(postgres_url: str) -> None:
    schemas = [f"t_new_{time.monotonic_ns()}_{number}" for number in range(6)]

    def opened(schema: str) -> int:
        with closing(open_log(f"{postgres_url}?schema={schema}")) as log:
            return log.head().position

    with ThreadPoolExecutor(8) as pool:
        for schema in schemas:
            assert [*pool.map(opened, [schema] * 8)] == [0] * 8
    with psycopg.connect(postgres_url, autocommit=True) as server:
        for schema in schemas:
            server.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema)))


@pytest.mark.postgres
def test_a_turn_does_not_wait_for_whoever_waits_for_it(postgres_store_url: str) -> None:
    """Somebody who changes the table, as an administrator does, lets nobody pass that comes after him."""
    with closing(open_log(postgres_store_url)) as log, ThreadPoolExecutor(1) as pool:
        name = sql.Identifier(log.store.place.schema, "stored_events")  # type: ignore[attr-defined]
        with log.turn():
            changed = pool.submit(_executed, postgres_store_url, sql.SQL("ALTER TABLE {} ADD noted text").format(name))
            time.sleep(0.5)
            assert not changed.done()
            assert log.known([b"x" * 16]) == {}
            log.append([entry("petition:A", 1, 1)], [], after=log.head().position)
            log.set_mark("here", 1)
        changed.result(timeout=PATIENCE)
        assert (log.head().position, log.mark("here")) == (1, 1)


@pytest.mark.postgres
def test_a_store_is_opened_while_somebody_writes(postgres_store_url: str) -> None:
    with closing(open_log(postgres_store_url)) as log, log.turn(), ThreadPoolExecutor(1) as pool:
        pool.submit(open_log, postgres_store_url).result(timeout=PATIENCE).close()


def _executed(url: str, statement: sql.Composed) -> None:
    with psycopg.connect(url.partition("?")[0]) as connection:
        connection.execute(statement)


def test_what_is_marked_in_a_turn_that_fails_is_not_marked(log: Log) -> None:
    def decided_too_late() -> None:
        with log.turn():
            log.set_mark("here", 7)
            raise Conflict("it is decided again")

    with pytest.raises(Conflict):
        decided_too_late()
    assert log.mark("here") == 0


def test_threads_share_one_log(log: Log) -> None:
    def write(name: str) -> int:
        done = conflicts = 0
        while done < 25:
            new = entry(f"petition:{name}", done + 1, f"{name}/{done}")
            try:
                log.append([new], [], after=log.head().position)
                done += 1
                assert len(log.stream(f"petition:{name}")) == done
                assert list(log.known([new.key])) == [new.key]
            except Conflict:
                conflicts += 1
        return conflicts

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, "ABCDEF"))
    assert log.head().position == 150
    assert verify(log)["ok"]
