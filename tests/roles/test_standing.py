"""Who may report what about an item, a dispute, a gathering, a meeting: by how his unit stands to it."""

from datetime import date, datetime

import pytest
from msgspec.structs import replace

from domain.codec import encode
from domain.conference.events import GroupFormed, ItemAgreed, ItemDone, MembersChanged
from domain.dispute.events import DisputeAssigned, DisputeBecamePetition, DisputeCleared, DisputeLogged
from domain.envelope import SHANGHAI
from domain.finding.events import FindingDismissed
from domain.gathering.events import (
    GatheringArrived,
    GatheringAttended,
    GatheringEnded,
    GatheringReported,
    GatheringSummoned,
)
from domain.inspection.events import InspectionFound, InspectionHeld, InspectionPlanned, InspectionRectified
from domain.reader import Reader
from infra.office import Office
from projections.reporting import Reporter
from tests.projections.test_ledgers import HISTORY
from tests.roles.conftest import CITY_PARTY, ELSEWHERE, NO_ITEM, NOT_THERE, OTHER_COUNTY, PARTY, WORKED, sent
from tests.samples import *

REVIEWED = [
    *established(PARTY, "county", "party", COUNTY), *established(CITY_PARTY, "city", "party", CITY),
    on("2020-05-31", answer(), by=HOUSING), on("2020-06-01", deliver(), by=HOUSING),
    on("2020-06-05", e.ReviewRequested(to_unit=CITY_SCHOOLS), by=CITY_SCHOOLS),
    on("2020-06-20", e.ReviewAnswered(by_unit=CITY_SCHOOLS, outcome="upheld"), by=CITY_SCHOOLS),
    on("2020-06-22", cause(LABOUR), by=CITY_BUREAU),
]  # fmt: skip
"""Registered by the county's BUREAU, handled by HOUSING, reviewed by CITY_SCHOOLS, and caused by LABOUR."""

