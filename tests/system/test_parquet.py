"""The log in Parquet: DuckDB reads its columns, `danze verify` holds it against checkpoints, it goes on."""

import shutil
from contextlib import closing
from pathlib import Path
from random import Random

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from infra.city.simulation import simulate
from infra.exporters.narrow import TABLES, fingerprint
from infra.exporters.narrow_files import MADE_OF
from infra.exporters.segments import ROOT
from tests.system.command import Danze


@pytest.fixture(scope="module")
def city(tmp_path_factory) -> Danze:
    """A store with four simulated months."""
    danze = Danze(tmp_path_factory.mktemp("city") / "danze.db")
    assert danze.emit(*simulate(5, days=120, scale=0.1), options=("--history",))["recorded"] > 10_000
    return danze


@pytest.fixture(scope="module")
def exported(city) -> Path:
    path = Path(city.store).with_name("log")
    assert city("export", "parquet", path, "--json").json["events"] == city.events()
    return path


@pytest.fixture
def copy(exported, tmp_path) -> Path:
    """The export, to be altered."""
    return shutil.copytree(exported, tmp_path / "copy")


def segments(folder: Path) -> list[Path]:
    return sorted(folder.glob("events/*/*.parquet"), key=lambda path: path.name)


def asked(folder: Path, query: str) -> list[tuple]:
    """DuckDB, which knows nothing of danze; `recorded_month` is told by the folders."""
    with closing(duckdb.connect()) as db:
        db.execute(f"CREATE VIEW events AS SELECT * FROM read_parquet('{folder}/events/*/*.parquet')")
        for table in ("cases", "deadlines", "findings"):
            db.execute(f"CREATE VIEW {table} AS SELECT * FROM '{folder}/{table}.parquet'")
        return db.execute(query).fetchall()


def test_columns_are_typed_and_months_are_folders(city, exported):
    types = dict(asked(exported, "SELECT column_name, column_type FROM (DESCRIBE events)"))
    assert (types["position"], types["time"], types["recorded"]) == ("BIGINT", *["TIMESTAMP WITH TIME ZONE"] * 2)
    assert {types[name] for name in ("data", "subject", "unit")} == {"VARCHAR"}
    assert "strict_on DATE" in types["decided"]
    wrong = "SELECT count(*) FROM events WHERE recorded_month <> strftime(timezone('Asia/Shanghai', recorded), '%Y-%m')"
    assert asked(exported, wrong) == [(0,)]
    assert asked(exported, "SELECT count(*), max(position) FROM events") == [(city.events(), city.events())]
    assert dict(asked(exported, "SELECT column_name, column_type FROM (DESCRIBE cases)"))["registered_on"] == "DATE"


def test_items_deadlines_and_findings_are_danzes_own(city, exported):
    found = asked(exported, "SELECT id, unit, state, since::VARCHAR FROM findings WHERE cleared_at = 0")
    told = city("findings", "--json").json["findings"]
    assert set(found) == {(each["id"], each["unit"], each["state"], each["since"]) for each in told}
    for (no,) in asked(exported, "SELECT no FROM cases ORDER BY no")[::40]:
        shown = city("show", f"petition:{no}", "--json").json
        assert asked(exported, f"SELECT state, unit, handler FROM cases WHERE no = '{no}'") == [
            (shown["state"], shown["unit"], shown["handler"])
        ]
        clocks = "SELECT clock, due_on::VARCHAR, met_on::VARCHAR, missed FROM deadlines WHERE NOT is_trigger AND no = "
        assert sorted(asked(exported, f"{clocks}'{no}'"), key=str) == sorted(
            ((each["clock"], each["due_on"], each["met_on"], each["missed"]) for each in shown["deadlines"]), key=str
        )


def test_it_is_verified_as_the_store_is_and_against_its_seals(city, exported):
    assert city("seal").code == 0
    said = city("verify", "--from", exported, "--json").json
    assert said["ok"]
    assert said["checkpoint"] == city("verify", "--json").json["checkpoint"]
    assert said["seals"]["sealed"] == said["events"]


