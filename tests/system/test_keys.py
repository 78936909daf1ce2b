"""`danze keys` prints what producers seal with, and what they sealed the store's intake opens and keeps sealed."""

import json
from pathlib import Path

from infra.sealed_box import Envelope
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
        "intake": {"name": Envelope(printed.strip()).name, "public": printed.strip()}
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
