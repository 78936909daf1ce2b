"""What the offices of a city report from day to day, a token of the acting office may report."""

from collections import Counter
from contextlib import closing

import orjson

from cli.wiring import System
from domain.reader import Reader
from infra.city.simulation import simulate
from projections.reporting import Reporter

OF_THE_CITY = ("unit.established", "calendar.", "ruleset.", "period.", "petitioner.")
"""Set up by an operator."""
JUDGING = ("finding.", "evaluation.", "inspection.")
"""For a supervisor of the office, not for its clerk."""
FROM_ABOVE = ("unit.merged", "unit.abolished", "unit.role_")
"""For a supervisor of the unit above it."""
ELSEWHERE = {
    ("dispute.became_petition.v1", "$.data.petition"), ("petition.repeat_judged.v1", "$.data.first"),
    ("duty.reception_held.v1", "$.data.items[0]"), ("petition.assigned.v1", "$.data.to_unit"),
    ("inspection.found.v1", "$.data.unit"), ("inspection.planned.v1", "$.data.units[2]"),
}  # fmt: skip
"""An item that only another office knows of is not named: the bureau of the division does that. A township passes an
item on to a department of the county (转送) and does not charge it; nobody inspects himself.
"""


def token_of(action, units):
    kind, unit = action["type"], action["unit"]
    above = known.parent if (known := units.get(unit)) is not None else None
    if kind.startswith(OF_THE_CITY) or (kind.startswith(FROM_ABOVE) and above is None):
        return Reader("operator")
    if kind.startswith(FROM_ABOVE):
        return Reader("supervisor", (above,))
    return Reader("supervisor" if kind.startswith(JUDGING) else "clerk", (unit,))


def test_hardly_anything_that_offices_do_is_refused_to_them(tmp_path):
    with closing(System(f"sqlite:///{tmp_path}/city.db")) as system:
        intake, refused, taken = system.intake(history=True), Counter(), 0
        for action in simulate(seed=3, days=75, scale=0.02, counties=3):
            line = orjson.dumps(action | {"source": "/city"})
            (outcome,) = intake.take([line], reporter=Reporter(token_of(action, intake.office.units)))
            taken += outcome.outcome == "recorded"
            if outcome.rejection is not None:
                refused[action["type"], outcome.rejection.path] += 1
                intake.take([line])  # an operator brings it in
        assert set(refused) <= ELSEWHERE, refused
        assert taken > 2_000
        assert refused.total() < taken / 200
