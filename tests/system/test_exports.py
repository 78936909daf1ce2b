"""The log in files that open elsewhere, read back without danze's own folds."""

import gzip
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import orjson
import pytest

from domain.codec import encode
from infra.importers.xes import traces
from tests.samples import CITY_UNITS, HOUSING, IN_HANDLING, e, on, raised
from tests.system.command import Danze

XES = "{http://www.xes-standard.org/}"


@pytest.fixture(scope="module")
def events(quarter) -> list[dict]:
    """The stored events."""
    return [orjson.loads(line) for line in quarter("export", "jsonl", "-").out.splitlines()]


def of_items(events: list[dict]) -> list[dict]:
    return [each for each in events if each["subject"].startswith("petition:")]


def test_every_event_of_every_item_stands_in_its_trace_with_its_time_and_offset(quarter, events, tmp_path):
    said = quarter("export", "xes", tmp_path / "log.xes", "--json").json
    read = {
        (row["case:concept:name"], int(row["position"])): (
            row["concept:name"], row["org:resource"], row.get("org:group"), row["time:timestamp"]
        )
        for _, row in traces(tmp_path / "log.xes")
    }  # fmt: skip
    assert read == {
        (each["subject"][9:], each["position"]): (
            each["type"][:-3], each["actor"], each.get("unit"), each["time"]
        )
        for each in of_items(events)
    }  # fmt: skip
    assert said == {"traces": len({no for no, _ in read}), "events": len(read), "position": len(events)}


def test_a_trace_runs_forward_and_says_how_its_item_stands(quarter, tmp_path):
    assert quarter("export", "xes", tmp_path / "log.xes").code == 0
    for each in list(ET.parse(tmp_path / "log.xes").getroot().iter(f"{XES}trace"))[::20]:
        told = {child.get("key"): child.get("value") for child in each}

        times = [_timestamp(event) for event in each.iter(f"{XES}event")]
        assert times == sorted(times)
        shown = quarter("show", f"petition:{told['concept:name']}", "--json").json
        assert (told["state"], told["unit"], told["matter"]) == (shown["state"], shown["unit"], shown["matter"])


def _timestamp(event: ET.Element) -> datetime:
    return datetime.fromisoformat(next(each.get("value") for each in event if each.get("key") == "time:timestamp"))


def test_the_same_log_makes_the_same_file_packed_or_not(quarter, tmp_path):
    for name in ("one.xes", "one.xes.gz", "two.xes.gz"):
        assert quarter("export", "xes", tmp_path / name).code == 0
    plain, packed, again = ((tmp_path / name).read_bytes() for name in ("one.xes", "one.xes.gz", "two.xes.gz"))
    assert gzip.decompress(packed) == plain
    assert packed == again
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.xes", "one.xes.gz", "two.xes.gz"]


def test_an_item_stands_as_it_stood_at_a_day(quarter, events, tmp_path):
    assert quarter("export", "xes", tmp_path / "log.xes", "--to", "2020-07-20").code == 0
    read = {int(row["position"]) for _, row in traces(tmp_path / "log.xes")}
    assert read == {each["position"] for each in of_items(events) if each["recorded"] < "2020-07-21"}


SECRETS = ("张某的房子", "与张某面谈", "13800138000")


@pytest.mark.parametrize("name", ["log.xes", "log.json", "log.sqlite"])
def test_nothing_that_a_human_wrote_about_a_person_leaves(danze, tmp_path, name):
    personal = {"name": "张某", "phone": SECRETS[2]}
    told = [on("2020-04-10", raised(title=SECRETS[0], personal=personal), no="9"),
            on("2020-04-22", e.PetitionWorked(what=SECRETS[1]), by=HOUSING)]  # fmt: skip
    story = [orjson.loads(encode(each)) for each in sorted([*IN_HANDLING, *told], key=lambda each: each.time)]
    danze.emit(*story, options=("--history",))
    assert danze("export", "xes" if "xes" in name else "ocel", tmp_path / name).code == 0
    content = (tmp_path / name).read_text(encoding="utf-8", errors="replace")
    assert "petition.worked" in content
    assert [word for word in (*SECRETS, "张某") if word in content] == []


def test_text_that_xml_cannot_hold_does_not_break_the_file(danze, tmp_path):
    story = [*CITY_UNITS, on("2020-04-10", raised(category='城\u0001乡 <"&\n>'))]
    danze.emit(*(orjson.loads(encode(each)) for each in story), options=("--history",))
    assert danze("export", "xes", tmp_path / "log.xes").code == 0
    ((_, row),) = traces(tmp_path / "log.xes")
    assert row["case:category"] == '城\ufffd乡 <"&\n>'


def test_neither_the_store_nor_what_is_there_is_lost_when_an_export_fails(quarter, tmp_path):
    quarter("export", "xes", quarter.store).refused("the store itself")
    quarter("export", "xes", tmp_path).refused("is a folder")
    (tmp_path / "log.xes").write_text("old")
    quarter("export", "xes", tmp_path / "log.xes", "--to", "0").refused("--to 0")
    assert (tmp_path / "log.xes").read_text() == "old"
    quarter("export", "xes", tmp_path / "none" / "log.xes").refused("none")


@pytest.mark.postgres
def test_the_same_log_on_postgresql_makes_the_same_files(quarter, tmp_path, postgres_store_url):
    assert quarter("export", "jsonl", tmp_path / "log.jsonl").code == 0
    other = Danze(postgres_store_url)
    assert other("import", "bundle", tmp_path / "log.jsonl").code == 0
    for form, name in (("xes", "log.xes"), ("ocel", "log.json"), ("parquet", "log")):
        for danze, folder in ((quarter, "one"), (other, "two")):
            (tmp_path / folder).mkdir(exist_ok=True)
            assert danze("export", form, tmp_path / folder / name).code == 0
    files = [path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*") if path.is_file()]
    assert len(files) > 6
    one, two = ([(tmp_path / folder / path).read_bytes() for path in files] for folder in ("one", "two"))
    assert one == two


def test_an_empty_log_has_no_traces(danze, tmp_path):
    danze.emit(options=("--history",))
    assert danze("export", "xes", tmp_path / "log.xes", "--json").json == {"traces": 0, "events": 0, "position": 0}
    assert list(traces(Path(tmp_path / "log.xes"))) == []