BY = {
    "holder": ("clerk", HOUSING), "registrar": ("clerk", BUREAU), "bureau": ("clerk", CITY_BUREAU),
    "above": ("clerk", COUNTY), "party": ("clerk", PARTY), "reviewer": ("producer", CITY_SCHOOLS),
    "cause": ("clerk", LABOUR), "stranger": ("clerk", LAND), "superior": ("supervisor", BUREAU),
}  # fmt: skip
WHO = tuple(BY)
ACTS = {
    #                                                        holder registrar bureau above party reviewer cause stranger
    "worked":              (WORKED,                                 "✓ ✓ ? ✓ ? ✓ ? ? ✓"),
    "referred":            (refer(LAND),                            "✓ ✗ ? ✓ ? ? ? ? ✓"),
    "reopened":            (e.PetitionReopened(reason="补充调查"),  "✓ ✓ ✓ ✓ ? ? ? ? ✓"),
    "supervised":          (supervise(),                            "✗ ✓ ✓ ✓ ✓ ? ? ? ✓"),
    "supervision_closed":  (e.SupervisionClosed(),                  "✗ ✓ ✓ ✓ ✓ ? ? ? ✓"),
    "supervision_answered": (e.SupervisionAnswered(),               "✓ ✗ ? ✓ ? ? ? ? ✓"),
    "return_visited":      (e.ReturnVisited(solved="yes"),          "✗ ✓ ✓ ✓ ? ? ? ? ✓"),
    "rated unit":          (rate("satisfied"),                      "✗ ✓ ✓ ✓ ? ? ? ? ✓"),
    "rated bureau":        (rate("satisfied", "bureau"),            "✗ ✓ ✓ ✓ ? ? ? ? ✓"),
    "determined":          (e.PetitionDetermined(ground="终结"),    "✗ ✓ ✓ ✓ ? ? ? ? ✓"),
    "its cause":           (cause(HOUSING),                         "✗ ✓ ✓ ✓ ? ? ? ? ✓"),
    "another cause":       (cause(LAND),                            "✗ ✓ ✓ ✓ ? ? ? ? ✓"),
    "cause over it":       (cause(COUNTY),                          "✗ ✓ ✓ ✗ ? ? ? ? ✓"),
    "cause elsewhere":     (cause(ELSEWHERE),                       "✗ ✗ ✓ ✗ ? ? ? ? ✗"),
    "cause revised":       (e.CauseRevised(withdrawn=True),         "✗ ✓ ✓ ✓ ? ? ? ? ✓"),
    "cause contested":     (e.CauseContested(reason="无责"),        "✓ ✗ ? ✓ ? ? ✓ ? ✓"),
    "mishandled":          (e.IncidentReported(kind="mass", mishandled_by=LAND), "✗ ✓ ✓ ✓ ? ? ? ? ✓"),
    "incident":            (e.IncidentReported(kind="mass"),        "✓ ✓ ✓ ✓ ? ? ? ? ✓"),
    "breach":              (e.SecrecyBreached(by_unit=LAND, to="x"), "✗ ✓ ✓ ✓ ? ? ? ? ✓"),
    "sponsored":           (e.PetitionSponsored(leader=head(COUNTY), team=(), plan="约谈"), "✗ ✗ ? ✓ ✓ ✗ ✗ ✗ ✓"),
    "sponsored by its own": (e.PetitionSponsored(leader=head(HOUSING), team=(), plan="约谈"), "✓ ✗ ? ✓ ✓ ✗ ✗ ✗ ✓"),
    "went up":             (go_up(),                                "✓ ✓ ✓ ✓ ? ✓ ? ? ✓"),
    "asked for re-review": (e.RereviewRequested(to_unit=CITY),      "✓ ✓ ✓ ✓ ? ? ? ? ✓"),
    "review answered":     (e.ReviewAnswered(by_unit=CITY_SCHOOLS, outcome="revoked"), "✗ ✗ ? ✗ ? ✓ ? ? ✗"),
    "review delivered":    (deliver("review"),                      "✓ ✗ ? ✓ ? ✓ ? ? ✓"),
    "answer delivered":    (deliver("handling"),                    "✓ ✗ ? ✓ ? ? ? ? ✓"),
    "upheld":              (e.AssignmentUpheld(),                   "✗ ✓ ? ✓ ? ? ? ? ✓"),
    "taken back":          (e.AssignmentWithdrawn(),                "✗ ✓ ? ✓ ? ? ? ? ✓"),
}  # fmt: skip
"""✓ his (and the domain's to take or refuse), ✗ another's whatever the item is, ? as if the item were not there."""


@pytest.fixture(scope="module")
def offices(open_city):
    """The city as an intake knows it: asked about acts, of which none is recorded."""
    city = open_city([*HISTORY, *OTHER_COUNTY, *REVIEWED], date(2020, 7, 1))
    office = Office(city.system.log, city.system.rules)
    office.catch_up()
    return office


def told(office, action, role, *units):
    """What a reporter is told: by the table's signs."""
    now = datetime(2020, 9, 30, tzinfo=SHANGHAI)
    known = office.known(now, head=office.position, history=False)
    why = Reporter(Reader(role, units)).refused(action, office, known)
    if why is None or why.code in ("not-in-this-state", "before-previous", "already-exists", "bad-value"):
        return "✓"
    return "?" if why.code == "unknown-subject" else "✗"


@pytest.mark.parametrize("act", ACTS)
def test_acts_on_an_item_are_of_those_who_stand_to_it_so(offices, act):
    fact, expected = ACTS[act]
    found = {who: told(offices, on("2020-09-25", fact, by=BY[who][1]), *BY[who]) for who in WHO}
    assert found == dict(zip(WHO, expected.split(), strict=True))


