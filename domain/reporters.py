"""Which acts may a token report at all, by its role (contract section 7)? The operator's are not asked about.

In whose name and about what is asked beside it, at the door (`infra/reporting.py`).
"""

from domain.envelope import Rejected
from domain.reader import Role

DECIDERS: frozenset[Role] = frozenset({"operator", "supervisor"})
"""Who judges units and officials: a unit neither decides the findings on itself nor scores itself."""
JUDGED = ("evaluation", "finding", "inspection")
"""Acts on these subjects judge units and officials,"""
BY_THE_JUDGED = {"finding.appealed.v1", "finding.dissent_recorded.v1", "inspection.rectified.v1"}
"""but for what the one who is judged does himself."""
STRUCTURE = {"unit.established.v1", "unit.merged.v1", "unit.abolished.v1"}
"""Which units there are, and what answers for which (R2005 25)."""
OF_ALL = ("ruleset", "calendar", "period", "petitioner")
"""What holds for the whole city, or cannot be taken back: the law, the days, protection, who is forgotten."""
REVIEWED = {
    "petition.hearing_opened.v1", "petition.hearing_closed.v1", "petition.worked.v1", "petition.review_answered.v1",
    "petition.rereview_answered.v1", "petition.opinion_delivered.v1",
}  # fmt: skip
"""What an organ reports of an item that it only reviews."""
OVERSEEN = {
    "petition.supervised.v1", "petition.supervision_closed.v1", "petition.return_visited.v1", "petition.rated.v1",
}  # fmt: skip
"""What a petition bureau reports of the items of its division, whoever registered them (R2022 36, 37)."""
SPONSORED = {"petition.sponsored.v1", "petition.sponsor_duty_done.v1", "petition.sponsorship_ended.v1"}
"""What party committee and government report of them: their leaders take items on (包案, Art 12)."""
OURS = "/danze/"
"""Sources under which danze itself records; who could write under them would take its ids away."""
DESK = "/danze/dashboard"
"""But for this one, under which a human decides on the dashboard."""
FROM_ABOVE = {"petition.review_requested.v1", "petition.rereview_requested.v1", "petition.raised_above.v1"}
"""A higher organ learns of another's item when the petitioner comes to it (R2005 34, 35; R2022 20, 35, 36)."""


def reserved(type: str, role: Role, *, all_is_his: bool) -> Rejected | None:
    """Why an act is not for a role; None where it is. `all_is_his`: he governs the whole city."""
    kind = type.partition(".")[0]
    judges = (kind in JUDGED and type not in BY_THE_JUDGED) or type in STRUCTURE
    if (judges or kind in OF_ALL) and role not in DECIDERS:
        return Rejected("not-allowed", f"{type} is not for a {role} to report", "$.type")
    if kind in OF_ALL and not all_is_his:
        return Rejected("not-allowed", f"{type} is of the whole city, and this token of a part of it", "$.type")
    return None
