"""What may stand behind a verb: numbers have a bound, nothing is told by its name, units are named as in addresses."""

from pathlib import Path
from typing import Any

import pytest
import typer

from cli.reference.verbs import verbs
from cli.verbs import app
from tests.system.command import Danze, city, registered

HUGE = "9" * 23
YEAR = ("--from", "2020-01-01", "--to", "2020-12-31")
VERBS = dict(verbs(typer.main.get_command(app)))
NUMBERS = [
    (verb, parameter)
    for verb, command in VERBS.items()
    for parameter in command.params
    if parameter.type_descriptor.annotation in (int, float) and parameter.name != "seed"
]
"""Every number that a verb takes; a seed may be any."""


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Danze:
    """A city with an item. It is read, never written."""
    danze = Danze(tmp_path_factory.mktemp("known") / "danze.db")
    danze.emit(*city(), registered(1), options=("--history",))
    return danze


def test_every_number_of_every_verb_has_a_bound() -> None:
    assert len(NUMBERS) > 15
    assert [f"{verb}: {each.name}" for verb, each in NUMBERS if each.min is None or each.max is None] == []


@pytest.mark.parametrize(("verb", "parameter"), NUMBERS, ids=lambda each: getattr(each, "name", each))
def test_a_number_that_no_store_can_be_asked_is_refused(known: Danze, verb: str, parameter: Any) -> None:
    option = [parameter.opts[0]] if parameter.param_type_name == "option" else []
    said = known(*verb.split(), *option, HUGE)
    assert said.code == 2, said
    assert "less than or equal to" in said.err


def test_the_largest_place_is_asked_for_in_vain(known: Danze) -> None:
    known("prove", 10**15).refused()
    known("resubmit", "--numbers", f"1-{HUGE}").refused("--numbers")
    assert known("resubmit", "--numbers", f"1-{10**15 - 1}", "--json").json["recorded"] == 0
    assert known("simulate", "--seed", HUGE, "--days", "1", "--scale", "0.001").code == 0


@pytest.mark.parametrize("to", ["0", "99999999", HUGE, "9" * 5000], ids=["0", "eight", "23 digits", "5000 digits"])
def test_a_position_that_the_log_does_not_have_is_refused_by_export_and_replay(known: Danze, to: str) -> None:
    has = f"the log has the positions 1 to {known.events()}"
    for verb in (("export", "jsonl", "-"), ("replay",), ("replay", "--ruleset", "cn-2022")):
        known(*verb, "--to", to).refused(f"--to {to[:30]}: {has}")


@pytest.mark.parametrize(
    ("asked", "which"),
    [
        (("show", ""), "SUBJECT"), (("timeline", ""), "SUBJECT"), (("dossier", ""), "NO"), (("candidates", ""), "NO"),
        (("explain", ""), "ID"), (("record", ""), "OFFICIAL"), (("evaluate", "", "2020H1"), "UNIT"),
        *(((verb, option, ""), option) for verb, option in (
            ("findings", "--unit"), ("findings", "--official"), ("findings", "--subject"), ("findings", "--rule"),
            ("search", "--unit"), ("due", "--handler"), ("counters", "--unit"), ("three-none", "--unit"))),
        (("ledger", "unit", "--leader", ""), "--leader"), (("kpi", "--unit", "", *YEAR), "--unit"),
        (("token", "issue", "--role", "clerk", "--unit", ""), "--unit"),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_empty_is_named(known: Danze, asked: tuple[str, ...], which: str) -> None:
    known(*asked).refused(f"danze: {which} is empty")


@pytest.mark.parametrize(
    "asked",
    [
        ("findings", "--unit", "{}"), ("search", "--unit", "{}"), ("due", "--unit", "{}"), ("counters", "--unit", "{}"),
        ("kpi", "--unit", "{}", *YEAR), ("duties", "--unit", "{}", *YEAR), ("three-none", "--unit", "{}"),
        ("evaluate", "{}", "2020H1"), ("ledger", "unit", "--unit", "{}"),
        ("diff", "--unit", "{}", "--as-of", "2020-01-01", "--as-of", "2020-12-31"),
    ],
    ids=lambda asked: asked[0],
)  # fmt: skip
def test_a_unit_is_named_with_or_without_its_kind(known: Danze, asked: tuple[str, ...]) -> None:
    """As in an address of the API."""
    told = [known(*(each.format(unit) for each in asked), "--json").json for unit in ("organ", "unit:organ")]
    assert told[0] == told[1]
    known(*(each.format("nobody") for each in asked)).refused("unit:nobody is not on record")


def test_a_token_of_a_unit_that_is_not_on_record_is_issued_with_a_warning(known: Danze, tmp_path: Path) -> None:
    """It may be established later, and there may be no store yet."""
    issue = ("token", "issue", "--role", "producer", "--unit", "organ", "--unit", "nope", "--json")
    for danze, unknown in ((known, ["unit:nope"]), (Danze(tmp_path / "danze.db"), ["unit:organ", "unit:nope"])):
        said = danze(*issue)
        assert said.json["units"] == ["unit:organ", "unit:nope"]
        warned = [line.partition(" is not on record: ")[0] for line in said.err.splitlines()]
        assert warned == [f"danze: {each}" for each in unknown]
    assert not (tmp_path / "danze.db").exists()
    assert known("token", "issue", "--role", "clerk", "--unit", "organ").err == ""


@pytest.mark.parametrize("verb", ["diff", "replay"])
def test_what_compares_says_what_its_exit_code_means(known: Danze, verb: str) -> None:
    assert "exit code 0" in " ".join(known(verb, "--help").out.lower().split())
