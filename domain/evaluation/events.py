"""Everything that can have happened in an evaluation; the subject is `evaluation:UNIT:2020H1` (contract section 3)."""

from decimal import Decimal

from domain.fact import Fact, OfficialId, Text


class EvaluationScored(Fact, frozen=True, gc=False):
    """A unit's half year was evaluated (半年评价, Art 18)."""

    metrics: dict[str, Decimal]
    """What was measured, by name; decimal numbers, kept as text and never as binary fractions."""
    score: Decimal
    formula: Text
    """How the score follows from the metrics."""


class UnitListed(Fact, frozen=True, gc=False):
    """The unit was listed for rectification (挂牌整治, Art 18)."""

    reason: Text | None = None


class OfficialInterviewed(Fact, frozen=True, gc=False):
    """An official of the listed unit was summoned to an interview (约谈, Art 18)."""

    official: OfficialId


class UnitDelisted(Fact, frozen=True, gc=False):
    """The listing was lifted (摘牌, Art 18)."""
