"""Each of the 21 articles is executable: its text, what is reported, what answers, and a story that proves it."""

from pathlib import Path

import pytest
import typer

from cli.reference.articles import answers
from cli.verbs import app
from domain.rules.articles import numbers
from domain.vocabulary import TYPES
from infra.shipped import shipped_articles, shipped_rules
from projections.sentences import TEMPLATES

ROOT = Path(__file__).resolve().parent.parent
ANSWERS = answers(typer.main.get_command(app), ROOT / "tests/scenarios")
RECORDS_ONLY = {4, 12, 13, 17, 21}
"""Articles that bind nobody to a day: they are answered from what happened (SEED 4, 12, 13), or recorded (17, 21)."""


def test_the_opinion_has_21_articles_in_six_chapters():
    articles = shipped_articles()
    assert list(articles) == list(range(1, 22))
    assert len({article.chapter for article in articles.values()}) == 6
    assert all(len(article.text) > 60 for article in articles.values())


@pytest.mark.parametrize("number", ANSWERS)
def test_an_article_is_asked_for_and_proved(number):
    told = ANSWERS[number]
    assert told.facts or number == 4, "the leader's record has no facts of its own"
    assert told.rules or number in RECORDS_ONLY
    assert told.questions
    assert told.stories


def test_rules_name_articles_that_there_are():
    named = {n for rule in shipped_rules().catalogue.values() for each in rule.articles.values() for n in numbers(each)}
    assert named <= shipped_articles().keys()


def test_every_type_has_its_sentence():
    assert {name.removesuffix(".v1") for name in TYPES} == TEMPLATES.keys()
