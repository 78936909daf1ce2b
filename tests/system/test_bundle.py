"""The log leaves as JSON lines and comes back as the same log: same bytes, same positions, same Merkle root."""

import gzip
import os
import shutil
from contextlib import closing
from pathlib import Path

import orjson
import pytest

from cli.wiring import System
from infra.city.simulation import simulate
from tests.system.command import Danze, ndjson


@pytest.fixture(scope="module")
def city(tmp_path_factory) -> Danze:
    """A store with a simulated month."""
    danze = Danze(tmp_path_factory.mktemp("city") / "danze.db")
    assert danze.emit(*simulate(7, days=40, scale=0.02, counties=1), options=("--history",))["recorded"] > 1_000
    return danze


@pytest.fixture(scope="module")
def exported(city) -> Path:
    path = Path(city.store).with_name("log.jsonl")
    assert city("export", "jsonl", path).code == 0
    return path


@pytest.fixture
def other(tmp_path) -> Danze:
    """Another store; nothing is there yet."""
    return Danze(tmp_path / "other.db")


def test_a_restored_log_has_the_same_root_and_gives_the_same_answers(city, exported, other):
    said = other("import", "bundle", exported, "--json").json
    assert (
        said["checkpoint"]
        == city("verify", "--json").json["checkpoint"]
        == other("verify", "--json").json["checkpoint"]
    )
    assert (said["recorded"], said["duplicate"]) == (city.events(), 0)
    for question in (("findings",), ("kpi", "--unit", "unit:430400-gov", "--from", "2020-01-01", "--to", "2020-12-31")):
        assert other(*question, "--json").json == city(*question, "--json").json
    with closing(System(city.store)) as one, closing(System(other.store)) as two:
        touched = one.log.touched(0, 1_000_000)
        assert touched
        assert two.log.touched(0, 1_000_000) == touched


def test_a_line_holds_the_bytes_that_were_hashed_and_reads_as_one_object(city, exported):
    with closing(System(city.store)) as system:
        rows = system.log.raw_entries(0, 100_000)
    for row, line in zip(rows, exported.read_bytes().splitlines(), strict=True):
        assert line.endswith(row.body[1:])
        assert orjson.loads(line) == {**orjson.loads(row.body), **_beside(row, line)}


def _beside(row, line: bytes) -> dict:
    told = orjson.loads(line)
    assert (told["position"], told["digest"]) == (row.position, row.digest.hex())
    return {name: told[name] for name in ("position", "digest", "touches") if name in told}


def test_restoring_twice_adds_nothing_and_half_a_log_goes_on(city, exported, other, tmp_path):
    half = tmp_path / "half.jsonl"
    assert city("export", "jsonl", half, "--to", "500").code == 0
    assert other("import", "bundle", half, "--json").json["recorded"] == 500
    packed = tmp_path / "log.jsonl.gz"
    packed.write_bytes(gzip.compress(exported.read_bytes()))
    assert other("import", "bundle", packed, "--json").json["duplicate"] == 500
    again = other("import", "bundle", packed, "--json").json
    assert (again["recorded"], again["duplicate"]) == (0, city.events())


def test_with_the_old_keys_beside_it_a_restored_log_goes_on_and_knows_duplicates(city, exported, other):
    assert other("import", "bundle", exported).code == 0
    first = next(iter(simulate(7, days=40, scale=0.02, counties=1)))
    other("emit", "-", sent=ndjson([first])).refused("keys")
    for name in ("keys", "master"):
        shutil.copy(f"{city.store}.{name}", f"{other.store}.{name}")
    assert other.emit(first) == {"recorded": 0, "duplicate": 1, "rejected": 0}


@pytest.mark.parametrize("kept", [0, 5, 300, 20_000, 20_001, 123_456])
def test_an_export_that_was_cut_short_goes_on_where_it_ended(city, exported, tmp_path, kept):
    path = tmp_path / "log.jsonl"
    path.write_bytes(exported.read_bytes()[:kept])
    assert city("export", "jsonl", path).code == 0
    assert path.read_bytes() == exported.read_bytes()


@pytest.mark.parametrize("content", [b"x", b'{"position":1,"digest":"00"}\n', b"{}\n", b"\n", b"\xff\xfe\n{"])
def test_a_file_that_holds_something_else_is_left_alone(city, tmp_path, content):
    path = tmp_path / "diary.txt"
    path.write_bytes(content)
    city("export", "jsonl", path).refused("something else")
    assert path.read_bytes() == content