def test_a_unit_that_passed_an_item_on_enters_late_what_it_did_and_decides_on_the_objection(open_city):
    """The middle of three: the city's bureau gave it to the county's, and that gave it to HOUSING, which objected."""
    city = open_city([
        *CITY_UNITS, on("2020-04-10", raised(), by=CITY_BUREAU), on("2020-04-11", assign(BUREAU), by=CITY_BUREAU),
        on("2020-04-13", refer(HOUSING), by=BUREAU),
        on("2020-04-14", e.AssignmentObjected(reason="属地不符"), by=HOUSING),
    ], date(2020, 4, 20))  # fmt: skip
    upheld = e.AssignmentUpheld()
    assert sent(city, on("2020-04-15", upheld, by=HOUSING), "clerk", HOUSING) == ("not-allowed", "$.type")
    assert sent(city, on("2020-04-15", upheld, by=LAND), "clerk", LAND) == NO_ITEM
    assert sent(city, on("2020-04-15", upheld, by=BUREAU), "clerk", BUREAU) == "recorded"
    assert sent(city, on("2020-04-12", WORKED, by=BUREAU), "clerk", BUREAU) == "recorded"
    assert sent(city, on("2020-04-15", refer(LAND), by=BUREAU), "clerk", BUREAU) == NO_ITEM
    by = {"authorization": f"Bearer {city.token('clerk', BUREAU)}"}
    assert city.http.get("/v1/petitions/1", headers=by).status_code == 200
    assert city.http.get("/v1/petitions", headers=by).json()["petitions"] == []


def test_the_organ_that_reviewed_delivers_its_opinion_afterwards(open_city):
    city = open_city([*IN_HANDLING, *REVIEWED[8:12]], date(2020, 6, 30))
    assert sent(city, on("2020-06-21", deliver("review"), by=CITY_SCHOOLS), "producer", CITY_SCHOOLS) == "recorded"
    assert sent(city, on("2020-06-21", deliver("handling"), by=CITY_SCHOOLS), "producer", CITY_SCHOOLS) == NO_ITEM


def test_who_reviews_an_item_or_passed_it_on_reads_it_by_its_number_and_in_no_list(open_city):
    city = open_city([*IN_HANDLING, *REVIEWED[:11]], date(2020, 6, 10))  # asked for, and not answered yet
    for unit, status, personal in ((CITY_SCHOOLS, 200, 200), (BUREAU, 200, 403), (HOUSING, 200, 200), (LAND, 404, 404)):
        by = {"authorization": f"Bearer {city.token('clerk', unit)}"}
        for path in ("", "/timeline", "/dossier"):
            assert city.http.get(f"/v1/petitions/1{path}", headers=by).status_code == status, (unit, path)
        assert city.http.get("/v1/petitions/1/personal", headers=by).status_code == personal, unit
        listed = city.http.get("/v1/petitions", headers=by).json()["petitions"]
        assert [each["no"] for each in listed] == (["1"] if unit in (BUREAU, HOUSING) else [])


def test_in_one_batch_an_act_may_rest_on_the_one_before(open_city):
    city = open_city(CITY_UNITS, date(2020, 4, 1))
    steps = [on("2020-04-10", raised(), by=BUREAU, no="b1"), on("2020-04-11", refer(), by=BUREAU, no="b1")]
    by = {"authorization": f"Bearer {city.token('clerk', BUREAU)}", "content-type": "application/x-ndjson"}
    results = city.http.post("/v1/actions", content=b"\n".join(map(encode, steps)), headers=by).json()["results"]
    assert [each["outcome"] for each in results] == ["recorded", "recorded"]


# accusations


def test_a_bureau_gives_away_what_accuses_its_government_and_does_nothing_else_with_it(open_city):
    """It came to its window. To its clerks it is hidden from then on (R2022 30); but somebody has to hand it on."""
    accusing = on("2020-05-04", raised(purpose="accusation", about_unit=COUNTY), no="92", by=BUREAU)
    city = open_city([*CITY_UNITS, accusing], date(2020, 5, 4))
    assert sent(city, on("2020-05-05", WORKED, by=BUREAU, no="92"), "clerk", BUREAU) == NO_ITEM
    to_housing = on("2020-05-05", refer(HOUSING), by=BUREAU, no="92")
    assert sent(city, to_housing, "clerk", BUREAU) == ("accused-organ", "$.data.to_unit")
    assert sent(city, on("2020-05-05", notify("receipt"), by=BUREAU, no="92"), "clerk", BUREAU) == "recorded"
    assert sent(city, on("2020-05-05", refer(CITY), by=BUREAU, no="92"), "clerk", BUREAU) == "recorded"
    assert sent(city, on("2020-05-06", refer(CITY_SCHOOLS), by=BUREAU, no="92"), "clerk", BUREAU) == NO_ITEM


