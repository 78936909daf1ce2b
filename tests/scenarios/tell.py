"""Writes the scenarios of this folder: `python -m tests.scenarios.tell`. Each is a folder with actions.jsonl and
expect.json. The expectations are counted by hand from the contract and the calendar, never taken from an answer.
"""

from collections.abc import Callable

from tests.scenarios.deciding import findings_decided, leader_record, sunshine, three_none
from tests.scenarios.duties import (
    briefings,
    changes_filed,
    contact_points,
    duty_roster,
    exchange_and_care,
    gathering,
    late_entered_ends,
    protection,
    receptions,
    roles_vacant,
    screening,
)
from tests.scenarios.handling import (
    extension_irregular,
    late_entered,
    late_entered_extension,
    merged_unit,
    pass_around,
    refusal_irregular,
    review_ladder,
    simple_misused,
    support_not_executed,
)
from tests.scenarios.meetings import agreed_items, conference_reports, half_year, inspections, sponsorship
from tests.scenarios.telling import Scenario
from tests.scenarios.watching import (
    anonymous,
    first_turned_repeat,
    handed_down,
    incident,
    item_of_2022,
    joint_reception,
    passed_down_report,
    raised_above,
    repeat_after_close,
    return_visit,
    secrecy_breached,
)

ALL: list[Callable[[], Scenario]] = [
    merged_unit, pass_around, simple_misused, refusal_irregular, review_ladder, late_entered, late_entered_extension,
    extension_irregular, support_not_executed, first_turned_repeat, repeat_after_close, raised_above, anonymous,
    item_of_2022, handed_down, return_visit, secrecy_breached, incident, passed_down_report, gathering,
    joint_reception, briefings, roles_vacant, contact_points, duty_roster, receptions, protection, late_entered_ends,
    screening, changes_filed, exchange_and_care, conference_reports, agreed_items, sponsorship, inspections,
    half_year, findings_decided, sunshine, leader_record, three_none,
]  # fmt: skip

if __name__ == "__main__":
    for tell in ALL:
        tell().write()
