"""A city with an ordinary item and an accusation in it, and everybody who might ask about them, each with a token."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from litestar.testing import TestClient

from api.app import create_app
from cli.running import Door
from cli.wiring import System, now
from domain.codec import encode
from domain.duty.events import ReceptionHeld
from domain.envelope import Action
from infra.doors.doors import Doors
from infra.doors.tokens import Tokens
from infra.seals.keys import signer
from infra.seals.notes import LOG
from infra.seals.sealer import Sealer
from tests.projections.test_ledgers import DUTY, HISTORY
from tests.samples import *

NO_ITEM, NO_ACT, NOT_THERE = ("unknown-subject", "$.subject"), ("not-allowed", "$.type"), ("not-allowed", "$.subject")
"""Told of an item that is hidden or not there; of an act that is another's; of a finding or a unit."""
WORKED = e.PetitionWorked(what="接谈")

ELSEWHERE, ELSEWHERE_BUREAU = "unit:430481-gov", "unit:430481-xfj"
CENTRE, OWN_BUREAU = "unit:430408-jdzx", "unit:430408-zjjxfb"
PARTY, CITY_PARTY, DISCIPLINE, CONGRESS = (
    "unit:430408-party", "unit:430400-party", "unit:430408-jw", "unit:430408-rd",
)  # fmt: skip
PARTIES = [
    *established(CITY_PARTY, "city", "party"), *established(PARTY, "county", "party", CITY_PARTY),
    *established(DISCIPLINE, "county", "other", PARTY), *established(CONGRESS, "county", "other", PARTY),
]  # fmt: skip
OTHER_COUNTY = [
    *established(ELSEWHERE, "county", "government", CITY),
    *established(ELSEWHERE_BUREAU, "county", "bureau", ELSEWHERE),
]
ACCUSATION = [
    on("2020-05-04", raised(purpose="accusation", about_unit=HOUSING, title="索要好处费", channel="visit", persons=6,
                            petitioners=("person:p1",)), no="90", by=CITY_BUREAU),
    on("2020-05-05", assign(COUNTY, "2020-05-20"), no="90", by=CITY_BUREAU),
    on("2020-05-06", accept(handler=clerk(COUNTY)), no="90", by=COUNTY),
    on("2020-05-08", ReceptionHeld(leader=head(COUNTY), kind="reception", items=("90",)), of=DUTY, by=COUNTY),
    on("2020-05-09", supervise(), no="90", by=CITY_BUREAU),
    on("2020-06-21", go_up("province", "collective"), no="90", by=CITY_BUREAU),
    on("2020-06-23", raised(title="再次反映索要好处费"), no="91", by=CITY_BUREAU),
    on("2020-06-23", repeats("90"), no="91", by=CITY_BUREAU),
]  # fmt: skip
"""Somebody accuses HOUSING of taking money; COUNTY handles it, late; later it comes again, told as a settlement."""

ASKERS: dict[str, tuple[str, str | None]] = {
    "producer": ("producer", HOUSING), "accused": ("clerk", HOUSING), "other": ("clerk", LABOUR),
    "handler": ("clerk", COUNTY), "county": ("supervisor", BUREAU), "elsewhere": ("supervisor", ELSEWHERE_BUREAU),
    "auditor": ("auditor", None), "auditor_there": ("auditor", HOUSING), "inspector": ("inspector", CITY_BUREAU),
    "operator": ("operator", None),
}  # fmt: skip
"""Role and unit of everybody who asks. HOUSING handles the ordinary item, and is accused by the other."""


CLOSED_EARLY = [
    on("2020-04-10", raised(), by=HOUSING), on("2020-04-12", accept(handler=clerk(HOUSING)), by=HOUSING),
    on("2020-04-20", answer(), by=HOUSING), on("2020-04-21", CLOSED, by=HOUSING),
]  # fmt: skip
"""An item of HOUSING's that it ended within eleven days."""