def rewritten(path: Path, change, root: bytes | None = None) -> None:
    """The segment with another table in it, and its footer as it was."""
    table = pq.read_table(path)
    kept = root or pq.ParquetFile(path).metadata.metadata[ROOT]
    table = change(table)
    with pq.ParquetWriter(path, table.schema.remove_metadata(), compression="zstd") as file:
        file.write_table(table)
        file.add_key_value_metadata({ROOT: kept})


def put(name: str, row: int, value):
    """Another value in one cell."""

    def change(table: pa.Table) -> pa.Table:
        column = table.column(name).combine_chunks()
        put = pa.concat_arrays([column[:row], pa.array([value], column.type), column[row + 1 :]])
        return table.set_column(table.schema.get_field_index(name), table.schema.field(name), put)

    return change


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("position", 7), ("subject", "petition:x"), ("kind", "x"), ("no", "x"), ("version", 99),
        ("type", "unit.merged.v1"),
        ("time", 0), ("day", 0), ("recorded", 0), ("unit", "unit:x"), ("actor", "official:x"), ("data", "{}"),
        ("fact", {"channel": "letter"}), ("decided", {"matter": "x"}),
        ("leaf", bytes(32)), ("stored", b"{}"),
    ],
)  # fmt: skip
def test_a_changed_cell_is_found_where_it_stands(city, copy, name, value):
    path = segments(copy)[1]
    first = int(path.stem.partition("-")[0])
    rewritten(path, put(name, 100, value))
    assert city("verify", "--from", copy, "--json").json["first_bad"]["position"] == first + 100


@pytest.mark.parametrize(
    ("table", "name", "value"),
    [
        ("items", "category", "x"), ("steps", "unit", "unit:x"), ("steps", "position", 7),
        ("ratings", "score", "satisfied!"), ("limits", "due_on", 0), ("met", "met_on", 0), ("changes", "word", "met"),
        ("organs", "level", "x"), ("laws", "stored", b"{}"),
    ],
)  # fmt: skip
def test_a_changed_cell_of_a_narrow_table_is_found_where_it_stands(city, copy, table, name, value):
    path = next(path for path in narrow_ones(copy, table) if pq.read_metadata(path).num_rows)
    row = pq.read_metadata(path).num_rows // 2
    position = pq.read_table(path, partitioning=None)["position"][row].as_py()
    written(path, put(name, row, value)(pq.read_table(path, partitioning=None)))
    assert city("verify", "--from", copy, "--json").json["first_bad"]["position"] == position


def test_rows_put_into_a_narrow_table_or_taken_out_are_found(city, copy):
    path = narrow_ones(copy, "limits")[2]
    table = pq.read_table(path, partitioning=None)
    for rows, position in (
        (pa.concat_tables([table[:50], table[51:]]), table["position"][50].as_py()),
        (pa.concat_tables([table[:50], table[49:]]), table["position"][49].as_py()),
        (pa.concat_tables([table, table[-1:]]), table["position"][-1].as_py()),
    ):
        written(path, rows)
        assert city("verify", "--from", copy, "--json").json["first_bad"]["position"] == position
    path.write_bytes(b"PAR1?PAR1")
    assert city("verify", "--from", copy, "--json").json["first_bad"]["position"] == int(path.stem.partition("-")[0])


def narrow_ones(folder: Path, table: str) -> list[Path]:
    return sorted(folder.glob(f"narrow/{table}/*/*.parquet"), key=lambda path: path.name)


def written(path: Path, table: pa.Table) -> None:
    """A narrow table in place of another, in a file as danze writes it."""
    marked = {MADE_OF: fingerprint(path.parts[-3])}
    pq.write_table(table.replace_schema_metadata(marked), path, compression="zstd", write_statistics=False)


def test_a_forged_footer_a_lost_segment_and_a_cut_end_are_found(city, copy):
    one, two, *_, last = segments(copy)
    assert city("seal").code == 0
    last.rename(copy / "aside")
    cut = int(last.stem.partition("-")[0])
    assert city("verify", "--from", copy, "--json").json["first_bad"]["position"] == cut
    (copy / "aside").rename(last)
    rewritten(two, lambda table: table, b"AAAA")
    assert city("verify", "--from", copy, "--json").json["first_bad"]["position"] == int(two.stem.partition("-")[2])
    one.unlink()
    assert city("verify", "--from", copy, "--json").json["first_bad"]["position"] == 1


