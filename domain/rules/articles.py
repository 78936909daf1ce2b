"""The law that this product implements, word for word: the opinion (SEED 1–21), the regulations R2005 and R2022."""

import re

import msgspec
from msgspec import Struct


class Article(Struct, frozen=True, forbid_unknown_fields=True):
    """One article: the chapter it stands in, its heading, its text (Chinese)."""

    chapter: str
    title: str
    text: str


class Provision(Struct, frozen=True, forbid_unknown_fields=True):
    """One article of a regulation: the chapter it stands in, its text (Chinese)."""

    chapter: str
    text: str


Regulations = dict[str, dict[int, Provision]]
"""`R2005` and `R2022`, each by the number of the article."""


def parse_regulations(text: str) -> Regulations:
    """The regulations from TOML. Raises as `parse_articles`."""
    named = msgspec.toml.decode(text, type=dict[str, dict[str, Provision]])
    return {name: {int(number): each for number, each in told.items()} for name, told in named.items()}


_CITED = re.compile(r"(R2005|R2022|SEED) (\d+)")


def cited(article: str) -> tuple[str, int] | None:
    """`R2022 42(4)` cites article 42 of R2022; None for a source whose text is not kept here."""
    said = _CITED.match(article)
    return (said[1], int(said[2])) if said else None


def parse_articles(text: str) -> dict[int, Article]:
    """Articles by number, from TOML. Raises `msgspec.DecodeError` or `ValidationError` with the field's path."""
    named = msgspec.toml.decode(text, type=dict[str, Article])
    return {int(number): article for number, article in named.items()}


def numbers(articles: list[str]) -> list[int]:
    """The articles of the opinion among those named: `["R2005 33", "SEED 15"]` names 15."""
    told = (each.partition(" ") for each in articles)
    return [int(number) for source, _, number in told if source == "SEED" and number.isdigit()]
