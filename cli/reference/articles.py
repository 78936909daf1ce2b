"""`docs/articles.md`: the opinion article by article, and what of the product answers to each."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from cli.reference.markdown import code, page
from cli.reference.meaning import chinese, said
from cli.reference.verbs import verbs
from domain.rules.articles import numbers
from domain.vocabulary import TYPES
from infra.shipped import shipped_articles, shipped_rules

ABOUT = """\
The opinion of Hengyang (2020-04-10), in its own words, and for each article the facts that producers report, the
rules that find what was not done, the questions that show it, and the stories that prove it. A number with a limit
stands in [rules.md](rules.md) under `hengyang-2020`; a story is a folder of `tests/scenarios/`.
"""
NAMED = re.compile(r"\bArt (\d+(?:, \d+)*)")


class Answering(NamedTuple):
    """What answers to one article: lines of each sort."""

    facts: list[str]
    rules: list[str]
    limits: list[str]
    questions: list[str]
    stories: list[str]


def articles_page(command: Any, scenarios: Path) -> str:
    """The whole page. `command` is click's form of `danze`, `scenarios` the folder that the stories lie in."""
    answering = answers(command, scenarios)
    parts = [line for number in shipped_articles() for line in _article(number, answering[number])]
    return page("The 21 articles 二十一条", ABOUT, *parts)


def answers(command: Any, scenarios: Path) -> dict[int, Answering]:
    """What answers to each article, by its number."""
    sorts = [_facts(), _rules(), _limits(), _questions(command), _stories(scenarios)]
    return {number: Answering(*(sort[number] for sort in sorts)) for number in shipped_articles()}


def _article(number: int, told: Answering) -> list[str]:
    article = shipped_articles()[number]
    parts = (("facts 事实", told.facts), ("rules 责任情形", told.rules), ("limits 时限与频次", told.limits),
             ("questions 查询", told.questions), ("stories 验证", told.stories))  # fmt: skip
    lists = [f"- {name}: {'; '.join(lines)}" for name, lines in parts if lines]
    return [f"## {number} {article.title}", "", f"*{article.chapter}*", "", f"> {article.text}", "", *lists, ""]


Lines = defaultdict[int, list[str]]


def _by_article(things: Iterable[Any], about: Callable[[Any], Iterable[int]], line: Callable[[Any], str]) -> Lines:
    """Lines about things under each article that they name, in the order of the things."""
    lines: Lines = defaultdict(list)
    for thing in things:
        for number in dict.fromkeys(about(thing)):
            lines[number].append(line(thing))
    return lines


def _in(text: str) -> list[int]:
    """The articles that a docstring names: `(值班, Art 7, 8)`."""
    return [int(number) for named in NAMED.findall(text) for number in named.split(", ")]


def _facts() -> Lines:
    def line(name: str) -> str:
        return f"[`{name}`](events.md#{name.replace('.', '')}) {chinese(name, TYPES[name])}".rstrip()

    return _by_article(TYPES, lambda name: _in(said(TYPES[name])), line)


def _rules() -> Lines:
    catalogue = shipped_rules().catalogue

    def about(name: str) -> list[int]:
        return [number for articles in catalogue[name].articles.values() for number in numbers(articles)]

    return _by_article(catalogue, about, lambda name: f"[{name}](rules.md#{name.lower()}) {catalogue[name].zh}")


def _limits() -> Lines:
    sets = shipped_rules().sets.values()
    limits = [(name, clock.article) for each in sets for name, clock in each.clocks.items()]
    limits += [(name, duty.article) for each in sets for name, duty in each.duties.items()]
    return _by_article(dict.fromkeys(limits), lambda limit: numbers([limit[1]]), lambda limit: code(limit[0]))


def _questions(command: Any) -> Lines:
    told = {verb: each.help or "" for verb, each in verbs(command)}
    return _by_article(
        told, lambda verb: _in(told[verb]), lambda verb: f"[`danze {verb}`](cli.md#danze-{verb.replace(' ', '-')})"
    )


def _stories(scenarios: Path) -> Lines:
    told = [(path.parent.name, json.loads(path.read_bytes())) for path in sorted(scenarios.glob("*/expect.json"))]
    return _by_article(told, lambda story: story[1].get("articles", []), lambda story: code(story[0]))
