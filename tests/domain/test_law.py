"""Rule sets in force by date; adopted rule sets and calendars; provisional years (domain.md 1.0; contract 3, 4, 5)."""

import pytest

from domain.envelope import Action, Decided
from domain.rules.law import content_hash
from domain.ruleset.decide import calendar_text
from domain.ruleset.events import CalendarAdopted, RulesetAdopted
from domain.ruleset.mistakes import ruleset_of
from infra.shipped import shipped_rules, text_of
from tests.samples import *
from tests.spec import given


@pytest.mark.parametrize(
    ("day", "names"),
    [
        ("2005-05-01", ("cn-2005",)),
        ("2020-04-09", ("cn-2005", "simple-2016")),
        ("2020-04-10", ("cn-2005", "simple-2016", "hengyang-2020")),
        ("2022-04-30", ("cn-2005", "simple-2016", "hengyang-2020")),
        ("2022-05-01", ("cn-2022", "simple-2016", "hengyang-2020")),
        ("2022-07-16", ("cn-2022", "simple-2016", "hengyang-2020")),
        ("2022-07-17", ("cn-2022", "hengyang-2020", "simple-2022")),
    ],
)
def test_a_step_is_judged_by_the_rule_sets_in_force_when_it_happened(day, names):
    assert shipped_rules().on(date.fromisoformat(day)).names == names


def test_an_item_under_way_keeps_its_old_limits_and_gets_the_new_ones_for_new_steps():
    story = given(*CITY_UNITS, on("2022-04-25", raised()), on("2022-04-29", refer()))
    assert not any(each.clock == "K4" for each in story.item().deadlines)
    story.when(on("2022-05-05", accept(), by=HOUSING)).when(on("2022-05-06", notify("receipt"), by=HOUSING))
    assert story.dates("K2") == ("2022-05-14", "2022-05-16")
    assert story.clock("K2").met_on == date(2022, 5, 6)
    assert story.events[-1].ruleset[0] == "cn-2022"


def adopted(fact, subject: str = "ruleset:city", day: str = "2020-01-02") -> Action:
    return Action(
        specversion="1.0", id=subject, source="/story", type=NAMES[type(fact)], subject=subject, time=at(day),
        data=fact,
        actor="official:x", unit=CITY,
    )  # fmt: skip


CITY_SET = """
name = "hengyang-2021"
zh = "衡阳（2021）"
en = "Hengyang (2021)"
from = 2021-01-01
overlay = true
[parameters]
supervise_days = 3
collective_min_persons = 10
"""


def ruleset(text: str, name: str = "hengyang-2021", from_: str = "2021-01-01") -> RulesetAdopted:
    return RulesetAdopted(name=name, from_=date.fromisoformat(from_), content_hash=content_hash(text), content=text)


def test_a_city_adopts_a_rule_set_of_its_own_from_a_day_on():
    story = given(*CITY_UNITS).when(adopted(ruleset(CITY_SET))).then(Decided())
    visit = raised(channel="visit", persons=5)
    assert story.when(on("2020-12-31", visit)).item().collective
    assert not story.when(on("2021-01-01", visit, no="2")).item("2").collective
    assert story.events[-1].ruleset == ("cn-2005", "simple-2016", "hengyang-2020", "hengyang-2021")


def test_the_day_that_the_adoption_names_counts():
    story = given(*CITY_UNITS, adopted(ruleset(CITY_SET, from_="2021-07-01")))
    assert story.rules.on(date(2021, 6, 30)).parameters["supervise_days"] == 5
    assert story.rules.on(date(2021, 7, 1)).parameters["supervise_days"] == 3


def test_a_city_warns_at_steps_of_its_own():
    story = given(*CITY_UNITS, adopted(ruleset("warnings = [60, 80]\n" + CITY_SET)))
    assert story.rules.on(date(2020, 12, 31)).warnings == (50, 75, 90)
    assert story.rules.on(date(2021, 1, 1)).warnings == (60, 80)
    story.when(adopted(ruleset("warnings = [0, 101]\n" + CITY_SET))).refused("bad-value", "$.data.content")


def test_a_shipped_rule_set_is_adopted_by_its_name():
    fact = RulesetAdopted(name="cn-2022", from_=date(2022, 6, 1), content_hash=content_hash(text_of("cn-2022")))
    story = given(*CITY_UNITS).when(adopted(fact)).then(Decided())
    assert story.rules.on(date(2022, 6, 1)).names[0] == "cn-2022"


def test_a_shipped_rule_set_with_the_hash_of_another_text_is_refused():
    fact = RulesetAdopted(name="cn-2022", from_=date(2022, 6, 1), content_hash=content_hash(text_of("cn-2005")))
    given(*CITY_UNITS).when(adopted(fact)).refused("bad-value", "$.data.content_hash")


def test_a_set_that_is_adopted_again_leaves_the_days_before_as_they_were():
    anew = CITY_SET.replace("supervise_days = 3", "supervise_days = 2")
    story = given(*CITY_UNITS, adopted(ruleset(CITY_SET)), adopted(ruleset(anew, from_="2021-07-01"), day="2021-06-01"))
    days = (date(2020, 12, 31), date(2021, 6, 30), date(2021, 7, 1))
    assert [story.rules.on(day).parameters["supervise_days"] for day in days] == [5, 3, 2]


WHOLE = text_of("cn-2022").replace('name = "cn-2022"', 'name = "cn-2030"').replace("2022-05-01", "2030-01-01")


