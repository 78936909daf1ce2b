"""A thousand histories altered at random, each found at its first bad position; as many honest ones, none accused.

Whoever alters knows the store: leaf, columns and the note of the last append are altered together with the event. What
he does not have is the key that signed the seals.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import msgspec
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cli.wiring import System
from infra.city.simulation import simulate
from infra.exporters.segments import ROOT, SCHEMA, columns, root_of
from infra.kafka.publisher import Publisher
from infra.kafka.reader import TopicReader
from infra.kafka.settings import KafkaSettings
from infra.kafka.topics import Topics
from infra.log import bundle, index
from infra.log.merkle import Tree
from infra.log.open import open_log
from infra.log.port import Log, RawEntry, leaf_of
from infra.log.verify import verify
from infra.seals.archive import Archived
from infra.seals.audit import Sealed
from infra.seals.copies import exported, published
from infra.seals.keys import fresh
from infra.seals.notes import LOG, parse_note
from infra.seals.sealer import Folder, Sealer
from tests.infra.samples import entries
from tests.system.command import ndjson

NOW = datetime(2020, 4, 10, tzinfo=UTC)
EVENTS = 120
Alteration = Callable[[list[RawEntry], int, Random], list[RawEntry]]


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[RawEntry], Folder]:
    """Some events of a simulated city as they lie in a store, and their seals, signed after 50, 90 and all of them."""
    place = tmp_path_factory.mktemp("sealed")
    with closing(System(str(place / "danze.db"))) as system:
        lines = ndjson(simulate(5, days=3, scale=0.1)).splitlines()
        system.intake(history=True).take(lines[:EVENTS])
        rows = system.log.raw_entries(0, EVENTS)
    folder = Folder(place / "seals")
    key = fresh(LOG, "example.org/hengyang")
    for size in (50, 90, EVENTS):
        with closing(filled(place / f"{size}.db", rows[:size])) as log:
            Sealer(log, folder, key).seal(NOW)
    return rows, folder


def filled(path: Path, rows: list[RawEntry]) -> Log:
    log = open_log(str(path))
    log.append([bundle.entry(row, ()) for row in rows], [], after=0)
    return log


# what can be done to a row of events; each is found at the position that it is given


def flip_a_bit(rows, position, random):
    body = bytearray(rows[position - 1].body)
    body[random.randrange(1, len(body))] ^= 1 << random.randrange(8)
    return put(rows, position, bytes(body), leaf=rows[position - 1].leaf)


def rewrite(rows, position, random):
    """The event tells another story, and everything beside it agrees."""
    told = json.loads(rows[position - 1].body)
    told["data"]["note" if random.random() < 0.5 else "title"] = f"改写 {random.random()}"
    return put(rows, position, json.dumps(told, sort_keys=True).encode())


def remove(rows, position, random):
    return [*rows[: position - 1], *rows[position:]]


def remove_and_close_the_gap(rows, position, random):
    later = [row._replace(position=row.position - 1) for row in rows[position:]]
    return [*rows[: position - 1], *later]


def swap(rows, position, random):
    other = random.randint(position + 1, len(rows)) if position < len(rows) else position
    one, two = rows[position - 1], rows[other - 1]
    swapped = list(rows)
    swapped[position - 1], swapped[other - 1] = two._replace(position=position), one._replace(position=other)
    return swapped if other != position else cut(rows, position, random)


def cut(rows, position, random):
    return rows[: position - 1]


def insert(rows, position, random):
    later = [row._replace(position=row.position + 1) for row in rows[position - 1 :]]
    return [*rows[: position - 1], put(rows, position, rows[position - 1].body + b" ")[position - 1], *later]


def put(rows: list[RawEntry], position: int, body: bytes, leaf: bytes | None = None) -> list[RawEntry]:
    changed = list(rows)
    changed[position - 1] = rows[position - 1]._replace(body=body, leaf=leaf or leaf_of(body))
    return changed


ALTERATIONS: list[Alteration] = [flip_a_bit, rewrite, remove, remove_and_close_the_gap, swap, cut, insert]


def altered(rows: list[RawEntry], times: int, seed: int, *, but: tuple[Alteration, ...] = ()) -> Iterator[tuple]:
    """Histories that were altered, each with the position at which it must be found, and what was done."""
    random = Random(seed)
    kinds = [each for each in ALTERATIONS if each not in but]
    for number in range(times):
        how, position = kinds[number % len(kinds)], random.randint(1, len(rows))
        yield how(rows, position, random), position, how.__name__


def found(rows, folder: Folder) -> int | None:
    said = verify(rows, seals=Sealed(folder))
    return said["first_bad"] and said["first_bad"]["position"]


# where a history lies


def test_in_a_sqlite_file(history, tmp_path):
    rows, folder = history
    with closing(filled(tmp_path / "danze.db", rows)) as log:
        for changed, position, how in altered(rows, 500, 1):
            with log.store.cursor(commit=True) as cursor:
                cursor.execute("DELETE FROM stored_events")
                values = [(r[0], r[1], r[2], r[3], r[5], r[4], *r[6:]) for r in changed]
                cursor.executemany(f"INSERT INTO stored_events VALUES ({','.join('?' * 9)})", values)
                note(cursor, "INSERT OR REPLACE INTO meta VALUES ('head', ?)", changed)
            assert (found(log, folder), how) == (position, how)


def test_in_the_look_up_index_of_a_sqlite_file(history, tmp_path, monkeypatch):
    """The events are untouched, and so is every seal."""
    monkeypatch.setattr(index, "TAIL", 16)
    rows, folder = history
    with closing(filled(tmp_path / "danze.db", rows)) as log:
        log.reindex()
        random, key = Random(8), "UPDATE runs SET entries = ? WHERE first = ?"
        assert found(log, folder) is None
        for _ in range(100):
            with log.store.cursor(commit=True) as cursor:
                first, blob = random.choice(cursor.execute("SELECT first, entries FROM runs").fetchall())
                entries = array("Q", blob)
                at = random.randrange(len(entries))
                position = entries[at] & index.POSITION
                entries[at] ^= 1 << random.randrange(32, 64)
                cursor.execute(key, (array("Q", sorted(entries)).tobytes(), first))
            assert found(log, folder) == position
            with log.store.cursor(commit=True) as cursor:
                cursor.execute(key, (blob, first))


@pytest.mark.parametrize("url", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_in_the_names_that_events_touch(history, tmp_path, request, url):
    rows, folder = history
    place = str(tmp_path / "danze.db") if url == "sqlite" else request.getfixturevalue("postgres_store_url")
    with closing(open_log(place)) as log:
        log.append([bundle.entry(row, ()) for row in rows], [], after=0)
        log.reindex()
        table = f"{log.store.place.schema}.touches" if url == "postgres" else "touches"
        for position in (1, 57, EVENTS):
            with log.store.cursor(commit=True) as cursor:
                cursor.execute(f"INSERT INTO {table} VALUES ('matter:430408-2020-000001', {position})")
            assert found(log, folder) == position
            with log.store.cursor(commit=True) as cursor:
                cursor.execute(f"DELETE FROM {table} WHERE name = 'matter:430408-2020-000001'")
            assert found(log, folder) is None


@pytest.mark.parametrize("position", [0, -1, -(2**63)])
def test_in_a_row_that_readers_pass_over(history, tmp_path, position):
    rows, folder = history
    with closing(filled(tmp_path / "danze.db", rows)) as log:
        log.reindex()
        with log.store.cursor(commit=True) as cursor:
            row = rows[9]._replace(position=position)
            values = (row[0], row[1], row[2], row[3], row[5], row[4], *row[6:])
            cursor.execute(f"INSERT INTO stored_events VALUES ({','.join('?' * 9)})", values)
        assert found(log, folder) == position


def note(cursor, statement: str, rows: list[RawEntry]) -> None:
    """The note of the last append agrees with the alteration."""
    last = [rows[-1].position, rows[-1].leaf.hex()] if rows else [0, ""]
    cursor.execute(statement, (json.dumps(last),))


@pytest.mark.postgres
def test_in_a_postgresql_table(history, postgres_store_url):
    rows, folder = history
    log = open_log(postgres_store_url)
    log.append([bundle.entry(row, ()) for row in rows], [], after=0)
    schema = log.store.place.schema
    columns = "notification_id, originator_id, originator_version, topic, recorded, state, key, digest, leaf"
    with closing(log), psycopg.connect(**log.store.place.connection()) as store:
        for changed, position, how in altered(rows, 250, 2, but=(insert,)):  # a unique index refuses a second key
            with store.cursor() as cursor:
                cursor.execute(f"DELETE FROM {schema}.stored_events")
                marks = ",".join(["%s"] * 9)
                cursor.executemany(f"INSERT INTO {schema}.stored_events ({columns}) VALUES ({marks})", changed)
                note(cursor, f"UPDATE {schema}.meta SET value = %s WHERE name = 'head'", changed)
            store.commit()
            assert (found(log, folder), how) == (position, how)


def test_in_an_export(history, tmp_path):
    rows, folder = history
    path = tmp_path / "log.jsonl"
    for changed, position, how in altered(rows, 250, 3):
        path.write_bytes(b"".join(bundle.line(row, ()) for row in changed))
        assert (found(exported(path), folder), how) == (position, how)


def test_in_an_archive(history, tmp_path):
    rows, folder = history
    segment = tmp_path / "events/recorded_month=2020-06/1-120.parquet"
    segment.parent.mkdir(parents=True)
    for changed, position, how in altered(rows, 250, 7):
        with pq.ParquetWriter(segment, SCHEMA) as file:
            for row in changed:
                file.write_batch(cells(row, rows))
            tree = Tree()
            tree.extend([row.leaf for row in changed])
            file.add_key_value_metadata({ROOT: root_of(tree)})
        assert (found(Archived(tmp_path), folder), how) == (position, how)


def cells(row: RawEntry, rows: list[RawEntry]) -> pa.RecordBatch:
    """The columns of a row; where its bytes are no event any more, those that it had before."""
    try:
        return columns([row])
    except (msgspec.MsgspecError, UnicodeDecodeError):
        before = columns([rows[row.position - 1]])
        return before.set_column(SCHEMA.get_field_index("stored"), SCHEMA.field("stored"), pa.array([row.body]))


@pytest.mark.kafka
def test_in_the_topic(history, kafka_url, topics):
    rows, folder = history
    settings = KafkaSettings((kafka_url,))
    with Publisher(settings) as publisher:
        for number, (changed, position, how) in enumerate(altered(rows, 7, 4)):
            apart = Topics(f"{topics.prefix}{number}.")
            apart.create(settings, partitions=3)
            publisher.send(record(apart.events, row) for row in changed)
            copy = published(lambda apart=apart: TopicReader(settings, apart.events).chunks(2**62))
            assert (found(copy, folder), how) == (position, how)
            apart.delete(settings)


def record(topic: str, row: RawEntry):
    headers = [(name, str(getattr(row, name)).encode()) for name in ("position", "type", "version", "recorded")]
    return topic, row.subject.encode(), row.body, headers


def test_in_a_checkpoint(history, tmp_path):
    rows, folder = history
    random, text = Random(5), (folder.path / "checkpoint").read_text(encoding="utf-8")
    with closing(filled(tmp_path / "danze.db", rows)) as log:
        for _ in range(100):
            place = random.randrange(len(text))
            forged = text[:place] + random.choice("0123456789abcdef+/=\n") + text[place + 1 :]
            if forged != text:
                assert not believed(log, folder, forged), forged


def believed(log: Log, folder: Folder, checkpoint: str) -> bool:
    """Whether the log passes against a checkpoint that somebody hands us."""
    try:
        sealed = Sealed(folder, kept=[parse_note(checkpoint)])
    except Exception:  # noqa: BLE001 -- any refusal will do
        return False
    return verify(log, seals=sealed)["ok"] and sealed.problem is None


def test_no_honest_history_is_accused(tmp_path):
    random, key = Random(6), fresh(LOG, "example.org/honest")
    for number in range(1_000):
        subjects = [f"petition:{random.randrange(5)}" for _ in range(random.randint(1, 12))]
        with closing(open_log(str(tmp_path / f"{number}.db"))) as log:
            sealer, events, at = Sealer(log, Folder(tmp_path / f"{number}.seals"), key), entries(subjects), 0
            while at < len(events):
                more = random.randint(1, len(events) - at)
                log.append(events[at : at + more], [], after=at)
                at += more
                if random.random() < 0.6:
                    sealer.seal(NOW)
            sealed = Sealed(sealer.folder)
            assert (verify(log, seals=sealed)["first_bad"], sealed.problem) == (None, None)