def test_the_store_is_not_written_over(city):
    city("export", "jsonl", city.store).refused("the store itself")


def test_an_export_ends_where_it_is_told_to(city, exported, tmp_path):
    lines = exported.read_bytes().splitlines(keepends=True)
    assert city("export", "jsonl", "-", "--to", "12").out.encode() == b"".join(lines[:12])
    assert city("export", "jsonl", tmp_path / "one", "--to", "2020-01-20").code == 0
    recorded = [orjson.loads(line)["recorded"] for line in (tmp_path / "one").read_bytes().splitlines()]
    assert recorded == [told for line in lines if (told := orjson.loads(line)["recorded"]) < "2020-01-21"]
    city("export", "jsonl", "-", "--to", "0").refused("--to 0", "positions 1 to")


def rewritten(line: bytes) -> bytes:
    return orjson.dumps(orjson.loads(line), option=orjson.OPT_SORT_KEYS) + b"\n"


def changed(lines: list[bytes], place: int, old: bytes, new: bytes) -> list[bytes]:
    return [*lines[:place], lines[place].replace(old, new), *lines[place + 1 :]]


DAMAGES = {
    "a line is missing": lambda lines: [*lines[:3], *lines[4:]],
    "two lines are swapped": lambda lines: [*lines[:3], lines[4], lines[3], *lines[5:]],
    "the first line is missing": lambda lines: lines[1:],
    "one line stands twice": lambda lines: [*lines, lines[-1]],
    "the end is cut off": lambda lines: [*lines[:-1], lines[-1][:-9]],
    "another program wrote it": lambda lines: map(rewritten, lines),
    "a time runs backwards": lambda lines: changed(lines, 20, b'"recorded":"20', b'"recorded":"19'),
    "a time has no offset": lambda lines: changed(lines, 20, b'+08:00"', b'"'),
    "a version is left out": lambda lines: changed(lines, 20, b'"version":', b'"version":7'),
    "a type is unknown": lambda lines: changed(lines, 0, b"unit.established.v1", b"unit.dreamt.v1"),
    "it is empty": lambda lines: [],
    "it is no JSON": lambda lines: [b"hello\n"],
}


@pytest.mark.parametrize("how", DAMAGES)
def test_a_file_that_does_not_chain_is_refused_whole(exported, other, tmp_path, how):
    lines = exported.read_bytes().splitlines(keepends=True)[:100]
    path = tmp_path / "damaged.jsonl"
    path.write_bytes(b"".join(DAMAGES[how](lines)))
    other("import", "bundle", path).refused("damaged.jsonl")
    assert not Path(other.store).exists()


def test_what_is_no_export_is_not_called_an_altered_one(city, exported, tmp_path):
    lines = exported.read_bytes().splitlines(keepends=True)[:100]
    path = tmp_path / "given"
    for content in (b"hello\n", os.urandom(9_999), b'{"a":1}\n' * 200, b"".join(map(rewritten, lines))):
        path.write_bytes(content)
        city("verify", "--from", path).refused("given is no export")
    path.write_bytes(b"\x1f\x8b\x08 and no more")
    city("verify", "--from", path).refused("given is packed with gzip, but broken")
    city("verify", "--from", tmp_path / "nowhere").refused("nowhere cannot be read")
    path.write_bytes(b"hello\n" + b"".join(lines[1:]))
    altered = city("verify", "--from", path)
    assert (altered.code, altered.out[:22]) == (1, "altered at position 1:")


def test_a_changed_word_is_found_by_the_root(city, exported, other, tmp_path):
    root = city("verify", "--json").json["checkpoint"]["root"]
    path = tmp_path / "changed.jsonl"
    path.write_bytes(exported.read_bytes().replace(b'"persons":1,', b'"persons":2,', 1))
    other("import", "bundle", path, "--root", root).refused("nothing was restored")
    assert not Path(other.store).exists()
    assert other("import", "bundle", exported, "--root", root).code == 0


def test_a_store_with_another_history_takes_nothing(city, exported, other):
    other.emit(*simulate(8, days=1, scale=0.02, counties=1), options=("--history",))
    before = other("verify", "--json").json
    other("import", "bundle", exported).refused("another event at position")
    assert other("verify", "--json").json == before


def test_a_log_of_one_engine_is_restored_on_the_other(city, exported, postgres_store_url):
    other = Danze(postgres_store_url)
    assert (
        other("import", "bundle", exported, "--json").json["checkpoint"] == city("verify", "--json").json["checkpoint"]
    )
    assert other("export", "jsonl", "-").out.encode() == exported.read_bytes()
