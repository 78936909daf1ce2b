"""Random histories: legal and illegal steps on a few items, merged units, new heads, some of it entered late."""

from datetime import timedelta

import msgspec
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.codec import encode
from domain.envelope import Action
from tests.samples import *

ITEMS = ("1", "2", "3")
SECRET = ("王小明的电话", "13800138000", "解放路三号")
PERSONAL = {"name": SECRET[0], "phone": SECRET[1], "address": SECRET[2]}
UNITS = (BUREAU, CITY_BUREAU, HOUSING, LABOUR, COUNTY, SITE)

units, items = st.sampled_from(UNITS), st.sampled_from(ITEMS)
stages = st.sampled_from(("handling", "review", "rereview"))
registrations = st.builds(
    raised, channel=st.sampled_from(("letter", "visit", "reception", "handed_down")), anonymous=st.booleans(),
    purpose=st.sampled_from(("settlement", "accusation", "suggestion")), about_unit=st.none() | units,
    about_official=st.sampled_from((None, clerk(HOUSING))), persons=st.sampled_from((1, 6)), joint_letter=st.booleans(),
    personal=st.sampled_from((None, PERSONAL)), handed_down_by=st.sampled_from((None, PROVINCE)),
)  # fmt: skip
routings = st.builds(refer, units) | st.builds(assign, units, st.sampled_from((None, "2022-06-01")))
acceptances = st.builds(
    accept, st.sampled_from(("ordinary", "simple")), st.sampled_from(("official:h", clerk(HOUSING)))
)
answers = st.builds(answer, st.sampled_from(("supported", "explained", "not_supported")))
notices = st.builds(notify, st.sampled_from(("receipt", "acceptance", "refusal", "extension")))
reviews = st.builds(e.ReviewAnswered, by_unit=units, outcome=st.sampled_from(("upheld", "revoked", "modified")))
watching = st.sampled_from(
    (
        supervise(), supervise("S7", "2022-07-01"), e.SupervisionAnswered(), e.SupervisionClosed(), cause(HOUSING),
        cause(collective=True), e.CauseRevised(withdrawn=True), e.CauseRevised(unit=LABOUR), e.PetitionResolved(),
        e.IncidentReported(kind="mass", mishandled_by=LABOUR), e.SecrecyBreached(by_unit=LABOUR, to=HOUSING),
        e.ReturnVisited(solved="no"), rate(), rate("satisfied"), go_up("province"), go_up("city"),
    )
)  # fmt: skip
moving = st.sampled_from(
    (
        extend(20), e.AssignmentObjected(reason="不属本单位"), e.AssignmentUpheld(), e.AssignmentWithdrawn(), CLOSED,
        e.PetitionNotAccepted(ground="N4"), e.PetitionNoLongerAccepted(ground="N6"), e.PetitionWithdrawn(),
        e.PetitionChannelled(path="litigation"), e.PetitionReopened(reason="新情况"), e.PetitionExecuted(),
        e.ExecutionRefused(), e.PetitionDetermined(ground="终结"), e.RereviewAnswered(by_unit=CITY, outcome="upheld"),
        e.HandlerChanged(handler="official:wang", reason="轮岗"),
    )
)  # fmt: skip
asking = st.builds(e.ReviewRequested, to_unit=units) | st.builds(e.RereviewRequested, to_unit=units)
hearings = st.builds(e.HearingOpened, stage=stages) | st.builds(e.HearingClosed, stage=stages)
judging = st.builds(repeats, st.none() | items)
steps = st.one_of(
    routings, acceptances, acceptances, answers, answers, notices, reviews, watching, moving, moving, asking, hearings,
    judging, st.builds(deliver, stages),
)  # fmt: skip
directory = st.sampled_from((UnitMerged(into=LABOUR), RoleEnded(official=head(HOUSING), role="principal")))
START = at("2022-03-01")
"""The first day: the law changes while most histories run."""


@st.composite
def histories(draw, longest: int = 30) -> list[Action]:
    """Actions in the order in which they are recorded."""
    now, told = START, [*CITY_UNITS]
    told += [_told(draw(registrations), no, draw(units), now, timedelta()) for no in ITEMS]
    for _ in range(draw(st.integers(0, longest))):
        now += timedelta(days=draw(st.integers(0, 20)), minutes=draw(st.integers(0, 90)))
        late = timedelta(days=draw(st.sampled_from((0, 0, 0, 2, 15))))
        if draw(st.integers(0, 25)) == 0:
            told.append(_told(draw(directory), None, HOUSING, now, timedelta()))
        else:
            told.append(_told(draw(steps), draw(items), draw(units), now, late))
    return [replace(action, id=str(number)) for number, action in enumerate(told)]


def _told(fact, no: str | None, by: str, now, late: timedelta) -> Action:
    action = on("2022-01-01", fact, by=by, no=no or "1")
    return replace(action, time=now - late, recordedat=now)


def lines(actions: list[Action]) -> list[bytes]:
    """The actions as a producer sends them."""
    return [msgspec.json.encode(msgspec.json.decode(encode(each))) for each in actions]
