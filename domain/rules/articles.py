"""The articles of the opinion that this product implements, word for word, by number (SEED 1–21)."""

import msgspec
from msgspec import Struct


class Article(Struct, frozen=True, forbid_unknown_fields=True):
    """One article: the chapter it stands in, its heading, its text (Chinese)."""

    chapter: str
    title: str
    text: str


def parse_articles(text: str) -> dict[int, Article]:
    """Articles by number, from TOML. Raises `msgspec.DecodeError` or `ValidationError` with the field's path."""
    named = msgspec.toml.decode(text, type=dict[str, Article])
    return {int(number): article for number, article in named.items()}


def numbers(articles: list[str]) -> list[int]:
    """The articles of the opinion among those named: `["R2005 33", "SEED 15"]` names 15."""
    told = (each.partition(" ") for each in articles)
    return [int(number) for source, _, number in told if source == "SEED" and number.isdigit()]