class City(NamedTuple):
    """A system with its HTTP, where nobody is answered without a token."""

    system: System
    http: TestClient[Any]
    tokens: Tokens
    heard: "Heard"
    held: dict[str, str]
    """Tokens of who asked before."""

    def token(self, role: str, *units: str, official: str | None = None) -> str:
        return self.tokens.issue(role, units, official, days=1, now=now())[0]

    def ask(self, path: str, asker: str | None, method: str = "GET", **sent: Any) -> Any:
        """As one of ASKERS; None is nobody."""
        if asker is None:
            return self.http.request(method, path, **sent)
        if asker not in self.held:
            role, unit = ASKERS[asker]
            self.held[asker] = self.token(role, *filter(None, [unit]))
        headers = {"Authorization": f"Bearer {self.held[asker]}", **sent.pop("headers", {})}
        return self.http.request(method, path, headers=headers, **sent)


class Heard:
    """Hears of accesses instead of the log."""

    def __init__(self) -> None:
        self.reads: list[Any] = []
        self.denials: list[Any] = []

    def read(self, *access: Any) -> None:
        self.reads.append(access)

    personal = read

    def denied(self, *access: Any) -> None:
        self.denials.append(access)


def opened_city(folder: Path, actions: list[Action], until: date, stack: ExitStack, *, sealed: bool = True) -> City:
    """Takes a history; then the doors are opened."""
    system = stack.enter_context(closing(System(f"sqlite:///{folder}/danze.db")))
    intake = system.intake(history=True)
    for action in sorted(actions, key=lambda each: each.time):
        (outcome,) = intake.take([encode(action)])
        assert outcome.outcome == "recorded", (action.type, outcome)
    intake.advance(until)
    system.projector.catch_up()
    if sealed:
        Sealer(system.log, system.seals, signer(folder / "sealkey", LOG)).seal(now())
    tokens, heard = Tokens(folder / "tokens"), Heard()
    doors = Doors(tokens, None, heard, open=False)
    app = create_app(system.answers, Door(system.intake(), system.answers), version="test", doors=doors)
    return City(system, stack.enter_context(TestClient(app)), tokens, heard, {})


def accusing(no: str, by: str, day: str = "2020-05-04", **about: str) -> Action:
    """An accusation of a unit or an official that is registered at `by`."""
    return on(day, raised(purpose="accusation", **about), no=no, by=by)


def sent(city: City, action: Action, role: str, *units: str, official: str | None = None) -> str | tuple[str, str]:
    """The one outcome of an action sent with a token: of a refusal its code and the field."""
    by = {"authorization": f"Bearer {city.token(role, *units, official=official)}"}
    answer = city.http.post("/v1/actions", json=[msgspec.json.decode(encode(action))], headers=by)
    (result,) = answer.json()["results"]
    rejection = result.get("rejection")
    return (rejection["code"], rejection["path"]) if rejection else result["outcome"]


def asked(city: City, path: str, role: str, *units: str, official: str | None = None) -> Any:
    """What is answered to a token once the read models have caught up."""
    city.system.projector.catch_up()
    by = {"authorization": f"Bearer {city.token(role, *units, official=official)}"}
    return city.http.get(path, headers=by)


def findings(city: City, role: str, *units: str) -> set[str]:
    return {each["id"] for each in asked(city, "/v1/findings?limit=500", role, *units).json()["findings"]}


@pytest.fixture(scope="module")
def open_city(tmp_path_factory) -> Iterator[Callable[..., City]]:
    """Makes cities that are closed at the end."""
    with ExitStack() as stack:
        yield lambda actions, until=date(2020, 10, 1): opened_city(
            tmp_path_factory.mktemp("city"), actions, until, stack
        )


@pytest.fixture(scope="module")
def city(open_city) -> City:
    """The ordinary item is "1", the accusation "90", what repeats it "91"."""
    return open_city([*HISTORY, *OTHER_COUNTY, *ACCUSATION])
