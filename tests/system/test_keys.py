"""`danze keys` prints what producers seal with, and what they sealed the store's intake opens and keeps sealed."""

import json
from pathlib import Path

from infra.vault.sealed_box import Envelope
from tests.system.command import Danze

ACTION = {
    "specversion": "1.0", "id": "17", "source": "/window-3", "type": "petition.registered.v1", "subject": "petition:1",
    "time": "2020-04-10T09:12:00+08:00", "actor": "official:a", "unit": "unit:430408-xfj",
    "data": {
        "channel": "visit", "purpose": "settlement", "category": "城乡建设", "place": "430408", "persons": 1,
        "petitioners": ["person:9f3a"], "title": "小区停车收费", "personal": {"name": "周小华"},
    },
}  # fmt: skip

UNITS = Path(__file__).parents[2] / "docs/examples/parking.jsonl"


def test_the_public_key_is_printed_alone_or_as_json(tmp_path):
    danze = Danze(tmp_path / "danze.db")
    danze("emit", "-", sent=b"")
    printed = danze("keys").out
    assert danze("keys", "--json").json == {
        "intake": {"name": Envelope(printed.strip()).name, "public": printed.strip(), "former": []}
    }


def test_there_are_no_keys_without_a_store(tmp_path):
    Danze(tmp_path / "none.db")("keys").refused("none.db")


def test_fields_sealed_on_their_way_are_under_the_petitioners_key_in_the_log(tmp_path):
    from cli.wiring import opened

    with opened(str(tmp_path / "danze.db")) as system:
        sent = Envelope(system.vault.intake_key.public).closed(json.dumps(ACTION).encode())
        line = system.vault.intake_key.opened(sent)
        assert isinstance(line, bytes)
        intake = system.intake()
        intake.take(UNITS.read_bytes().splitlines()[:3])
        assert [outcome.outcome for outcome in intake.take([line])] == ["recorded"]
        again = system.vault.intake_key.opened(Envelope(system.vault.intake_key.public).closed(line))
        assert isinstance(again, bytes)
        assert [outcome.outcome for outcome in intake.take([again])] == ["duplicate"]
        stored = next(iter(system.log.stream("petition:1")))
        personal = json.loads(stored.body)["data"]["personal"]
        assert personal["key"] == "person:9f3a"
        assert system.vault.open(personal) == {"name": "周小华"}


def test_after_a_rotation_the_same_action_is_still_a_duplicate_and_the_former_key_can_be_destroyed(tmp_path):
    danze = Danze(tmp_path / "danze.db")
    told = [*UNITS.read_bytes().splitlines()[:3], ACTION]
    assert danze.emit(*told) == {"recorded": 4, "duplicate": 0, "rejected": 0}
    before = danze("keys", "--json").json["intake"]
    after = danze("keys", "rotate", "--json").json
    assert (after["persons"], after["to_do"], after["intake"]["former"]) == (1, None, [before["name"]])
    assert danze.emit(*told) == {"recorded": 0, "duplicate": 4, "rejected": 0}
    assert danze.events() == 4
    assert danze("keys", "retire", before["name"]).code == 0
    assert danze("keys", "--json").json["intake"]["former"] == []
    danze("keys", "retire", after["intake"]["name"]).refused("is no former key of this intake")


def test_a_key_of_the_environment_goes_to_the_file_that_is_named(tmp_path):
    key, new = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", tmp_path / "new"
    danze = Danze(tmp_path / "danze.db", DANZE_MASTER_KEY=key)
    danze.emit(*UNITS.read_bytes().splitlines()[:3], ACTION)
    danze("keys", "rotate").refused("the master key comes from DANZE_MASTER_KEY", "--new-key")
    told = danze("keys", "rotate", "--new-key", new)
    assert f"set DANZE_MASTER_KEY to what {new} holds" in told.out
    assert key not in told.out + told.err
    assert new.read_text().strip() not in told.out + told.err
    danze("keys").refused("the master key does not fit")
    with_new = Danze(tmp_path / "danze.db", DANZE_MASTER_KEY_FILE=str(new))
    assert with_new.emit(ACTION)["duplicate"] == 1


def test_options_before_the_verb_are_refused(tmp_path):
    Danze(tmp_path / "danze.db")("keys", "--store", "x.db", "rotate").refused("after `danze keys rotate`")
