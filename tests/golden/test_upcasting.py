"""A type got a second version: the first, stored, is read as the second, and producers may go on sending it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from cli.wiring import System, opened
from domain import codec
from domain.clock.events import DutyMissed
from domain.envelope import Rejected
from domain.fact import Fact, UnitId
from domain.petition.events import PetitionReferred
from domain.vocabulary import EARLIER, NAMES, STORED, SUBJECT_KIND, TYPES, Earlier, log_made
from infra.log.open import open_log
from infra.log.port import NewEntry, key_of
from infra.log.times import micros
from infra.log.verify import verify
from tests.system.command import Danze, action, city, ndjson, registered

V1, V2, V3 = (f"petition.referred.v{number}" for number in (1, 2, 3))
LATER = 4_000_000_000_000_000
"""In the year 2096."""
SENT = action("R", "petition.referred", "petition:P-1", "2020-04-11T09:00:00+08:00", {"bureau": "organ"})


class ReferredToABureau(Fact, frozen=True, kw_only=True):
    """A made-up first version: it named the bureau without its kind."""

    bureau: str


@pytest.fixture
def second_version() -> Iterator[None]:
    """Referrals are of version 2 today."""
    earlier = Earlier(ReferredToABureau, V2, lambda was: PetitionReferred(to_unit=UnitId(f"unit:{was.bureau}")))
    today = {V2: PetitionReferred}
    tables: list[tuple[dict[Any, Any], dict[Any, Any]]] = [
        (TYPES, {**{name: fact for name, fact in TYPES.items() if name != V1}, **today}),
        (STORED, {**STORED, **today, V1: ReferredToABureau}), (EARLIER, {**EARLIER, V1: earlier}),
        (SUBJECT_KIND, {**SUBJECT_KIND, V2: ("petition",)}), (NAMES, {**NAMES, PetitionReferred: V2}),
    ]  # fmt: skip
    before = [dict(table) for table, _ in tables]
    refill((table, made) for table, made in tables)
    with freshly_read():
        yield
    refill((table, was) for (table, _), was in zip(tables, before, strict=True))


def refill(tables: Iterable[tuple[dict[Any, Any], dict[Any, Any]]]) -> None:
    """In the order of the given entries too: pages list types as they stand."""
    for table, entries in tables:
        table.clear()
        table.update(entries)


@contextmanager
def freshly_read() -> Iterator[None]:
    """Decoders are made once for each type."""
    for made in (codec._decoders, codec.SEERS):
        made.clear()
    codec._fact_decoder.cache_clear()
    yield
    for made in (codec._decoders, codec.SEERS):
        made.clear()
    codec._fact_decoder.cache_clear()


STORED_BEFORE = orjson.dumps({
    "actor": "official:a", "data": {"bureau": "organ"}, "id": "R", "recorded": "2020-04-11T09:00:00+08:00",
    "ruleset": ["cn-2005"], "source": "/test", "specversion": "1.0", "subject": "petition:P-1",
    "time": "2020-04-11T09:00:00+08:00", "type": V1, "unit": "unit:bureau", "version": 2,
})  # fmt: skip


@pytest.mark.usefixtures("second_version")
def test_an_event_of_the_first_version_is_read_as_the_second() -> None:
    for event in (codec.decode_event(V1, STORED_BEFORE, 9), *codec.decode_each([(9, "", 0, V1, 0, STORED_BEFORE)])):
        assert (event.type, event.position) == (V2, 9)
        assert event.data == PetitionReferred(to_unit=UnitId("unit:organ"))


@pytest.fixture
def system(second_version: None, tmp_path: Path) -> Iterator[System]:
    """A store in which a referral lies that was recorded as version 1, before the upgrade."""
    with opened(str(tmp_path / "danze.db")) as system:
        system.intake(history=True).take(ndjson([*city(), registered(1)]).splitlines())
        sent = codec.decode_action(orjson.dumps(SENT))
        digest = system.vault.digest(codec.encode(sent))
        at = micros(datetime.fromisoformat(SENT["time"]))
        entry = NewEntry("petition:P-1", 2, V1, at, STORED_BEFORE, key_of("/test", "R"), digest)
        system.log.append([entry], [], after=system.log.head().position)
        yield system


def test_a_store_of_the_first_version_answers_verifies_and_is_rebuilt(system: System) -> None:
    assert system.answers.case("P-1")["unit"] == "unit:organ"
    assert [event["type"] for event in system.answers.timeline("P-1")["events"]] == ["petition.registered.v1", V1], (
        "as stored"
    )
    assert {*system.projector.replay().differences.values()} == {0}
    assert (verify(system.log)["ok"], system.log.get(5).body) == (True, STORED_BEFORE)


def test_producers_may_go_on_with_the_first_version(system: System) -> None:
    intake = system.intake(history=True)
    again, wrong, late = intake.take(ndjson([
        SENT, {**SENT, "id": "W", "data": {"office": "organ"}}, {**SENT, "id": "L", "data": {"bureau": "below"}},
    ]).splitlines())  # fmt: skip
    assert (again.outcome, again.position) == ("duplicate", 5), "sent before the upgrade, and again after it"
    assert (wrong.rejection.code, wrong.rejection.path) == ("unknown-field", "$.data.office")
    assert (late.outcome, system.log.get(late.position).type) == ("recorded", V2)
    assert system.answers.case("P-1")["unit"] == "unit:below"


def test_what_the_log_itself_writes_is_no_producers_by_its_former_name_either(monkeypatch: pytest.MonkeyPatch) -> None:
    former = {"duty.missed.v0": "duty.missed.v1", "duty.lapsed.v1": "duty.missed.v0"}
    for name, later in former.items():
        monkeypatch.setitem(EARLIER, name, Earlier(DutyMissed, later, lambda was: was))
        monkeypatch.setitem(STORED, name, DutyMissed)
    monkeypatch.setattr(codec, "LOG_MADE", log_made(EARLIER))
    for name in (*former, "duty.missed.v1"):
        refused = codec.decode_action(orjson.dumps({**SENT, "type": name}))
        assert isinstance(refused, Rejected)
        assert (refused.code, refused.path) == ("not-allowed", "$.type")


def test_an_event_of_a_later_release_is_a_sentence_and_nothing_is_folded_over_it(danze: Danze) -> None:
    """As when a newer danze wrote to the store, and an older one still runs."""
    danze.emit(*city(), registered(1))
    with closing(open_log(danze.store)) as log:
        later = STORED_BEFORE.replace(b"referred.v1", b"referred.v3")
        log.append([NewEntry("petition:P-1", 2, V3, LATER, later, b"k" * 16, b"d" * 16)], [], after=4)
    for call in (("findings",), ("search",), ("replay",), ("show", "petition:P-1"), ("tick",)):
        danze(*call).refused(f"the log holds {V3}", "Upgrade")
    danze("emit", "-", sent=ndjson([registered(2)])).refused("Upgrade")
