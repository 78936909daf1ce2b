"""Narrow tables of an archive: no footer hides a row, and what is broken or of another danze is made of the events."""

import fcntl
import os
import shutil
import struct
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import duckdb
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cli.wiring import System
from infra.city.simulation import simulate
from infra.columnar.replay import Archive
from infra.exporters import narrow, narrow_files, segments
from infra.exporters.narrow import TABLES, fingerprint, schema
from infra.exporters.narrow_files import MADE_OF, beside
from infra.log.verify import verify
from infra.seals.archive import Archived
from infra.seals.narrow import SKIPPED_BY, Narrow
from tests.system.command import Danze
from tests.system.replayed import told


@pytest.fixture(scope="module")
def city(tmp_path_factory) -> Iterator[tuple[System, Path]]:
    """Two simulated months of a small city, and its archive."""
    with closing(System(str(tmp_path_factory.mktemp("city") / "danze.db"))) as system:
        yield system, told(system, map(orjson.dumps, simulate(8, days=60, scale=0.05)))


@pytest.fixture
def copy(city, tmp_path) -> Path:
    return shutil.copytree(city[1], tmp_path / "copy")


def first(folder: Path, table: str) -> Path:
    """The first file of a narrow table that has rows."""
    files = sorted(folder.glob(f"narrow/{table}/*/*.parquet"), key=lambda path: path.name)
    return next(path for path in files if pq.read_metadata(path).num_rows)


def answers(folder: Path, system: System) -> list:
    archive = Archive(folder, system.rules)
    return [archive.states()["items"], archive.deadlines()["deadlines"], archive.counters("level")["rows"]]


def problem(folder: Path) -> tuple[int, str] | None:
    """What verify finds beside events that are whole."""
    copy = Archived(folder)
    assert verify(copy)["ok"]
    return copy.problem


def put(path: Path, table: pa.Table, **options) -> None:
    marked = {MADE_OF: fingerprint(path.parts[-3])}
    pq.write_table(table.replace_schema_metadata(marked), path, **{"write_statistics": False, **options})


def test_no_file_says_anything_by_which_rows_are_skipped(city):
    _, folder = city
    paths = [*folder.glob("narrow/*/*/*.parquet"), *folder.glob("events/*/*.parquet")]
    with closing(duckdb.connect()) as db:
        for path in paths:
            said = db.execute(SKIPPED_BY, [str(path)]).fetchall()
            assert {each for row in said for each in row} <= {None}, path
    assert len(paths) > 10


@pytest.mark.parametrize("options", [
    {"write_statistics": True}, {"write_statistics": ["no"]}, {"write_page_index": True},
    {"bloom_filter_options": {"no": True}},
])  # fmt: skip
def test_statistics_an_index_or_a_filter_are_refused_though_every_row_is_right(copy, options):
    path = first(copy, "items")
    put(path, pq.read_table(path, partitioning=None), **options)
    position, why = problem(copy)
    assert position == int(path.stem.partition("-")[0])
    assert "narrow table items is not as danze writes it" in why
    assert str(path.relative_to(copy)) in why


def test_statistics_of_events_change_no_answer(city, copy):
    """An older danze wrote them: here they say that an archive begins far behind its end."""
    system, folder = city
    shutil.rmtree(copy / "narrow")
    for path in copy.glob("events/*/*.parquet"):
        root = pq.read_metadata(path).metadata[segments.ROOT]
        with pq.ParquetWriter(path, (table := pq.read_table(path, partitioning=None)).schema) as file:
            file.write_table(table)
            file.add_key_value_metadata({segments.ROOT: root})
        for row in (0, -1):
            forged(path, table["position"][row].as_py())
    for as_of in (None, 2_000):
        assert Archive(copy, system.rules, as_of).states() == Archive(folder, system.rules, as_of).states()


def forged(path: Path, position: int) -> None:
    """A footer, as long as before, that says that a position is far behind."""
    whole = path.read_bytes()
    at = len(whole) - 8 - struct.unpack("<I", whole[-8:-4])[0]
    footer = whole[at:].replace(struct.pack("<q", position), struct.pack("<q", position + 10**9))
    assert footer != whole[at:]
    path.write_bytes(whole[:at] + footer)


def test_a_table_that_another_danze_made_of_more_types_is_made_of_the_events(city, copy, monkeypatch):
    system, folder = city
    types, names = narrow.OF_TYPES["steps"]
    monkeypatch.setitem(TABLES, "steps", partial(narrow.of_types, types[:-10], names))
    assert problem(copy) is None
    fewer = answers(copy, system)
    for path in copy.glob("events/*/*.parquet"):
        narrow_files.write(path)
    assert answers(copy, system) == fewer
    monkeypatch.undo()
    assert problem(copy) is None
    assert answers(copy, system) == answers(folder, system) != fewer


