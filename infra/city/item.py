"""A matter, the items that bring it up, and what an item's plan must remember."""

from infra.city.places import Place
from infra.city.thread import Diary, Thread
from infra.city.units import Data, Later, Unit
from infra.city.words import Topic


class Matter:
    """What somebody wants: it stays the same when it is brought up again."""

    __slots__ = (
        "first",
        "times",
        "topic",
        "purpose",
        "what",
        "spot",
        "town",
        "county",
        "village",
        "persons",
        "petitioners",
        "personal",
        "about",
        "unit",
        "title",
        "joint",
        "anonymous",
        "closed_at",
        "ended_at",
    )

    first: str
    topic: Topic
    purpose: str
    what: str
    spot: str
    town: Place
    county: Place
    village: str
    persons: int
    petitioners: list[str]
    personal: dict[str, str] | None
    about: Unit | None
    unit: Unit
    title: str
    joint: bool
    anonymous: bool

    def __init__(self) -> None:
        self.times = 0
        self.closed_at: int | None = None
        self.ended_at: int | None = None


class Item(Thread):
    """One registration, from its first act to its last."""

    __slots__ = (
        "diary",
        "no",
        "matter",
        "at",
        "registrar",
        "channel",
        "repeat",
        "after_close",
        "above",
        "report_by",
        "holder",
        "received",
        "accepted_at",
        "answered_at",
        "outcome",
        "ended",
        "late",
        "busy_until",
        "supervised_until",
        "simple",
        "dissatisfied",
        "assigned_by",
        "judged_at",
        "entered",
    )

    registrar: Unit
    holder: Unit

    def __init__(self, diary: Diary, no: str, matter: Matter, at: int, desk: int) -> None:
        super().__init__(f"petition:{no}", no, desk)
        self.diary = diary
        self.no = no
        self.matter = matter
        self.at = at
        self.channel = ""
        self.repeat = False
        self.after_close = False
        self.above: str | None = None
        self.report_by: int | None = None
        self.received = at
        self.accepted_at: int | None = None
        self.answered_at: int | None = None
        self.outcome = ""
        self.ended: int | None = None
        self.late: str | None = None
        self.busy_until = at
        self.supervised_until = -1
        self.simple = False
        self.dissatisfied = False
        self.assigned_by: Unit | None = None
        self.judged_at = self.entered = at

    def act(self, moment: int, kind: str, unit: Unit, who: int, data: Data | Later, late: int = 0) -> None:
        """Plans an act of the item, entered at once or late, and remembers how long it is busy."""
        self.diary.plan(moment, self, f"petition.{kind}.v1", unit, who, data, late)
        self.busy_until = max(self.busy_until, moment + late)

    @property
    def collective(self) -> bool:
        return self.matter.persons >= 5
