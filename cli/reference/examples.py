"""Examples for documents: four steps of one invented petition as actions, an event, a refusal and a checkpoint."""

from datetime import datetime
from typing import Any

import msgspec

from domain.codec import encode
from domain.envelope import SHANGHAI, Action, AnyAction, Event, Rejected
from domain.fact import Fact, OfficialId, PersonId, UnitId
from domain.petition.events import PetitionAccepted, PetitionReferred, PetitionRegistered, PetitionWorked
from domain.vocabulary import NAMES
from infra.log.port import leaf_of
from infra.log.times import micros
from infra.seals.checkpoints import Checkpoint
from infra.seals.notes import LOG, Note, Signer
from infra.seals.sealer import Seal

NO = "430408-2020-000002"
BUREAU, UNIT = UnitId("unit:430408-xfj"), UnitId("unit:430408-zjj")
REGISTERED = PetitionRegistered(
    channel="visit", purpose="settlement", category="城乡建设", place="430408", persons=6,
    petitioners=(PersonId("person:9f3a"),), title="小区停车收费", about_unit=UNIT,
)  # fmt: skip
STEPS: tuple[tuple[Fact, UnitId], ...] = (
    (REGISTERED, BUREAU),
    (PetitionReferred(to_unit=UNIT), BUREAU),
    (PetitionAccepted(procedure="ordinary", handler=OfficialId("official:430408-zjj-wang")), UNIT),
    (PetitionWorked(what="实地走访，接谈上访人"), UNIT),
)


def example_actions() -> dict[str, AnyAction]:
    """By type."""
    return {action.type: action for action in (_action(n, *step) for n, step in enumerate(STEPS, 1))}


def _action(n: int, fact: Fact, unit: UnitId) -> AnyAction:
    return Action(
        specversion="1.0", id=f"window-3/{n:06}", source="/430408/reception-centre/window-3", type=NAMES[type(fact)],
        subject=f"petition:{NO}", time=datetime(2020, 4, 9 + n, 9, 12, tzinfo=SHANGHAI), unit=unit,
        actor=f"official:{unit.removeprefix('unit:')}-clerk", data=fact,
    )  # fmt: skip


def example_event() -> tuple[dict[str, Any], dict[str, str]]:
    """The last step as the log keeps it, and the headers it has on petition.events."""
    told = msgspec.structs.asdict(_action(len(STEPS), *STEPS[-1]))
    del told["datacontenttype"], told["dataschema"], told["recordedat"]
    event = Event(**told, version=4, recorded=datetime(2020, 4, 13, 9, 12, 8, tzinfo=SHANGHAI), ruleset=("cn-2005",))
    headers = {"position": "417", "type": event.type, "version": "4", "recorded": str(micros(event.recorded))}
    return msgspec.json.decode(encode(event)), headers


def example_refusal() -> dict[str, Any]:
    """The referral to a unit that is none, as petition.rejected carries it."""
    action: dict[str, Any] = msgspec.json.decode(encode(_action(2, *STEPS[1])))
    why = Rejected("bad-value", "'430408-zjj' does not begin with 'unit:'", "$.data.to_unit")
    return {**action, "data": {"to_unit": "430408-zjj"}, "rejection": msgspec.to_builtins(why)}


def example_seal() -> dict[str, Any]:
    """The checkpoint of a log that holds the last step only, as petition.seals carries it; its key is nobody's."""
    signer = Signer("example.org/danze", LOG, bytes(32))
    event, headers = example_event()
    checkpoint = Checkpoint(signer.verifier.name, 1, leaf_of(msgspec.json.encode(event)))
    note = Note(checkpoint.text, (signer.sign(checkpoint.text),))
    recorded = datetime.fromtimestamp(int(headers["recorded"]) / 1e6, SHANGHAI)
    return Seal(recorded.isoformat(timespec="seconds"), note).row