def test_a_broken_file_is_named_read_around_and_written_anew(city, copy):
    system, folder = city
    path = first(copy, "limits")
    for broken in (b"", b"PAR1?PAR1", path.read_bytes()[:-40]):
        path.write_bytes(broken)
        position, why = problem(copy)
        assert position == int(path.stem.partition("-")[0])
        assert "narrow table limits is not as danze writes it" in why
        assert str(path.relative_to(copy)) in why
        assert answers(copy, system) == answers(folder, system)
        narrow_files.write(copy / "events" / path.parent.name / path.name)
        assert problem(copy) is None
    assert not list(copy.rglob("*.part"))


@pytest.mark.parametrize(("name", "other"), [("x[1]", "x1"), ("a?b", "a*b"), ("a*b", "axb")])
def test_a_folder_is_read_itself_though_its_name_is_a_pattern_of_another(city, tmp_path, name, other):
    system, folder = city
    copy, fits = (shutil.copytree(folder, tmp_path / each) for each in (name, other))
    for path in fits.glob("narrow/*/*/*.parquet"):
        put(path, pq.read_table(path, partitioning=None)[:1], write_statistics=True)
    assert problem(copy) is None
    assert answers(copy, system) == answers(folder, system)


@pytest.mark.parametrize("table", ["raised", "laws"])
def test_a_file_whose_pages_are_broken_is_named_and_made_anew_once_it_is_removed(city, copy, tmp_path, table):
    system, folder = city
    path = first(copy, table)
    whole = path.read_bytes()
    path.write_bytes(whole[:4] + bytes(each ^ 255 for each in whole[4:400]) + whole[400:])
    said = Danze(tmp_path / "none.db")("audit", "states", copy)
    said.refused(f"narrow table {table} is broken ({path.relative_to(copy)})", "danze verify --from", "removed")
    assert problem(copy)[1].startswith(f"narrow table {table} is not as danze writes it")
    path.unlink()
    assert answers(copy, system) == answers(folder, system)
    narrow_files.write(copy / "events" / path.parent.name / path.name)
    assert path.read_bytes() == whole


def test_a_draft_of_another_export_is_left_alone(city, copy):
    path = first(copy, "limits")
    other = path.with_name("next.part")
    other.write_bytes(b"somebody else writes this")
    path.unlink()
    narrow_files.write(copy / "events" / path.parent.name / path.name)
    assert problem(copy) is None
    assert other.read_bytes() == b"somebody else writes this"


def test_drafts_of_a_killed_export_are_cleared_unless_another_is_at_work(city, copy):
    path, log, events = first(copy, "limits"), city[0].log, copy / "events"
    drafts = {path.with_name(f"{path.stem}.1.part"), events / path.parent.name / "next.1.part"}
    for draft in drafts:
        draft.touch()
    other = os.open(events, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_SH)
    segments.export(log, events, log.head().position, lambda _: None)
    assert {*copy.rglob("*.part")} == drafts
    os.close(other)
    segments.export(log, events, log.head().position, lambda _: None)
    assert not list(copy.rglob("*.part"))


def test_of_a_table_of_endless_rows_few_more_are_read_than_were_made(copy, monkeypatch):
    path, read, opened = first(copy, "raised"), [], Narrow._opened
    table = pq.read_table(path, partitioning=None)
    put(path, pa.concat_tables([table, *[table[-1:]] * 200_000]).combine_chunks())

    def counted(self: Narrow) -> Iterator[pa.RecordBatch]:
        for batch in opened(self):
            read.append(batch.num_rows if self._path == path else 0)
            yield batch

    monkeypatch.setattr(Narrow, "_opened", counted)
    position, why = problem(copy)
    assert (position, sum(read) < 50_000) == (table["position"][-1].as_py(), True)
    assert "does not say what the events say" in why


def test_the_types_of_steps_are_those_whose_meaning_is_told(city):
    system, folder = city
    meant = Archive(folder, system.rules)._sql("SELECT type FROM meant")
    assert {type_ for (type_,) in meant} == set(narrow.OF_TYPES["steps"][0])


def test_of_an_archive_without_tables_the_bytes_are_read_where_a_law_was_adopted(copy):
    for segment in copy.glob("events/*/*.parquet"):
        made = list(narrow_files.tables_of(segment, [*TABLES]))
        for name in TABLES:
            rows = pa.concat_tables([tables[name] for tables in made])
            assert rows.equals(pq.read_table(beside(segment, name), partitioning=None).select(schema(name).names))
