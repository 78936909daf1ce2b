"""What became of findings after a position, told to who may see them."""

from domain.reader import Reader
from tests.samples import *

ACCUSED = [
    *CITY_UNITS,
    on("2020-04-10", raised(purpose="accusation", about_unit=HOUSING)),
    on("2020-04-12", cause(HOUSING)),
]


def told(news):
    return [(change["type"], change["finding"]["id"]) for change in news["changes"]]


def test_an_accusation_is_no_news_to_the_accused_organ(after):
    answers = after(*ACCUSED)
    caused = [("finding.raised", "F21:petition:1:unit:430408-zjj")]
    assert told(answers.news(0)) == caused
    assert told(answers.for_(Reader("supervisor", (CITY,))).news(0)) == caused
    assert told(answers.for_(Reader("clerk", (HOUSING,))).news(0)) == []


def test_evidence_clearing_and_what_humans_did_are_told_apart(after):
    answers = after(*CITY_UNITS, on("2020-04-10", raised()), on("2020-04-13", refer()), until="2020-06-01")
    kinds = [kind for kind, id in told(answers.news(0)) if id.startswith("F02")]
    assert kinds == ["finding.raised"]
    assert answers.news(0)["more"] is False
    assert told(answers.news(answers.news(0)["read"])) == []
