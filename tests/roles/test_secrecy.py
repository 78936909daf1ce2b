"""Nothing that the accused organ can ask tells it of an accusation: every answer is as if there were none."""

import json
import os
import re
from contextlib import ExitStack
from datetime import date
from itertools import count, product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.codec import encode
from domain.conference.events import ItemAgreed
from domain.dispute.events import DisputeAssigned, DisputeBecamePetition, DisputeLogged
from domain.duty.events import ReceptionHeld, ScreeningHeld
from domain.gathering.events import GatheringArrived, GatheringEnded, GatheringSummoned
from domain.unit.events import RoleGiven
from projections.ledgers.kinds import LEDGERS
from tests.projections.test_ledgers import AGREED, DUTY, HISTORY
from tests.roles.conftest import ASKERS, OTHER_COUNTY, City, opened_city
from tests.samples import *

MANY = int(os.environ.get("DANZE_TEST_ACCUSATIONS", "3"))
UNTIL = date(2020, 10, 1)
YEAR = "from=2020-01-01&to=2020-09-30"
COUNTED = {"position", "version", "as_of", "at", "behind", "next", "started", "evidence", "verified"}
"""What counts all that was recorded in the city, whoever it is about: positions, versions (decision 0047)."""
ASKED = [
    "/v1/petitions", "/v1/petitions?late=true", "/v1/petitions?q=停车", "/v1/petitions?q=9", "/v1/petitions?limit=1",
    *(f"/v1/petitions/{no}{of}" for no in ("1", "2", "90") for of in ("", "/timeline", "/dossier", "/candidates")),
    *(f"/v1/matters/{no}" for no in ("1", "2", "90")), "/v1/units", f"/v1/units/{HOUSING}/scoreboard", "/v1/findings",
    "/v1/findings/F04:petition:1:K5", "/v1/findings/F23:petition:1", "/v1/findings/F04:petition:90:K5/explain",
    f"/v1/kpis?unit={HOUSING}&{YEAR}", f"/v1/kpis?unit={HOUSING}&{YEAR}&items=true",
    f"/v1/kpis/on_time_answer/items?unit={HOUSING}&{YEAR}", f"/v1/kpis/repeat_rate/items?unit={HOUSING}&{YEAR}",
    *(f"/v1/counters?by={by}" for by in ("unit", "place", "category", "month")),
    "/v1/overview", "/v1/due", "/v1/due/coming", "/v1/officials", "/v1/rules", "/v1/petitions?sort=persons",
    "/v1/findings?sort=-since", "/v1/subjects/petition:90/timeline",
    *(f"/v1/subjects/{subject}/timeline" for subject in (AGREED, DUTY, "dispute:d9", "gathering:g9")),
    "/v1/findings/D14:dispute:d9",
    f"/v1/duties?unit={HOUSING}&{YEAR}", f"/v1/officials/{head(HOUSING)}/record",
    "/v1/boards/three-none", f"/v1/evaluations/2020H1?unit={HOUSING}", "/v1/ledgers",
    *(f"/v1/ledgers/{kind}" for kind in LEDGERS),
    "/v1/log?limit=1000", "/", "/petitions", "/petitions/1", "/petitions/90", "/matters/1", "/findings", "/units",
    f"/units/{HOUSING}", f"/units/{HOUSING}/duties", "/ledgers", "/ledgers/unit", "/supervision", "/sponsorship",
    "/three-none", "/evaluations", f"/evaluations/2020H1/{HOUSING}", "/rules",
    "/officials", f"/officials/{head(HOUSING)}", "/due", "/counters?by=category", f"/kpis?unit={HOUSING}&{YEAR}",
]  # fmt: skip
PAST = [path for path in ASKED if path.startswith(("/v1/overview", "/v1/petitions?", "/v1/petitions/9", "/v1/log"))]
"""Asked as of a day as well: for that the read models are folded anew."""

days = st.integers(0, 60).map(lambda n: date(2020, 7, 1).fromordinal(date(2020, 7, 1).toordinal() + n).isoformat())
accused = st.sampled_from(
    [{"about_unit": HOUSING}, {"about_official": head(HOUSING)}, {"about_official": clerk(HOUSING)}]
)
lives = st.lists(
    st.sampled_from(["answer", "raise", "supervise", "receive", "incident", "cause", "close", "repeat", "judge",
                     "dispute", "agree", "gather", "screen"]),
    max_size=8, unique=True,
)  # fmt: skip


