"""The days to come, and what is planned for each: acts of subjects, and people who come back."""

from collections import defaultdict

from infra.city.rhythm import DAY
from infra.city.units import Data, Later, Unit

CLERK, HANDLER = -1, -2
"""Who acts for the unit: its petition clerk, or the official at whose desk the item lies."""


class Thread:
    """One subject and how many of its steps have happened; ids of its actions begin with its stem."""

    __slots__ = ("subject", "stem", "done", "desk")

    def __init__(self, subject: str, stem: str, desk: int = 0) -> None:
        self.subject = subject
        self.stem = stem
        self.done = 0
        self.desk = desk


def thread_of(subject: str) -> Thread:
    """The acts of one subject that are planned together."""
    return Thread(subject, subject)


Step = tuple[int, int, Thread, str, Unit, int, "Data | Later", int]
"""When it is recorded, number of the plan, subject, type, unit that acts, which of its officials, data, when it was."""


class Diary:
    """What is planned, by day. Acts of one moment stay in the order they were planned."""

    def __init__(self) -> None:
        self.days: defaultdict[int, list[Step]] = defaultdict(list)
        self.planned = 0

    def plan(
        self, moment: int, thread: Thread, kind: str, unit: Unit, who: int, data: "Data | Later", late: int = 0
    ) -> None:
        """An act at a moment, which is entered at once or so many seconds late."""
        self.planned += 1
        entered = moment + late
        self.days[entered // DAY].append((entered, self.planned, thread, kind, unit, who, data, moment))

    def page(self, day: int) -> list[Step]:
        """What is planned for the day, in its order; the page is torn out."""
        steps = self.days.pop(day, [])
        steps.sort()
        return steps
