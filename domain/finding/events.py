"""What humans did with a finding (Art 19). The software proposes; a named human finds."""

from typing import Literal

from domain.fact import Fact, OfficialId, Text

Responsibility = Literal["direct", "leadership", "main_leadership", "important_leadership", "none"]
Measure = Literal["rectify", "talk", "circulate", "admonish", "reorganise", "discipline", "transfer", "none"]


class FindingOpened(Fact, frozen=True, gc=False):
    """A human took the proposed finding up (启动认定, Art 19)."""


class DissentRecorded(Fact, frozen=True, gc=False):
    """An official's objection to the decision at fault was put on record (保留意见, Art 19)."""

    official: OfficialId


class FindingDecided(Fact, frozen=True, gc=False):
    """A human decided who bears which responsibility, and the measure (责任认定, Art 19)."""

    official: OfficialId
    responsibility: Responsibility
    measure: Measure
    reason: Text


class FindingDismissed(Fact, frozen=True, gc=False):
    """A human found that nobody is to blame (不予追责, Art 19)."""

    reason: Text


class FindingAppealed(Fact, frozen=True, gc=False):
    """The official appealed against the decision (申诉, Art 19)."""

    reason: Text | None = None


class AppealDecided(Fact, frozen=True, gc=False):
    """The appeal was decided (申诉处理, Art 19)."""

    outcome: Literal["upheld", "revoked", "modified"] | None = None
    reason: Text | None = None
