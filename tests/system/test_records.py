"""Snapshots of the exchange record come in week by week: what is new in a row happened, the rest is known already."""

import json
from pathlib import Path

import pytest

from tests.system.command import Danze

FIRST = {
    "信访件编号": "430400-2020-000777", "登记时间": "2020-04-10 09:12:00", "登记机构": "蒸湘区信访局", "登记人": "周敏",
    "信访日期": "2020-04-09", "信访形式": "来访", "信访目的": "求决", "内容分类": "城乡建设/物业", "问题属地": "430408",
    "信访人数": "6", "概况": "小区停车收费", "投诉内容": "我家住三栋", "信访人": "王小明", "匿名": "否", "积案": "是",
}  # fmt: skip
SENT = {
    **FIRST,
    "办理方式": "交办",
    "去向机构": "蒸湘区住建局",
    "转交责任单位日期": "2020-04-13",
    "限办截止时间": "2020-07-01",
}
TAKEN = {**SENT, "作出受理意见日期": "2020-04-15", "受理情况": "受理", "办理程序": "普通程序", "承办人": "李强"}
ANSWERED = {**TAKEN, "作出处理意见日期": "2020-05-20", "处理意见": "予以支持"}
DELIVERED = {**ANSWERED, "送达时间": "2020-05-21", "送达方式": "0", "签收": "1", "对意见的态度": "0"}
DONE = {**DELIVERED, "办结": "已办结", "对责任单位评价": "1", "对责任单位评价时间": "2020-05-25 10:00:00"}


@pytest.fixture
def snapshot(tmp_path):
    """Writes rows as a table, or as JSON lines where its name says so."""

    def write(*rows: dict[str, object], name: str = "week.csv", encoding: str = "utf-8") -> Path:
        names = list(dict.fromkeys(name for row in rows for name in row))
        table = [",".join(names), *(",".join(str(row.get(name, "")) for name in names) for row in rows)]
        lines = [json.dumps(row, ensure_ascii=False) for row in rows] if name.endswith("jsonl") else table
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding=encoding)
        return tmp_path / name

    return write


def types(danze: Danze) -> list[str]:
    events = map(json.loads, danze("export", "jsonl", "-").out.splitlines())
    return [
        each["type"].removeprefix("petition.").removesuffix(".v1") for each in events if "petition:" in each["subject"]
    ]


def came_in(danze: Danze, file: Path, *options: str) -> int:
    said = danze("import", "records", file, "--json", *options).json
    assert (said["problems"], said["rejected"]) == ([], 0), said
    return said["recorded"]


def test_week_by_week_only_what_is_new_happens(danze, snapshot):
    weeks = [(FIRST, 2), (SENT, 2), (TAKEN, 2), (TAKEN, 0), (ANSWERED, 1), (DELIVERED, 1), (DONE, 2)]
    for number, (row, events) in enumerate(weeks):
        file = snapshot(row, name=f"week-{number}.{'jsonl' if number % 2 else 'csv'}")
        assert came_in(danze, file, "--seen", "2020-06-01") == events, number
    assert types(danze) == [
        "registered", "assigned", "accepted", "notified", "answered", "opinion_delivered", "rated", "closed",
    ]  # fmt: skip
    case = danze("show", f"petition:{FIRST['信访件编号']}", "--json").json
    assert (case["state"], case["collective"]) == ("closed", True)
    assert {each["clock"]: each["met_on"] for each in case["deadlines"] if each["clock"] in ("K1", "K5", "K13")} == {
        "K1": "2020-04-13", "K5": "2020-05-20", "K13": "2020-05-20",
    }  # fmt: skip


def test_all_snapshots_in_one_file_or_the_last_alone_say_the_same(danze, snapshot, tmp_path):
    came_in(danze, snapshot(FIRST, SENT, TAKEN, ANSWERED, DELIVERED, DONE), "--seen", "2020-06-01")
    alone = Danze(tmp_path / "alone.db")
    came_in(alone, snapshot(DONE), "--seen", "2020-06-01")
    assert types(alone) == types(danze)
    assert came_in(danze, snapshot(DONE, name="again.csv"), "--seen", "2020-07-01") == 0


def test_what_a_row_does_not_say_is_marked_and_nobody_is_made_up(danze, snapshot):
    row = {name: value for name, value in TAKEN.items() if name not in ("承办人", "登记人", "信访目的")}
    came_in(danze, snapshot(row))
    events = [json.loads(line) for line in danze("export", "jsonl", "-").out.splitlines()]
    registered = next(each for each in events if each["type"] == "petition.registered.v1")
    accepted = next(each for each in events if each["type"] == "petition.accepted.v1")
    assert (registered["actor"], registered["data"]["petitioners"]) == ("importer:records", [])
    assert (registered["data"]["origin"]["inferred"], registered["data"]["origin"]["积案"]) == (True, "是")
    assert registered["data"]["origin"]["assumed"] == "purpose"
    assert (accepted["data"]["handler"], accepted["time"]) == (None, "2020-04-15T00:00:00+08:00")
    assert accepted["data"]["origin"]["assumed"] == "time of day"