def test_a_segment_of_other_columns_is_named(city, copy):
    path = segments(copy)[1]
    for change in (
        lambda table: table.drop_columns(["recorded"]),
        lambda table: table.append_column("more", table["day"]),
        lambda table: put_as(table, "position", pa.string()),
    ):
        whole = path.read_bytes()
        rewritten(path, change)
        said = city("verify", "--from", copy, "--json")
        assert (said.code, said.json["first_bad"]) == (1, {
            "position": int(path.stem.partition("-")[0]),
            "why": f"{path.relative_to(copy)} cannot be read: it has other columns than a segment of events",
        })  # fmt: skip
        path.write_bytes(whole)


def put_as(table: pa.Table, name: str, kind: pa.DataType) -> pa.Table:
    return table.set_column(table.schema.get_field_index(name), name, table[name].cast(kind))


def test_a_bit_that_flips_anywhere_in_what_is_read_is_found_or_changes_nothing(city, copy):
    chance, path = Random(20), segments(copy)[0]
    whole = path.read_bytes()
    for _ in range(12):
        at = chance.randrange(len(whole))
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1 :])
        said = city("verify", "--from", copy, "--json").json
        assert not said["ok"] or pq.read_table(path).equals(pq.read_table(pa.BufferReader(whole))), at


def test_an_export_goes_on_where_it_ended(city, exported, tmp_path):
    folder = tmp_path / "log"
    assert city("export", "parquet", folder, "--to", "5000", "--json").json["written"] == 5_000
    half = segments(folder)
    (half[-1].parent / "next.part").write_bytes(b"half a segment")
    said = city("export", "parquet", folder, "--json").json
    assert (said["events"], said["written"]) == (city.events(), city.events() - 5_000)
    assert segments(folder)[: len(half)] == half
    columns = "SELECT * EXCLUDE filename FROM read_parquet('{}/events/*/*.parquet', filename=true) ORDER BY position"
    assert asked(folder, columns.format(folder)) == asked(exported, columns.format(exported))
    assert city("verify", "--from", folder, "--json").json["ok"]
    assert city("export", "parquet", folder, "--json").json["written"] == 0


def test_an_archive_of_an_older_danze_is_read_and_gets_its_narrow_tables(city, exported, copy):
    """Before there were narrow tables a folder held the events alone."""
    shutil.rmtree(copy / "narrow")
    assert city("verify", "--from", copy, "--json").json["ok"]
    asked_of = [city("audit", "states", folder, "--as-of", "9000", "--json").json for folder in (exported, copy)]
    assert asked_of[0] == asked_of[1]
    assert city("export", "parquet", copy, "--json").json["written"] == 0
    for table in TABLES:
        assert [pq.read_table(path) for path in narrow_ones(copy, table)] == [
            pq.read_table(path) for path in narrow_ones(exported, table)
        ]


def test_an_empty_log_is_a_folder_without_segments(danze, tmp_path):
    danze.emit(options=("--history",))
    said = danze("export", "parquet", tmp_path / "log", "--json").json
    assert said == {"events": 0, "written": 0, "cases": 0, "deadlines": 0, "findings": 0}
    assert danze("verify", "--from", tmp_path / "log", "--json").json["events"] == 0
    assert duckdb.sql(f"SELECT count(*) FROM '{tmp_path}/log/cases.parquet'").fetchall() == [(0,)]


def test_what_is_no_export_is_told_in_a_sentence(city, tmp_path):
    (tmp_path / "file").write_text("hello")
    city("export", "parquet", tmp_path / "file").refused("is no folder")
    city("verify", "--from", tmp_path / "none").refused("none", "cannot be read")


def test_a_folder_of_another_log_is_left_alone(city, danze, exported, tmp_path):
    danze.emit(*simulate(8, days=20, scale=0.02), options=("--history",))
    before = {path: path.stat().st_mtime_ns for path in exported.rglob("*")}
    danze("export", "parquet", exported).refused("no segment of the beginning of this log")
    assert {path: path.stat().st_mtime_ns for path in exported.rglob("*")} == before
    danze("verify", "--from", tmp_path).refused("holds no events")
