"""Every rejection that needs no memory: what is sent is refused with code and path (contract section 2)."""

import json

import pytest

from domain.codec import LONGEST, decode_action
from domain.envelope import Action, Rejected

GOOD = {
    "specversion": "1.0", "id": "1", "source": "/window-3", "type": "petition.registered.v1", "subject": "petition:1",
    "time": "2020-04-10T09:12:00+08:00", "actor": "official:a", "unit": "unit:430408-xfj",
    "data": {
        "channel": "visit", "purpose": "settlement", "category": "城乡建设", "place": "430408", "persons": 6,
        "petitioners": ["person:9f3a"], "title": "小区停车收费",
    },
}  # fmt: skip


def sent(data: dict | None = None, **envelope) -> bytes:
    return json.dumps({**GOOD, **envelope, "data": GOOD["data"] if data is None else data}, ensure_ascii=False).encode()


def registered(**fields) -> bytes:
    return sent({**GOOD["data"], **fields})


def without(field: str) -> bytes:
    return sent({name: value for name, value in GOOD["data"].items() if name != field})


def test_what_is_whole_is_taken():
    assert isinstance(decode_action(sent()), Action)


REFUSED = [
    (b"{", "malformed", "$"),
    (b"\xff\xfe", "malformed", "$"),
    (b'"x"', "malformed", "$"),
    (b" " * (LONGEST + 1), "malformed", "$"),
    (sent(type="petition.vanished.v1"), "unknown-type", "$.type"),
    (sent(surprise=1), "unknown-field", "$.surprise"),
    (registered(colour="red"), "unknown-field", "$.data.colour"),
    (without("title"), "missing-field", "$.data.title"),
    (registered(persons="six"), "bad-value", "$.data.persons"),
    (registered(persons=0), "bad-value", "$.data.persons"),
    (registered(channel="pigeon"), "bad-value", "$.data.channel"),
    (registered(petitioners=["9f3a"]), "bad-value", "$.data.petitioners"),
    (registered(about_unit="430408-zjj"), "bad-value", "$.data.about_unit"),
    (registered(title=""), "bad-value", "$.data.title"),
    (sent(time="2020-04-10T09:12:00"), "bad-value", "$.time"),
    (sent(time="yesterday"), "bad-value", "$.time"),
    (sent(subject="unit:1"), "bad-value", "$.subject"),
    (sent(subject="petition:"), "bad-value", "$.subject"),
    (sent(unit="430408-xfj"), "bad-value", "$.unit"),
    (sent(specversion="0.3"), "bad-value", "$.specversion"),
    (sent({}, type="petition.not_accepted.v1"), "ground-missing", "$.data.ground"),
    (sent({"ground": "N9"}, type="petition.not_accepted.v1"), "bad-value", "$.data.ground"),
    (sent({"ground": "N1"}, type="petition.no_longer_accepted.v1"), "bad-value", "$.data.ground"),
    (sent({}, type="petition.supervised.v1"), "ground-missing", "$.data.ground"),
]


@pytest.mark.parametrize(("line", "code", "path"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_wrong_is_refused_at_its_field(line, code, path):
    refused = decode_action(line)
    assert isinstance(refused, Rejected)
    assert (refused.code, refused.path) == (code, path)


@pytest.mark.parametrize(
    ("type", "subject", "data", "field", "kept"),
    [
        ("petition.repeat_judged.v1", "petition:2", {"first": "petition:1", "basis": []}, "first", "1"),
        ("conference.item_agreed.v1", "conference:a",
         {"item": "物业", "owner_unit": "unit:a", "petition": "petition:1"}, "petition", "1"),
        ("dispute.became_petition.v1", "dispute:a", {"petition": "1"}, "petition", "1"),
        ("duty.reception_held.v1", "duty:a",
         {"leader": "official:a", "kind": "reception", "items": ["petition:1", "2"]}, "items", ("1", "2")),
    ],
)  # fmt: skip
def test_an_item_is_named_by_its_number_or_as_its_subject_names_it(type, subject, data, field, kept):
    action = decode_action(sent(data, type=type, subject=subject))
    assert getattr(action.data, field) == kept


@pytest.mark.parametrize(
    "type", ["petition.secrecy_guarded.v1", "deadline.missed.v1", "duty.missed.v1", "supervision.due.v1"]
)
def test_what_the_log_writes_itself_is_accepted_from_nobody(type):
    refused = decode_action(sent({}, type=type))
    assert isinstance(refused, Rejected)
    assert refused.path == "$.type"


@pytest.mark.parametrize(
    ("type", "data", "kinds"),
    [
        ("finding.opened.v1", {}, "a finding's id, as F01:petition:NO"),
        ("unit.care_held.v1", {}, "unit:…"),
        ("petitioner.forgotten.v1", {"reason": "保存期限已满"}, "petitioner:… or person:…"),
    ],
)
def test_a_subject_of_another_kind_is_told_which_it_would_be(type, data, kinds):
    refused = decode_action(sent(data, type=type, subject="petition:1"))
    assert isinstance(refused, Rejected)
    assert refused.message == f"'petition:1' is not a subject of {type}, which is {kinds}"