def test_names_are_sealed_and_marks_on_persons_are_never_taken(danze, snapshot):
    came_in(danze, snapshot({**FIRST, "扬言": "是", "被反映人": "赵某"}))
    told = danze("export", "jsonl", "-").out
    assert not [word for word in ("王小明", "我家住三栋", "赵某", "扬言") if word in told]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({**DELIVERED, "办结": "已办结"}, "办结"),
        ({**FIRST, "重复": "是"}, "重复信访件编号"),
        ({**FIRST, "复查": "是"}, "复查"),
        ({**SENT, "作出受理意见日期": "2020-04-15", "受理情况": "不予受理"}, "受理情况"),
        ({**FIRST, "去向机构": "蒸湘区住建局"}, "转交责任单位日期"),
        ({**SENT, "作出受理意见日期": "四月"}, "作出受理意见日期"),
        ({**FIRST, "登记机构": ""}, "登记机构"),
        ({**FIRST, "信访件编号": ""}, "信访件编号"),
        ({**FIRST, "身份证号": "430408000000000000"}, "身份证号"),
    ],
)
def test_what_cannot_be_inferred_is_told(danze, snapshot, row, column):
    said = danze("import", "records", snapshot(row), "--json").json
    assert [each["field"] for each in said["problems"]][:1] == [column], said


def test_a_corrected_date_is_told_and_left_to_a_human(danze, snapshot):
    came_in(danze, snapshot(TAKEN))
    said = danze("import", "records", snapshot({**TAKEN, "作出受理意见日期": "2020-04-16"}), "--json").json
    assert said["recorded"] == 0
    assert "correction" in said["problems"][0]["sentence"]


def test_units_that_stand_are_known_by_their_names(danze, snapshot):
    danze.emit(*UNITS)
    came_in(danze, snapshot(TAKEN))
    case = danze("show", f"petition:{FIRST['信访件编号']}", "--json").json
    assert (case["unit"], case["deadlines"][0]["owed_by"]) == ("unit:430408-zjj", "unit:430408-xfj")


UNITS = [
    {
        "specversion": "1.0", "id": unit, "source": "/test", "type": "unit.established.v1", "subject": unit,
        "actor": "official:a", "unit": unit, "time": "2019-01-01T09:00:00+08:00",
        "data": {"name": name, "level": "county", "kind": kind, "division": "430408"},
    }
    for unit, name, kind in (
        ("unit:430408-xfj", "蒸湘区信访局", "bureau"), ("unit:430408-zjj", "蒸湘区住建局", "department"),
    )
]  # fmt: skip


def test_no_such_table_is_refused_in_one_sentence_and_no_store_is_made(danze, snapshot, tmp_path):
    danze("import", "records", snapshot({"a": 1})).refused("has no column 信访件编号")
    danze("import", "records", snapshot(FIRST, encoding="gb18030")).refused("not UTF-8")
    danze("import", "records", snapshot(FIRST, name="a.jsonl", encoding="gb18030")).refused("not UTF-8")
    danze("import", "records", tmp_path / "nothing.csv").refused("cannot be read")
    (tmp_path / "terms.toml").write_text('[columns]\nno = ["NO"]\n[values]\n', encoding="utf-8")
    danze("import", "records", snapshot(FIRST), "--terms", tmp_path / "terms.toml").refused("names no column for")
    assert not Path(danze.store).exists()


def test_columns_and_codes_of_another_export_are_named_in_a_table_of_terms(danze, snapshot, tmp_path):
    terms = tmp_path / "terms.toml"
    terms.write_text(
        '[columns]\nno = ["xfjbh"]\nregistered_at = ["djsj"]\nregistered_by = ["djjg"]\nchannel = ["xfxs"]\n'
        'accepted_on = ["slrq"]\nanswered_on = ["clrq"]\n[values.channel]\n"300" = "visit"\n',
        encoding="utf-8",
    )
    row = {"xfjbh": "7", "djsj": "2020-04-10 09:12", "djjg": "市信访局", "xfxs": 300, "slrq": None}
    assert came_in(danze, snapshot(row, name="row.jsonl"), "--terms", str(terms)) == 2
    assert danze("counters", "--by", "channel", "--json").json["rows"][0]["key"] == "visit"