def accusation(about: dict[str, str], first: str, life: list[str], channel: str) -> list:
    """An accusation of HOUSING or of who serves there, handled by COUNTY, with what becomes of it."""
    days_on = (f"2020-09-{day:02}" for day in count(1))
    own = {"no": "90", "by": COUNTY}
    story = [
        on(first, raised(purpose="accusation", channel=channel, persons=6, **about), no="90", by=CITY_BUREAU),
        on(f"{first} 10:00", assign(COUNTY, "2020-09-15"), no="90", by=CITY_BUREAU),
        on(f"{first} 11:00", accept(handler=clerk(COUNTY)), **own),
    ]  # fmt: skip
    bureau = {"no": "90", "by": CITY_BUREAU}
    received = ReceptionHeld(leader=head(COUNTY), kind="reception", items=("1", "90"))
    cause = e.CauseFound(unit=HOUSING, ground="A1", decided_on=date(2020, 1, 6), evidence=(1,), statement="索贿")
    again = {"no": "91", "by": CITY_BUREAU}
    facts: dict[str, list[Any]] = {
        "answer": [(answer("supported"), own)], "raise": [(go_up("province", "collective"), own)],
        "supervise": [(supervise("S3", "2020-09-20"), bureau)], "receive": [(received, {"of": DUTY, "by": COUNTY})],
        "incident": [(e.IncidentReported(kind="mass", mishandled_by=COUNTY), own)], "cause": [(cause, bureau)],
        "close": [(answer(), own), (e.PetitionClosed(), own)], "repeat": [(raised(), again), (repeats("90"), again)],
        "judge": [(repeats("1"), bureau)],
    }  # fmt: skip
    facts["dispute"] = [
        (DisputeLogged(place="430408001", unit=HOUSING, summary="收费分歧"), {"of": "dispute:d9", "by": HOUSING}),
        (DisputeAssigned(to_unit=HOUSING), {"of": "dispute:d9", "by": HOUSING}),
        (DisputeBecamePetition(petition="90"), {"of": "dispute:d9", "by": HOUSING}),
    ]
    # HOUSING is told of what accuses somebody of whom no role is known, until that is judged to repeat the accusation.
    of_zhang = raised(purpose="accusation", about_official="official:zhang")
    second, third = ({"no": no, "by": CITY_BUREAU} for no in ("92", "93"))
    agreed = ItemAgreed(item="清欠/二期", owner_unit=HOUSING, due=date(2020, 9, 20), petition="92")
    meeting, came = {"of": AGREED, "by": CITY_BUREAU}, {"of": "gathering:g9", "by": COUNTY}
    facts["agree"] = [(of_zhang, second), (agreed, meeting), (repeats("90"), second)]
    facts["gather"] = [
        (of_zhang, third), (GatheringArrived(persons=6, place="区政府", units=(HOUSING,), petition="93"), came),
        (GatheringSummoned(units=(HOUSING,)), came), (GatheringEnded(), came), (repeats("90"), third),
    ]  # fmt: skip
    facts["screen"] = [(ScreeningHeld(disputes=("d1", "d9") if "dispute" in life else ("d1",)), {"of": DUTY})]
    # It is answered once; and what repeats it when it is of another matter is judged to repeat that one.
    spared = {"answer": "close", "repeat": "judge"}
    life = sorted((each for each in life if spared.get(each) not in life), key="judge".__eq__)
    return story + [on(next(days_on), fact, **how) for step in life for fact, how in facts[step]]


def instead(added: list) -> list:
    """What happened beside the accusation, as it is told without it: receptions and screenings of others."""
    return [
        replace(each, data=replace(each.data, items=("1",)) if isinstance(each.data, ReceptionHeld)
                else ScreeningHeld(disputes=("d1",)))
        for each in added if each.subject == DUTY
    ]  # fmt: skip


def told(city: City, role: str) -> dict[str, tuple[int, object]]:
    """Every answer to HOUSING in a role."""
    by = {"Authorization": f"Bearer {city.token(role, HOUSING, official=deputy(HOUSING))}"}
    asked = [*ASKED, *(f"{path}{'&' if '?' in path else '?'}as_of=2020-09-30" for path in PAST)]
    answers = {path: city.http.get(path, headers=by) for path in asked}
    return {path: (each.status_code, _uncounted(each)) for path, each in answers.items()}


def _uncounted(answer: Any) -> object:
    """An answer without positions: the whole text of it, keys and order too."""
    if "json" in answer.headers["content-type"]:
        return re.sub(r"#\d+", "#", json.dumps(_without(answer.json()), ensure_ascii=False))
    text = re.sub(r"(?s)<footer.*?</footer>", "", answer.text)
    return re.sub(r"/events/\d+|as_of=[^\"&]*|>#?\d+</a>", "", text)


def _without(told: Any) -> Any:
    if isinstance(told, list):
        return [_without(each) for each in told]
    return {k: _without(v) for k, v in told.items() if k not in COUNTED} if isinstance(told, dict) else told


