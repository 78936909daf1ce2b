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
JUDGING = ("finding.", "evaluation.", "inspection.", "unit.merged", "unit.abolished")
"""For a supervisor of the office, not for its clerk."""
ELSEWHERE = {
    ("dispute.became_petition.v1", "$.data.petition"), ("petition.repeat_judged.v1", "$.data.first"),
    ("duty.reception_held.v1", "$.data.items[0]"),
}  # fmt: skip
"""An item that only another office knows of is not named: the bureau of the division does that."""


def test_hardly_anything_that_offices_do_is_refused_to_them(tmp_path):
    with closing(System(f"sqlite:///{tmp_path}/city.db")) as system:
        intake, refused, taken = system.intake(history=True), Counter(), 0
        for action in simulate(seed=3, days=75, scale=0.02, counties=3):
            kind, unit = action["type"], action["unit"]
            role = "operator" if kind.startswith(OF_THE_CITY) else "supervisor" if kind.startswith(JUDGING) else "clerk"
            line = orjson.dumps(action | {"source": "/city"})
            (outcome,) = intake.take([line], reporter=Reporter(Reader(role, (unit,))))
            taken += outcome.outcome == "recorded"
            if outcome.rejection is not None:
                refused[kind, outcome.rejection.path] += 1
                intake.take([line])  # an operator brings it in
        assert set(refused) <= ELSEWHERE, refused
        assert taken > 2_000
        assert refused.total() < taken / 200