@pytest.mark.parametrize("ended", ["2020-08-01", "2020-05-01"], ids=["moved", "moved on paper, before it came"])
def test_an_accusation_of_who_has_left_stays_hidden_from_where_he_was(open_city, ended):
    """But to those who registered it, or have it: what is theirs to handle they must see."""
    accusing = raised(purpose="accusation", about_official=deputy(HOUSING))
    city = open_city([
        *CITY_UNITS, *OTHER_COUNTY, on("2020-06-04", accusing, no="93", by=CITY_BUREAU),
        on("2020-06-05", assign(COUNTY), no="93", by=CITY_BUREAU),
        role_ended(ended, HOUSING, deputy(HOUSING), "deputy_in_charge"),
        role_given(ended, LAND, deputy(HOUSING), "member"),
    ], date(2020, 8, 10))  # fmt: skip

    def status(role, unit):
        by = {"authorization": f"Bearer {city.token(role, unit)}"}
        listed = city.http.get("/v1/petitions", headers=by).json()["petitions"]
        answer = city.http.get("/v1/petitions/93", headers=by).status_code
        assert (answer == 200) == ("93" in {each["no"] for each in listed})
        return answer

    assert status("auditor", HOUSING) == 404
    assert status("auditor", LAND) == 404
    assert status("clerk", COUNTY) == 200
    assert status("clerk", CITY_BUREAU) == 200
    assert sent(city, on("2020-08-09", WORKED, no="93", by=COUNTY), "clerk", COUNTY) == "recorded"


HIDDEN, FOREIGN, ABSENT = "90", "7", "430408-2020-999"


def of_each(text):
    """The same name for what accuses HOUSING, for what is of others, and for what is not there."""
    return [text.format(each) for each in ("hidden", "foreign", "absent")]


