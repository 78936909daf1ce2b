"""Messages of citizens to a mailbox become items; what the file does not say is marked, what is broken is told."""

from collections import Counter

import pytest

from infra.importers.messages import MAILBOX, messages
from infra.importers.rows import ImportProblem, Problem
from tests.infra.shared_data import shared

HEADER = "message_id,user_id,title,posted_at,body,reply,replied_at\n"


@pytest.fixture
def table(tmp_path):
    def write(text: str, *, header: str = HEADER, encoding: str = "utf-8"):
        path = tmp_path / "messages.csv"
        path.write_bytes((header + text).encode(encoding))
        return path

    return write


def kinds(actions):
    return [(action["type"].removesuffix(".v1"), action["subject"]) for action in actions]


def test_a_message_with_a_reply_is_registered_and_answered_at_once(table):
    path = table("7,U1,路灯不亮,2020-03-02 08:00:00,巷口路灯坏了,已经修好,2020-03-05 10:30:00\n")
    mailbox, registered, answered = messages(path)
    assert mailbox["subject"] == MAILBOX
    assert mailbox["time"] == "2020-03-01T08:00:00+08:00"
    assert mailbox["data"]["origin"]["assumed"].startswith("unit")
    assert registered["subject"] == "petition:mailbox-7"
    assert registered["time"] == "2020-03-02T08:00:00+08:00"
    assert registered["data"]["channel"] == "leader_mailbox"
    assert registered["data"]["title"] == "路灯不亮"
    assert registered["data"]["personal"] == {"text": "巷口路灯坏了"}
    assert registered["data"]["origin"] == {
        "file": "messages.csv",
        "row": 1,
        "assumed": "purpose,category,place,persons",
    }
    assert answered["time"] == "2020-03-05T10:30:00+08:00"
    assert answered["data"]["immediate"] is True
    assert answered["data"]["personal"] == {"text": "已经修好"}
    assert answered["data"]["origin"]["assumed"] == "outcome,immediate"


def test_a_message_without_a_reply_stays_open(table):
    path = table(
        "7,U1,路灯不亮,2020-03-02 08:00:00,坏了,3,0\n", header="message_id,user_id,title,posted_at,body,likes,against\n"
    )
    _, registered = messages(path)
    assert registered["data"]["origin"]["likes"] == "3"


def test_a_message_of_a_year_of_which_nothing_is_taken_is_told(table):
    """The mailbox would stand a day before the first day that there is."""
    told = []
    path = table("7,U1,路灯不亮,0001-01-01 00:00:00,坏了,,\n8,U1,积水,9999-12-31 23:59:59,正文,,\n")
    assert list(messages(path, problems=told)) == []
    assert [(each.row, each.field) for each in told] == [(1, "posted_at"), (2, "posted_at")]
    assert told[0].sentence == "'0001-01-01 00:00:00' is not a moment like 2019-04-24 16:03:40"


def test_the_same_user_is_the_same_person_and_a_name_never_shows(table):
    row = "{},{},积水,2020-03-0{} 08:00:00,正文,,\n"
    path = table(row.format(1, "U1", 1) + row.format(2, "U1", 2) + row.format(3, "U2", 3))
    first, second, third = (action["data"]["petitioners"][0] for action in list(messages(path))[1:])
    assert first == second != third
    assert "U1" not in first
    assert len(first) == len("person:") + 16


def test_actions_come_by_time_across_rows(table):
    path = table(
        "2,U2,乙,2020-03-04 08:00:00,正文,,\n"
        "1,U1,甲,2020-03-02 08:00:00,正文,答复,2020-03-09 08:00:00\n"
        "3,U3,丙,2020-03-02 08:00:00,正文,,\n"
    )
    assert kinds(messages(path)) == [
        ("unit.established", MAILBOX),
        ("petition.registered", "petition:mailbox-1"),
        ("petition.registered", "petition:mailbox-3"),
        ("petition.registered", "petition:mailbox-2"),
        ("petition.answered", "petition:mailbox-1"),
    ]


