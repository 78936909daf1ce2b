"""Personal fields travel sealed: the intake alone opens them, and only in the action that they were sealed for."""

import json

import pytest

from domain.codec import decode_action, encode
from domain.envelope import Action, Rejected
from infra.vault.sealed_box import Envelope, IntakeKey, in_clear

OURS, ANOTHER = IntakeKey(b"\1" * 32), IntakeKey(b"\2" * 32)
PERSONAL = {"name": "周小华", "phone": "13800000000", "text": "小区停车乱收费"}
DATA = {
    "channel": "visit", "purpose": "settlement", "category": "城乡建设", "place": "430408", "persons": 6,
    "petitioners": ["person:9f3a"], "title": "小区停车收费",
}  # fmt: skip
ACTION = {
    "specversion": "1.0", "id": "17", "source": "/window-3", "type": "petition.registered.v1", "subject": "petition:1",
    "time": "2020-04-10T09:12:00+08:00", "actor": "official:a",
}  # fmt: skip


def line(personal=PERSONAL, **instead) -> bytes:
    data = DATA if personal is None else {**DATA, "personal": personal}
    return json.dumps({**ACTION, **instead, "data": data}, ensure_ascii=False).encode()


def closed(plain: bytes) -> bytes:
    return Envelope(OURS.public).closed(plain)


def test_what_travels_shows_nothing_and_is_still_an_action():
    sent = closed(line())
    assert isinstance(decode_action(sent), Action)
    assert json.loads(sent)["data"]["personal"].keys() == {"key", "sealed"}
    assert not [each for each in PERSONAL.values() if each.encode() in sent]
    assert (in_clear(line()), in_clear(sent)) == (True, False)


def test_the_intake_gets_the_action_as_it_was_before():
    opened = OURS.opened(closed(line()))
    assert isinstance(opened, bytes)
    action, before = decode_action(opened), decode_action(line())
    assert isinstance(action, Action)
    assert isinstance(before, Action)
    assert encode(action) == encode(before), "the same content, so that what is sent again is a duplicate"


def test_sealing_twice_shows_no_likeness_and_sealed_fields_are_not_sealed_again():
    assert closed(line()) != closed(line())
    once = closed(line())
    assert closed(once) == once


@pytest.mark.parametrize(
    "plain",
    [line(None), line({}), line({"sealed": "x"}), b"", b"\xff", b"{", b'"personal"', b'{"data": {"personal": 1}}',
     b'{"data": 1, "personal": 2}', b"[" * 100_000 + b"personal"],
)  # fmt: skip
def test_what_has_no_sealed_fields_comes_back_as_it_is(plain):
    assert OURS.opened(plain) == plain


def test_however_the_json_is_spelled_the_fields_are_found():
    sent = closed(line()).replace(b'"personal"', b'"p\\u0065rsonal"').replace(b'"17"', b'"\\u0031\\u0037"')
    opened = OURS.opened(sent)
    assert isinstance(opened, bytes)
    assert json.loads(opened)["data"]["personal"] == PERSONAL


def test_fields_sealed_for_another_intake_are_refused_with_its_name():
    why = (
        f"the personal fields are sealed for '{OURS.name}'; this intake is {ANOTHER.name} "
        "(`danze keys` prints its public key)"
    )
    assert ANOTHER.opened(closed(line())) == Rejected("bad-value", why, "$.data.personal.key")


CHANGED = Rejected(
    "bad-value",
    "the personal fields cannot be opened: they were changed, or sealed for another id, source or subject",
    "$.data.personal.sealed",
)


@pytest.mark.parametrize("instead", [{"id": "18"}, {"source": "/window-4"}, {"subject": "petition:2"}])
def test_sealed_fields_cannot_be_moved_to_another_action(instead):
    sealed = json.loads(closed(line()))["data"]["personal"]
    assert OURS.opened(line(sealed, **instead)) == CHANGED
    assert isinstance(OURS.opened(line(sealed)), bytes), "in their own they open"


@pytest.mark.parametrize("sealed", ["", "AAAA", "no base64!", "A" * 80])
def test_bytes_that_are_no_seal_are_refused(sealed):
    assert OURS.opened(line({"key": OURS.name, "sealed": sealed})) == CHANGED


@pytest.mark.parametrize("text", ["", "AAAA", "no key", "A" * 44, "A" * 43 + "="])
def test_what_is_no_public_key_is_said(text):
    with pytest.raises(ValueError, match="is no public key of an intake: 32 bytes in base64"):
        Envelope(text)