@settings(max_examples=MANY, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(accused, days, lives, st.sampled_from(["visit", "letter"]), st.sampled_from(["clerk", "supervisor", "auditor"]))
def test_no_answer_to_the_accused_organ_differs_when_an_accusation_is_added(about, first, life, channel, role):
    base, added = [*HISTORY, *OTHER_COUNTY], accusation(about, first, life, channel)
    same = instead(added)
    with TemporaryDirectory() as one, TemporaryDirectory() as two, ExitStack() as stack:
        without = opened_city(Path(one), base + same, UNTIL, stack, sealed=False)
        city = opened_city(Path(two), base + added, UNTIL, stack, sealed=False)
        operator = {"Authorization": f"Bearer {city.token('operator')}"}
        assert city.http.get("/v1/petitions/90", headers=operator).status_code == 200
        assert told(city, role) == told(without, role)


def test_what_goes_on_about_an_accusation_alone_is_told_no_more_from_its_first_step_on(open_city):
    """A dispute that stood open for months and was found late (D14), an agreed item past its day (D13), a gathering."""
    logged = DisputeLogged(place="430408001", unit=HOUSING, summary="收费分歧")
    agreed = ItemAgreed(item="清欠/二期", owner_unit=HOUSING, due=date(2020, 8, 1), petition="90")
    joined = role_given("2020-07-08", HOUSING, "official:zhang", "petition_lead")  # whom the accusation is about
    dispute, came = {"of": "dispute:d9", "by": HOUSING}, {"of": "gathering:g9", "by": COUNTY}
    screened = on("2020-06-25", ScreeningHeld(disputes=("d9",)), of=DUTY)
    story = [
        on("2020-06-25", logged, **dispute), screened,
        *accusation({"about_official": "official:zhang"}, "2020-07-02", [], "visit"),
        on("2020-07-06", agreed, of=AGREED, by=CITY_BUREAU),
        on("2020-07-07", GatheringArrived(persons=6, place="区政府", units=(HOUSING,), petition="90"), **came),
        on("2020-07-07", GatheringSummoned(units=(HOUSING,)), **came), joined,
    ]  # fmt: skip
    became = on("2020-09-20", DisputeBecamePetition(petition="90"), **dispute)
    city = open_city([*HISTORY, *OTHER_COUNTY, *story, became])
    plain = open_city([*HISTORY, *OTHER_COUNTY, replace(screened, data=ScreeningHeld(disputes=())), joined])
    operator = {"Authorization": f"Bearer {city.token('operator')}"}
    standing = [each["id"] for each in city.http.get("/v1/findings?limit=5000", headers=operator).json()["findings"]]
    assert f"D13:{AGREED}:清欠/二期" in standing
    assert city.http.get("/v1/findings/D14:dispute:d9", headers=operator).status_code == 200
    for role in ("clerk", "auditor"):
        assert told(city, role) == told(plain, role)


def test_what_was_asked_before_the_accused_became_a_colleague_is_told_no_more(open_city):
    """Every answer was asked, and kept, while the accused served elsewhere; it is as in a city without him since."""
    accused = accusation({"about_official": "official:zhang"}, "2020-07-02", ["raise", "supervise"], "visit")
    joined = on("2020-10-02", RoleGiven(official="official:zhang", role="petition_lead", name="章某"), by=HOUSING)
    city, plain = open_city([*HISTORY, *OTHER_COUNTY, *accused]), open_city([*HISTORY, *OTHER_COUNTY])
    roles = ("clerk", "supervisor", "auditor")
    assert told(city, "auditor")["/v1/petitions/90"][0] == 200
    warm = [told(each, role) for each in (city, plain) for role in roles]
    for each in (city, plain):
        (outcome,) = each.system.intake(history=True).take([encode(joined)])
        assert outcome.outcome == "recorded", outcome
    assert [told(city, role) for role in roles] == [told(plain, role) for role in roles] != warm[:3]


def test_who_is_told_of_it_in_a_list_is_told_of_it_by_its_name_and_nobody_else(open_city):
    """Rows are restricted in SQL (`infra.questions.seen`), what is asked for by name in Python: one predicate."""
    agreed = ItemAgreed(item="清欠三期", owner_unit=HOUSING, due=date(2020, 8, 1), petition="90")
    came = GatheringArrived(persons=6, place="区政府", units=(HOUSING,), petition="90")
    about = {"about_official": "official:zhang"}
    city = open_city([
        *HISTORY, *OTHER_COUNTY, *accusation(about, "2020-07-02", ["raise", "judge"], "visit"),
        on("2020-07-06", agreed, of=AGREED, by=CITY_BUREAU), on("2020-07-07", came, of="gathering:g9", by=COUNTY),
        role_given("2020-07-08", HOUSING, "official:zhang", "petition_lead"),
    ])  # fmt: skip
    readers = [who for who in ASKERS if who != "producer"]
    for (kind, name), as_of in product((("petitions", "no"), ("findings", "id")), ("", "2020-09-30")):
        listed = {
            who: {each[name] for each in city.ask(f"/v1/{kind}?limit=500&as_of={as_of}", who).json()[kind]}
            for who in readers
        }
        for each in (each for each in listed["operator"] if ":duty:" not in each):
            named = {who for who in readers if city.ask(f"/v1/{kind}/{each}?as_of={as_of}", who).status_code == 200}
            assert named == {who for who in readers if each in listed[who]}, (kind, each)
        assert {"90", "F23:petition:1", f"D13:{AGREED}:清欠三期"} & (listed["operator"] - listed["auditor_there"])