def test_reading_twice_gives_the_same_actions(table):
    path = table("7,U1,路灯不亮,2020-03-02 08:00:00,坏了,已修,2020-03-05 10:30:00\n")
    assert list(messages(path)) == list(messages(path))


def test_a_unit_of_ones_own_is_not_established(table):
    path = table("7,U1,路灯不亮,2020-03-02 08:00:00,坏了,,\n")
    (registered,) = messages(path, "unit:430408-gov")
    assert registered["unit"] == "unit:430408-gov"


@pytest.mark.parametrize(
    ("row", "field", "taken"),
    [
        ("7,U1,甲,,正文,,", "posted_at", []),
        ("7,U1,甲,2020-13-01 08:00:00,正文,,", "posted_at", []),
        ("7,U1,甲,2020-03-01,正文,,", "posted_at", []),
        ("7,,甲,2020-03-01 08:00:00,正文,,", "user_id", []),
        ("7,U1,,2020-03-01 08:00:00,正文,,", "title", []),
        (",U1,甲,2020-03-01 08:00:00,正文,,", "message_id", []),
        ("7,U1,甲,2020-03-01 08:00:00,正文", "", []),
        ("7,U1,甲,2020-03-01 08:00:00,正文,答复,2020-02-01 08:00:00", "replied_at", ["petition.registered"]),
        ("7,U1,甲,2020-03-01 08:00:00,正文,答复,昨天", "replied_at", ["petition.registered"]),
        ("7,U1,甲,2020-03-01 08:00:00,正文,答复,", "replied_at", ["petition.registered"]),
        ("7,U1,甲,2020-03-01 08:00:00,正文,,2020-03-02 08:00:00", "reply", ["petition.registered"]),
    ],
)
def test_what_is_broken_is_told_and_not_guessed(table, row, field, taken):
    problems: list[Problem] = []
    actions = list(messages(table(row + "\n"), problems=problems))
    assert [kind for kind, _ in kinds(actions)] == (["unit.established", *taken] if taken else [])
    assert [(problem.row, problem.field) for problem in problems] == [(1, field)]
    assert len(problems[0].sentence) > 10


def test_a_message_that_stands_twice_is_taken_once(table):
    row = "7,U1,甲,2020-03-01 08:00:00,正文,,\n"
    problems: list[Problem] = []
    assert len(list(messages(table(row + row), problems=problems))) == 2
    assert problems == [Problem(2, "message_id", "the message 7 was in row 1 already")]


def test_an_empty_table_gives_nothing(table):
    assert list(messages(table(""))) == []


def test_a_file_with_another_header_is_refused_with_a_sentence(table):
    with pytest.raises(ImportProblem, match="lacks the columns message_id, user_id"):
        list(messages(table("1,2\n", header="a,b\n")))


def test_a_file_in_another_encoding_is_refused_with_a_sentence(table):
    path = table("7,U1,路灯不亮,2020-03-02 08:00:00,坏了,,\n", encoding="gb18030")
    with pytest.raises(ImportProblem, match="not UTF-8"):
        list(messages(path))


def test_a_file_that_is_not_there_is_refused_with_a_sentence(tmp_path):
    with pytest.raises(ImportProblem, match="cannot be read"):
        list(messages(tmp_path / "none.csv"))


def test_a_field_may_hold_line_breaks_and_a_mark_may_stand_first(table):
    path = table('7,U1,甲,2020-03-01 08:00:00,"一行\n二行",,\n', encoding="utf-8-sig")
    _, registered = messages(path)
    assert registered["data"]["personal"]["text"] == "一行\n二行"


def test_the_answered_messages_of_the_shared_data():
    problems: list[Problem] = []
    types = Counter(action["type"] for action in messages(shared("messages/answered_messages.csv"), problems=problems))
    assert types == {"unit.established.v1": 1, "petition.registered.v1": 1396, "petition.answered.v1": 1396}
    assert problems == []


def test_the_open_messages_of_the_shared_data():
    types = Counter(action["type"] for action in messages(shared("messages/open_messages.csv")))
    assert types == {"unit.established.v1": 1, "petition.registered.v1": 2178}
