from datetime import date

import pytest

from cli.wiring import System
from domain.rules.articles import cited
from infra.shipped import quoted, shipped_regulations, shipped_rules


@pytest.fixture
def ask(tmp_path):
    system = System(f"sqlite:///{tmp_path}/rules.db")
    yield system.answers
    system.close()


def test_the_rules_of_a_day_name_the_set_that_says_so_and_quote_the_law(ask):
    told = ask.rules(date(2023, 5, 4))
    handling = next(each for each in told["clocks"] if each["id"] == "K5")
    assert (handling["days"], handling["unit"], handling["ruleset"]) == (60, "calendar", "cn-2022")
    assert "60日内办结" in told["articles"][handling["article"]]["text"]
    assert [each["name"] for each in told["sets"] if each["in_force"]] == ["cn-2022", "hengyang-2020", "simple-2022"]


def test_before_the_regulation_of_2022_the_older_one_held(ask):
    told = ask.rules(date(2019, 5, 6))
    assert {each["ruleset"] for each in told["clocks"]} == {"cn-2005", "simple-2016"}
    assert told["duties"] == []


@pytest.mark.parametrize(
    ("article", "source"), [("R2022 42(4)", ("R2022", 42)), ("SEED 9", ("SEED", 9)), ("SIMP22 3", None)]
)
def test_an_article_is_read_by_its_number(article, source):
    assert cited(article) == source


def test_every_article_of_the_regulations_that_a_rule_cites_has_its_text():
    rules = shipped_rules()
    named = {a for each in rules.catalogue.values() for said in each.articles.values() for a in said}
    named |= {clock.article for each in rules.versions for clock in each.clocks.values()}
    assert [article for article in sorted(named) if cited(article) and not quoted(article)] == []
    assert {name: len(each) for name, each in shipped_regulations().items()} == {"R2005": 51, "R2022": 50}
