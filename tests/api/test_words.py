import re
import tomllib
from pathlib import Path

import pytest

from api.web.words import LANGUAGES, Words, catalogue, rules

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "api/web/templates").glob("*.html"))
KEY = re.compile(r"""words\(["']([a-z_]+\.\w+)["'][,)]""")
SECTION = re.compile(r"""words(?:\.term|\.names)?\(["']([a-z_]+)\.?["'](?: ~|,|\))""")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: t.name)
def test_every_word_of_a_template_is_in_the_catalogue(template):
    text = template.read_text(encoding="utf-8")
    known = {f"{section}.{key}" for section, entries in catalogue().items() for key in entries}
    assert set(KEY.findall(text)) <= known
    assert set(SECTION.findall(text)) <= catalogue().keys()


def test_every_word_is_said_in_both_languages_with_the_same_blanks():
    for section, entries in catalogue().items():
        for key, said in entries.items():
            assert all(said), f"{section}.{key}"
            blanks = [set(re.findall(r"\{(\w+)\}", text)) for text in said]
            assert blanks[0] == blanks[1], f"{section}.{key}"


def test_templates_hold_no_chinese_of_their_own():
    assert [t.name for t in TEMPLATES if re.search(r"[一-鿿]", t.read_text(encoding="utf-8"))] == []


def test_every_rule_of_the_domain_has_its_text():
    assert {name for name, rule in rules().items() if {"zh", "en"} != rule.text.keys()} == set()
    assert all(text.endswith((".", "。")) for texts in catalogue()["rule_text"].values() for text in texts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unknown_term_is_said_as_written(language):
    words = Words(language)
    assert words.term("state", "brand_new") == "brand_new"
    assert words.term("state", None) == ""
    assert words.either({"zh": "一", "en": "one"}) == {"zh": "一", "en": "one"}[language]
    assert words.either(["a", "b"]) == {"zh": "ab", "en": "a b"}[language]


def test_every_clock_of_the_rules_that_ship_has_a_name():
    laws = [tomllib.loads(file.read_text(encoding="utf-8")) for file in (ROOT / "domain/rules").glob("*.toml")]
    clocks = {name for law in laws for name in law.get("clocks", {})}
    assert {"K1", "execution", "sponsor"} <= clocks <= catalogue()["clock"].keys()
