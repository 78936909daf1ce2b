"""How does a unit's half year score (半年评价, Art 18), line by line? Proposed from rows; a human records the score."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from domain.rules.law import Indicator


class Measured(NamedTuple):
    """What was measured for an indicator: how many of how many, and the items behind both."""

    numerator: int
    denominator: int | None
    """None for what is counted, not rated."""
    items: list[str] | None
    """None where only how many they are was asked: there is no key then, for an empty list says that there is none."""


def lines(indicators: Mapping[str, Indicator], measured: Mapping[str, Measured]) -> list[dict[str, Any]]:
    """Each indicator with what was measured, its points, and a sentence that says how they follow."""
    return [_line(name, each, measured[each.measure]) for name, each in indicators.items()]


def score(told: list[dict[str, Any]]) -> float | None:
    """The sum of the points; None where no rule set says what to measure."""
    return round(sum(line["points"] for line in told), 2) if told else None


def proposal(told: list[dict[str, Any]]) -> dict[str, Any]:
    """`data` of the `evaluation.scored` that a human may send. Decimal numbers are text, as everywhere in the log."""
    return {
        "metrics": {line["indicator"]: _metric(line) for line in told if line["denominator"] != 0},
        "score": _text(score(told) or 0),
        "formula": " + ".join(f"{line['name']['zh']} {_text(line['points'])}/{line['of']}" for line in told),
    }


def _metric(line: dict[str, Any]) -> str:
    """The count, or the rate to four digits."""
    of = line["denominator"]
    return str(line["numerator"]) if of is None else f"{line['numerator'] / of:.4f}"


def _line(name: str, indicator: Indicator, what: Measured) -> dict[str, Any]:
    points = _points(indicator, what)
    return {
        "indicator": name, "name": {"zh": indicator.zh, "en": indicator.en}, "article": indicator.article,
        "measure": indicator.measure, "numerator": what.numerator, "denominator": what.denominator,
        **({} if what.items is None else {"items": what.items}), "points": points, "of": indicator.points,
        "explained": _explained(indicator, what, _text(points)),
    }  # fmt: skip


def _points(indicator: Indicator, what: Measured) -> float:
    """Counted: so much off for each, down to nothing. Rated: its share of the points; all where nothing fell due."""
    if what.denominator is None:
        return float(max(0, indicator.points - indicator.off * what.numerator))
    if what.denominator == 0:
        return float(indicator.points)
    rate = Fraction(what.numerator, what.denominator)
    good = 1 - rate if indicator.measure == "repeat_rate" else rate
    return float(round(indicator.points * good, 2))


def _explained(indicator: Indicator, what: Measured, got: str) -> dict[str, str]:
    zh, en, points = indicator.zh, indicator.en, indicator.points
    if what.denominator is None:
        return {
            "zh": f"{zh}：{what.numerator}件次，每件次扣{indicator.off}分，满分{points}分，得{got}分。",
            "en": f"{en}: {what.numerator}, {indicator.off} points off for each, {got} of {points} points.",
        }
    if what.denominator == 0:
        return {
            "zh": f"{zh}：本期无应计件，得满分{points}分。",
            "en": f"{en}: nothing to count in the period, all {points} points.",
        }
    rate = f"{what.numerator}/{what.denominator}"
    left = indicator.measure == "repeat_rate"
    return {
        "zh": f"{zh}：{rate}，满分{points}分按{'其余比率' if left else '比率'}计，得{got}分。",
        "en": f"{en}: {rate}, points by {'what the rate leaves' if left else 'the rate'}, {got} of {points} points.",
    }


def _text(number: float) -> str:
    """Without needless zeros: `58.5`, `20`."""
    return f"{number:.2f}".rstrip("0").rstrip(".")
