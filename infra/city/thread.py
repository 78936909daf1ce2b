"""A thread is one subject's actions still to come; a step is one of them."""

from operator import itemgetter

from infra.city.units import Data, Later, Unit

Step = tuple[int, str, Unit, int, "Data | Later"]
"""Moment, type, unit that acts, which of its officials, data."""

CLERK, HANDLER = -1, -2
"""Who acts for the unit: its petition clerk, or the official at whose desk the item lies."""

_moment = itemgetter(0)


class Thread:
    """The steps of one subject, next one last. A subject has one thread at a time."""

    __slots__ = ("subject", "stem", "steps", "done", "desk")

    def __init__(self, subject: str, stem: str, desk: int = 0) -> None:
        self.subject = subject
        self.stem = stem
        self.steps: list[Step] = []
        self.done = 0
        self.desk = desk

    def add(self, moment: int, kind: str, unit: Unit, who: int, data: "Data | Later") -> None:
        """Plans an act. Acts at the same moment stay in the order they were planned."""
        self.steps.append((moment, kind, unit, who, data))

    def ready(self) -> None:
        """Puts the steps into their order, the next one last."""
        self.steps.sort(key=_moment)
        self.steps.reverse()
