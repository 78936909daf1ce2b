"""What danze is made of: a list of it, and what is known against it. And what the threat model names is there."""

import json
import re
import subprocess
import sys

import pytest

from tests.test_architecture import ROOT
from tools.supply.audit import verdict

PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)
NAMED = re.compile(r"`((?:tests|infra|api|domain|projections|consumers|cli|benchmarks)/[\w/.]+)`")


def test_the_bill_of_materials_holds_every_locked_package_with_its_hashes(tmp_path):
    made = tmp_path / "sbom.json"
    command = [sys.executable, "-m", "cyclonedx_py", "requirements", str(ROOT / "requirements.lock")]
    command += ["--pyproject", str(ROOT / "pyproject.toml"), "--of", "JSON", "--output-reproducible", "-o", str(made)]
    subprocess.run(command, check=True, capture_output=True)
    bill = json.loads(made.read_text(encoding="utf-8"))
    listed = {(each["name"], each["version"]) for each in bill["components"]}
    assert (bill["bomFormat"], bill["metadata"]["component"]["name"]) == ("CycloneDX", "danze")
    assert listed == set(PINNED.findall((ROOT / "requirements.lock").read_text(encoding="utf-8")))
    assert all(each["externalReferences"][0]["hashes"] for each in bill["components"])


def test_a_known_hole_fails_and_says_what_mends_it():
    found = [
        {"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"]}]},
        {"name": "b", "version": "1", "vulns": []},
    ]
    assert verdict(found) == (1, ["a 1: PYSEC-1, mended in 2", "2 packages audited, 1 known holes"])


def test_advisories_that_cannot_be_had_are_one_line_and_no_failure():
    found = [{"name": "a", "version": "1", "skip_reason": "not found"}]
    assert verdict(found) == (0, ["not audited: no advisories to be had for 1 of 1 packages"])


@pytest.mark.parametrize("page", ["threat-model.md", "runbooks.md", "capacity.md"])
def test_what_a_page_rests_on_is_there(page):
    named = NAMED.findall((ROOT / "docs" / page).read_text(encoding="utf-8"))
    assert len(named) > 3
    assert [each for each in named if not (ROOT / each).exists()] == []