@pytest.fixture(scope="module")
def threads(open_city):
    """A dispute, a gathering and something agreed: each once of others, and once about an accusation of who came to
    serve in HOUSING since.
    """
    story = []
    for name, unit, no in (("hidden", HOUSING, HIDDEN), ("foreign", ELSEWHERE, FOREIGN)):
        logged = DisputeLogged(place="430408001", unit=unit, summary="收费分歧")
        arrived = GatheringArrived(persons=6, place="区政府", units=(unit,), petition=no)
        story += [
            on("2020-05-03", logged, of=f"dispute:{name}", by=unit),
            on("2020-05-05", DisputeBecamePetition(petition=no), of=f"dispute:{name}", by=unit),
            on("2020-05-05", ItemAgreed(item=name, owner_unit=unit, petition=no), of=f"conference:{CITY[5:]}", by=CITY),
            on("2020-05-05", ItemAgreed(item=name, owner_unit=unit, petition=no),
               of=f"conference:{HOUSING[5:]}", by=CITY),
            on("2020-05-06", arrived, of=f"gathering:{name}", by=CITY),
        ]  # fmt: skip
    return open_city([
        *CITY_UNITS, *OTHER_COUNTY, on("2020-05-04", raised(), no="1", by=HOUSING),
        on("2020-05-04", raised(purpose="accusation", about_official="official:zhang"), no=HIDDEN, by=CITY_BUREAU),
        on("2020-05-04", raised(), no=FOREIGN, by=ELSEWHERE), *story,
        role_given("2020-05-07", HOUSING, "official:zhang", "petition_lead"),
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("fact", "of"),
    [(WORKED, [f"petition:{no}" for no in (HIDDEN, FOREIGN, ABSENT)]),
     (DisputeAssigned(to_unit=SITE), of_each("dispute:{}")), (DisputeCleared(), of_each("dispute:{}")),
     (GatheringSummoned(units=(SITE,)), of_each("gathering:{}")), (GatheringEnded(), of_each("gathering:{}")),
     (GatheringAttended(unit=HOUSING, leader=deputy(HOUSING)), of_each("gathering:{}")),
     ([ItemDone(item=name) for name in of_each("{}")], [f"conference:{CITY[5:]}"] * 3),
     ([ItemDone(item=name) for name in ("hidden", "absent", "new")], [f"conference:{HOUSING[5:]}"] * 3),
     ([ItemAgreed(item=f"new {no}", owner_unit=SITE, petition=no) for no in (HIDDEN, FOREIGN, ABSENT)],
      [f"conference:{HOUSING[5:]}"] * 3),
     ([DisputeLogged(place="430408001", unit=LAND, summary="x")] * 3, of_each("dispute:{}")),
     ([GatheringArrived(persons=6, place="x", units=(), petition=no) for no in (HIDDEN, FOREIGN, ABSENT)],
      ["gathering:new"] * 3),
     ([repeats(no) for no in (HIDDEN, FOREIGN, ABSENT)], ["petition:1"] * 3)],
    ids=lambda each: "" if isinstance(each, list) and isinstance(each[0], str) else None,
)  # fmt: skip
def test_what_is_hidden_what_is_of_others_and_what_is_not_there_are_refused_alike(threads, fact, of):
    facts = fact if isinstance(fact, list) else [fact] * 3
    by = {"authorization": f"Bearer {threads.token('clerk', HOUSING)}"}
    said = set()
    for each, subject in zip(facts, of, strict=True):
        action = replace(on("2020-09-25", each, of=subject, by=HOUSING), id="the same")
        (result,) = threads.http.post("/v1/actions", content=encode(action), headers=by | JSON).json()["results"]
        reason = result["rejection"]
        for name in (subject.partition(":")[2], *vars_of(each)):
            reason = {key: text.replace(name, "…") for key, text in reason.items()}
        said.add(tuple(reason.items()))
    assert len(said) == 1, said


JSON = {"content-type": "application/json"}


def vars_of(fact):
    """The names that differ between the three."""
    return sorted(filter(None, (getattr(fact, key, None) for key in ("petition", "item", "first"))), key=len)[::-1]


def test_of_an_id_that_is_taken_no_position_is_told(threads):
    action = on("2020-09-25", e.PetitionWorked(what="接谈"), by=ELSEWHERE, no=FOREIGN)
    assert sent(threads, action, "clerk", ELSEWHERE) == "recorded"
    by = {"authorization": f"Bearer {threads.token('clerk', HOUSING)}"} | JSON
    again = replace(on("2020-09-25", WORKED, by=HOUSING, no="1"), id=action.id)
    (result,) = threads.http.post("/v1/actions", content=encode(again), headers=by).json()["results"]
    assert result["rejection"]["message"] == "the id was taken with other content"


# duties of others


@pytest.mark.parametrize(
    ("fact", "of", "path"),
    [(ItemAgreed(item="x", owner_unit=LABOUR), f"conference:{HOUSING[5:]}", "$.data.owner_unit"),
     (GroupFormed(name="x", lead_unit=LABOUR, members=()), f"conference:{HOUSING[5:]}", "$.data.lead_unit"),
     (GroupFormed(name="x", lead_unit=HOUSING, members=(LABOUR,)), f"conference:{HOUSING[5:]}", "$.data.members"),
     (MembersChanged(joined=(LABOUR,)), f"conference:{HOUSING[5:]}", "$.data.joined"),
     (DisputeLogged(place="430408001", unit=LABOUR, summary="x"), "dispute:new", "$.data.unit")],
)  # fmt: skip
def test_an_office_lays_no_duty_on_one_that_is_not_below_it(city, fact, of, path):
    assert sent(city, on("2020-09-25", fact, of=of, by=HOUSING), "clerk", HOUSING) == ("not-allowed", path)


def test_the_bureau_lays_duties_on_those_of_its_division(city):
    agreed, logged = ItemAgreed(item="清欠", owner_unit=LABOUR), DisputeLogged(place="x", unit=LABOUR, summary="x")
    meeting = f"conference:{COUNTY[5:]}"
    assert sent(city, on("2020-09-25", agreed, of=meeting, by=BUREAU), "clerk", BUREAU) == "recorded"
    assert sent(city, on("2020-09-25", logged, of="dispute:b", by=BUREAU), "clerk", BUREAU) == "recorded"
    assert sent(city, on("2020-09-26", ItemDone(item="清欠"), of=meeting, by=LABOUR), "clerk", LABOUR) == "recorded"
    elsewhere = replace(agreed, item="外县", owner_unit=ELSEWHERE)
    told = sent(city, on("2020-09-25", elsewhere, of=meeting, by=BUREAU), "clerk", BUREAU)
    assert told == ("not-allowed", "$.data.owner_unit")


def test_who_received_the_people_summons_and_ends_and_each_says_who_of_its_own_came(open_city):
    came = "gathering:g2"
    arrived = GatheringArrived(persons=6, place="区政府", units=(HOUSING, LAND))
    city = open_city([*CITY_UNITS, on("2020-05-06", arrived, of=came, by=BUREAU)], date(2020, 5, 8))

    def tells(fact, unit):
        return sent(city, on("2020-05-06 10:00", fact, of=came, by=unit), "clerk", unit)

    for unit, told in ((HOUSING, ("not-allowed", "$.unit")), (LABOUR, NO_ITEM)):
        for fact in (GatheringSummoned(units=(unit,)), GatheringReported(to=head(COUNTY)), GatheringEnded()):
            assert tells(fact, unit) == told
    for_another = GatheringAttended(unit=LAND, leader=deputy(LAND))
    assert tells(for_another, HOUSING) == ("not-allowed", "$.data.leader")
    assert tells(replace(for_another, leader=head(HOUSING)), HOUSING) == ("not-allowed", "$.data.unit")
    assert tells(GatheringSummoned(units=(HOUSING, LAND)), BUREAU) == "recorded"
    assert tells(GatheringAttended(unit=HOUSING, leader=deputy(HOUSING)), HOUSING) == "recorded"
    assert tells(for_another, BUREAU) == "recorded"
    assert tells(GatheringEnded(), BUREAU) == "recorded"


def test_who_is_inspected_puts_right_what_was_found_with_him_and_with_no_other(open_city):
    plan = "inspection:p1"
    city = open_city([
        *CITY_UNITS, on("2020-05-06", InspectionPlanned(kind="patrol", units=(HOUSING, LAND)), of=plan, by=COUNTY),
        on("2020-05-07", InspectionHeld(invited=("人大代表",)), of=plan, by=COUNTY),
        on("2020-05-07", InspectionFound(unit=HOUSING, finding="台账不全"), of=plan, by=COUNTY),
        on("2020-05-07", InspectionFound(unit=LAND, finding="台账不全"), of=plan, by=COUNTY),
    ], date(2020, 5, 8))  # fmt: skip

    def tells(unit, said):
        return sent(city, on("2020-05-08", InspectionRectified(unit=unit), of=plan, by=said), "clerk", said)

    assert tells(HOUSING, LABOUR) == NO_ITEM
    assert tells(LAND, HOUSING) == tells(None, HOUSING) == ("not-allowed", "$.data.unit")
    assert tells(HOUSING, HOUSING) == "recorded"
    assert tells(None, LAND) == "recorded"


def test_who_supervises_the_whole_city_does_not_judge_his_own_government(open_city):
    city = open_city([*WITH_ANSWER, on("2020-05-22", cause(CITY), by=CITY_BUREAU)], date(2020, 6, 1))
    dismissed = on("2020-06-01", FindingDismissed(reason="无责"), of=f"F21:petition:1:{CITY}", by=CITY)
    assert sent(city, dismissed, "supervisor", CITY) == NOT_THERE
    told = sent(city, on("2020-06-01", e.CauseRevised(withdrawn=True), by=CITY), "supervisor", CITY)
    assert told == ("not-allowed", "$.data.unit")