def test_a_new_national_regulation_can_be_adopted():
    story = given(*CITY_UNITS).when(adopted(ruleset(WHOLE, "cn-2030", "2030-01-01"))).then(Decided())
    assert story.rules.on(date(2030, 1, 1)).names[0] == "cn-2030"


CLOCK = '[clocks.{}]\nzh = "办结"\nen = "handles"\narticle = "X 1"\nunit = "calendar"\ndays = {}\n'
DUTY = '[duties.briefing]\nrule = "{}"\narticle = "X 1"\nevery = "{}"\nlevels = ["{}"]\n'
BROKEN = [
    (ruleset(CITY_SET, name="other"), "bad-value", "$.data.name"),
    (RulesetAdopted(name="unheard-of", from_=date(2021, 1, 1), content_hash="x"), "missing-field", "$.data.content"),
    (
        RulesetAdopted(name="hengyang-2021", from_=date(2021, 1, 1), content_hash="x", content=CITY_SET),
        "bad-value",
        "$.data.content_hash",
    ),
    (ruleset("no toml ["), "bad-value", "$.data.content"),
    (ruleset(CITY_SET + "surprise = 1\n[surprises]\n"), "bad-value", "$.data.content"),
    (ruleset(CITY_SET.replace("overlay = true", "")), "bad-value", "$.data.content"),
]


@pytest.mark.parametrize(("fact", "code", "path"), BROKEN)
def test_what_is_no_rule_set_is_not_adopted(fact, code, path):
    """A set that is no overlay holds alone: one that lacks a limit would leave steps that nobody can judge."""
    given(*CITY_UNITS).when(adopted(fact)).refused(code, path)


MISTAKES = [
    ("name = 'x'\nzh == 1", "", "at line 2"),
    (CITY_SET.replace("zh = ", "zhh = "), "", "zhh"),
    (CITY_SET + "supervise_dayz = 3", "parameters.supervise_dayz", "no step asks for it"),
    (CITY_SET + "entry_hours = 'a day'", "parameters.entry_hours", "int"),
    (CITY_SET + "[switches]\nroll = true", "switches.roll", "roll_last_day"),
    (CITY_SET + CLOCK.format("K5", "-1"), "clocks.K5.days", ">= 0"),
    (CITY_SET + CLOCK.format("K99", "45"), "clocks.K99", "K5"),
    (CITY_SET + DUTY.format("D01", "quarter", "city"), "duties.briefing.body", "government"),
    (CITY_SET + DUTY.format("D06", "week-end", "city"), "duties.briefing.every", "week-end"),
    (CITY_SET + DUTY.format("D06", "week", "metropolis"), "duties.briefing.levels", "metropolis"),
    (CITY_SET.replace("overlay", "until = 2020-12-31\noverlay"), "until", "before from"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "path", "words"), MISTAKES)
def test_a_mistake_in_a_rule_set_is_named_with_its_place(text, path, words):
    mistakes = ruleset_of(text, shipped_rules())
    assert isinstance(mistakes, list)
    assert (mistakes[0].path, words in mistakes[0].sentence) == (path, True), mistakes


def test_all_mistakes_are_told_at_once():
    mistakes = ruleset_of(CITY_SET + "a = 1\nb = 2\n[clocks.K5]\ndays = 1", shipped_rules())
    assert sorted(each.path for each in mistakes) == ["clocks.K5"]
    mistakes = ruleset_of(CITY_SET + "a = 1\nb = 2\n", shipped_rules())
    assert sorted(each.path for each in mistakes) == ["parameters.a", "parameters.b"]


# calendars

OFF = (date(2027, 1, 1), date(2027, 2, 8), date(2027, 2, 9))
ON = (date(2027, 1, 30),)


def calendar(**other) -> CalendarAdopted:
    named = content_hash(calendar_text(OFF, ON))
    fields = {"year": 2027, "version": "1", "content_hash": named, "holidays": OFF, "workdays": ON}
    return CalendarAdopted(**{**fields, **other})


def test_a_year_whose_calendar_is_not_adopted_is_provisional_and_every_date_that_touches_it_says_so():
    story = given(*CITY_UNITS, on("2026-12-17", raised()))
    assert (story.dates("K1"), story.clock("K1").provisional) == (("2027-01-01", "2027-01-01"), True)
    assert not given(*CITY_UNITS, on("2026-12-16", raised())).clock("K1").provisional


def test_the_adopted_calendar_counts_from_then_on():
    story = given(*CITY_UNITS).when(adopted(calendar(), "calendar:2027", "2026-12-01")).then(Decided())
    story.when(on("2026-12-17", raised()))
    assert (story.dates("K1"), story.clock("K1").provisional) == (("2027-01-01", "2027-01-04"), False)
    assert story.rules.calendar.works(date(2027, 1, 30))


def test_what_was_decided_before_the_adoption_stays_as_it_was():
    story = given(*CITY_UNITS, on("2026-12-10", raised()), on("2026-12-17", refer()))
    story.when(adopted(calendar(), "calendar:2027", "2026-12-20"))
    assert (story.dates("K2"), story.clock("K2").provisional) == (("2027-01-01", "2027-01-01"), True)


BAD_CALENDARS = [
    (calendar(holidays=None), "missing-field", "$.data.holidays"),
    (calendar(workdays=None), "missing-field", "$.data.workdays"),
    (calendar(content_hash="x"), "bad-value", "$.data.content_hash"),
    (calendar(year=2028), "bad-value", "$.data.holidays"),
]


@pytest.mark.parametrize(("fact", "code", "path"), BAD_CALENDARS)
def test_what_is_no_calendar_is_not_adopted(fact, code, path):
    given().when(adopted(fact, "calendar:2027")).refused(code, path)
