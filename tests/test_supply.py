"""What danze is made of: a list of it, and what is known against it. And what the threat model names is there."""

import json
import re
import subprocess
import sys
from hashlib import sha256

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.test_architecture import ROOT
from tools.supply.audit import main, verdict

PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)
NAMED = re.compile(r"`((?:tests|infra|api|domain|projections|consumers|cli|benchmarks)/[\w/.]+)`")


@pytest.fixture(scope="module")
def bill(tmp_path_factory):
    made = tmp_path_factory.mktemp("sbom") / "sbom.json"
    subprocess.run([sys.executable, ROOT / "tools/supply/sbom.py", made], check=True, capture_output=True)
    return json.loads(made.read_text(encoding="utf-8"))


def test_the_bill_of_materials_holds_every_locked_package_with_its_hashes_and_licence(bill):
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(bill)) is None
    packages = [each for each in bill["components"] if each["type"] == "library"]
    listed = {(each["name"], each["version"]) for each in packages}
    assert (bill["bomFormat"], bill["metadata"]["component"]["name"]) == ("CycloneDX", "danze")
    assert listed == set(PINNED.findall((ROOT / "requirements.lock").read_text(encoding="utf-8")))
    assert all(each["hashes"] and each["externalReferences"][0]["hashes"] for each in packages)
    told = {each["name"]: each["licenses"] for each in packages}
    assert told["aiohttp"] == [{"expression": "Apache-2.0 AND MIT"}]
    assert told["crc32c"] == [{"license": {"id": "LGPL-2.1-or-later"}}]
    assert "not told" not in json.dumps(told)


def test_the_bill_of_materials_holds_the_scripts_that_dashboards_load(bill):
    files = {each["name"]: each for each in bill["components"] if each["type"] == "file"}
    shipped = ROOT / "api/web/static/vendor"
    assert set(files) == {path.name for path in shipped.glob("*.js")}
    for name, each in files.items():
        assert each["hashes"][0]["content"] == sha256((shipped / name).read_bytes()).hexdigest()
    held = {part["name"]: part for each in files.values() for part in each["components"]}
    assert set(held) == {"htmx.org", "echarts", "zrender", "tslib"}
    assert held["echarts"]["licenses"] == [{"license": {"id": "Apache-2.0"}}]
    assert held["htmx.org"]["purl"].startswith("pkg:npm/htmx.org@2.")


def test_the_bill_of_materials_says_what_needs_what(bill):
    needs = {each["ref"]: each["dependsOn"] for each in bill["dependencies"]}
    assert {"aiohttp", "mode-streaming", "venusian"} <= set(needs["faust-streaming"])
    reached, waiting = set(), [bill["metadata"]["component"]["bom-ref"]]
    while waiting:
        reached.add(each := waiting.pop())
        waiting += set(needs[each]) - reached
    assert reached >= {each["bom-ref"] for each in bill["components"]}


def test_a_known_hole_fails_and_says_what_mends_it():
    found = [
        {"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"]}]},
        {"name": "b", "version": "1", "vulns": []},
    ]
    assert verdict(found) == (1, ["a 1: PYSEC-1, mended in 2", "2 packages audited, 1 known holes"])


def test_advisories_that_cannot_be_had_are_a_warning_and_no_failure():
    found = [{"name": "a", "version": "1", "skip_reason": "not found"}]
    nothing = "nothing at all is known of holes in what danze is made of"
    assert verdict(found) == (0, [f"WARNING, NOT AUDITED: no advisories to be had for 1 of 1 packages; {nothing}"])


@pytest.mark.parametrize(("required", "code"), [("", 0), ("1", 1)])
def test_advisories_that_cannot_be_had_fail_where_they_are_required(required, code, monkeypatch, capsys):
    def said_nothing(*_, **__):
        return subprocess.CompletedProcess([], 1, stdout="")

    monkeypatch.setattr(subprocess, "run", said_nothing)
    monkeypatch.setenv("DANZE_REQUIRE_AUDIT", required)
    assert main() == code
    assert capsys.readouterr().out == "audit: WARNING, NOT AUDITED: no advisories could be had\n"


@pytest.mark.parametrize("page", ["threat-model.md", "runbooks.md", "capacity.md"])
def test_what_a_page_rests_on_is_there(page):
    named = NAMED.findall((ROOT / "docs" / page).read_text(encoding="utf-8"))
    assert len(named) > 3
    assert [each for each in named if not (ROOT / each).exists()] == []
