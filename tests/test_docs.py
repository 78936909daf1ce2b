"""The generated pages say what the code says; what they say is true; links lead somewhere."""

import json
import re
from pathlib import Path

import pytest
from jsonschema_rs import Draft202012Validator, Registry
from typer.testing import CliRunner

from cli.reference.meaning import chinese
from cli.reference.rejections import MEANINGS
from cli.reference.rules import docstrings
from cli.reference.schemas import action, of_type
from cli.reference.steps import effects
from cli.verbs import app
from domain.envelope import CODES
from domain.petition.events import HearingClosed, PetitionAccepted, PetitionReferred, RereviewRequested, ReviewRequested
from domain.vocabulary import TYPES
from infra.shipped import shipped_rules

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)")


def danze(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["docs", *arguments])
    return result.exit_code, result.output


def test_generated_pages_are_fresh():
    code, said = danze("--check", "--folder", str(ROOT / "docs"))
    assert code == 0, f"`make docs` writes them again: {said}"


def test_a_stale_page_a_missing_one_and_one_too_many_are_named(tmp_path):
    assert danze("--folder", str(tmp_path))[0] == 0
    (tmp_path / "rules.md").write_text("old")
    (tmp_path / "schemas/petition.closed.v1.json").unlink()
    (tmp_path / "schemas/petition.imagined.v1.json").write_text("{}")
    code, said = danze("--check", "--json", "--folder", str(tmp_path))
    gone, more = "schemas/petition.closed.v1.json", "schemas/petition.imagined.v1.json"
    assert (code, json.loads(said)) == (1, {"stale": ["rules.md", gone, more]})
    danze("--folder", str(tmp_path))
    assert danze("--check", "--folder", str(tmp_path))[0] == 0


def test_no_folder_is_an_input_error(tmp_path):
    assert danze("--folder", str(tmp_path / "none"))[0] == 2


@pytest.mark.parametrize("name", TYPES)
def test_every_type_has_a_chinese_name(name):
    assert chinese(name, TYPES[name])


def test_every_rejection_code_has_a_meaning():
    assert set(MEANINGS) == set(CODES)


def test_every_metric_is_on_its_page():
    sources = "".join(
        path.read_text(encoding="utf-8")
        for part in ("api", "infra", "consumers")
        for path in (ROOT / part).rglob("*.py")
    )
    made = set(re.findall(r'(?:Counter|Gauge|Histogram|Summary)\(\s*"(danze_\w+?)(?:_total)?"', sources))
    told = set(re.findall(r"`(danze_\w+?)(?:_total)?`", (ROOT / "docs/metrics.md").read_text(encoding="utf-8")))
    assert made == told, "its registry is named in cli/reference/metrics.py"


def test_every_rule_says_what_trips_it():
    told = docstrings()
    clocks = {"F01", "F02", "F03", "F04", "F06", "F07", "F08", "F09", "F17"}
    assert [name for name in shipped_rules().catalogue if not told[name] and name not in clocks] == []


def test_steps_are_read_as_they_stand():
    assert effects(PetitionReferred).starts == ("K2", "K4", "K13")
    assert effects(PetitionAccepted).meets == ("K1", "K11")
    assert effects(ReviewRequested)[:2] == (("K7",), ("K6",))
    assert effects(RereviewRequested)[:2] == (("K9",), ("K8",))
    assert effects(HearingClosed).moves == ("K9",), "a function that the step calls is read too"


def validator() -> Draft202012Validator:
    others = [(f"json-schema:///{name}.json", of_type(name)) for name in TYPES]
    return Draft202012Validator(action(), registry=Registry(others))


def test_schemas_take_the_example_and_refuse_what_the_intake_refuses():
    check = validator()
    lines = (ROOT / "docs/examples/parking.jsonl").read_text(encoding="utf-8").splitlines()
    actions = [json.loads(line) for line in lines]
    assert [str(error) for each in actions for error in check.iter_errors(each)] == []
    referred = next(each for each in actions if each["type"] == "petition.referred.v1")
    for wrong in (
        {**referred, "data": {"to_unit": "430408-zjj"}},
        {**referred, "data": {**referred["data"], "more": 1}},
        {**referred, "data": {}},
        {**referred, "subject": "unit:430408-zjj"},
        {**referred, "type": "deadline.missed.v1"},
    ):
        assert not check.is_valid(wrong), wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []
