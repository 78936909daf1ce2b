"""The catalogue of everything that pages say, in Chinese and English; the words themselves are in words.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal, cast, get_args

from domain.rules.law import FindingRule, parse_catalogue
from projections.ledgers.kinds import LEDGERS

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
HTML_LANG: dict[Language, str] = {"zh": "zh-CN", "en": "en"}


@cache
def catalogue() -> dict[str, dict[str, tuple[str, str]]]:
    """Section -> key -> (Chinese, English)."""
    text = files("api.web").joinpath("words.toml").read_text(encoding="utf-8")
    said = {
        section: {key: (zh, en) for key, (zh, en) in cast(dict[str, list[str]], entries).items()}
        for section, entries in tomllib.loads(text).items()
    }
    named = {name: (rule.zh, rule.en[:1].upper() + rule.en[1:]) for name, rule in rules().items()}
    texts = {name: (rule.text["zh"], rule.text["en"]) for name, rule in rules().items()}
    ledgers = {name: (zh, en[:1].upper() + en[1:]) for name, (zh, en) in LEDGERS.items()}
    return {**said, "rule": named, "rule_text": texts, "ledger": ledgers}


@cache
def rules() -> dict[str, FindingRule]:
    """The rules as the domain names them, with their articles under each rule set."""
    return parse_catalogue(files("domain.rules").joinpath("findings.toml").read_text(encoding="utf-8"))


class Words:
    """What a page says, in one language. `words("state.closed")`; an unknown term is said as it is."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._column = LANGUAGES.index(language)

    def __call__(self, key: str, **filled: object) -> str:
        section, _, name = key.partition(".")
        said = catalogue().get(section, {}).get(name)
        if said is None:
            return name or section
        return said[self._column].format(**filled) if filled else said[self._column]

    def term(self, section: str, name: object) -> str:
        """A code of the contract in words; what the catalogue does not know stays as written."""
        return "" if name is None or name == "" else self(f"{section}.{name}")

    def either(self, said: object) -> str:
        """The right one of a {"zh", "en"} pair; a plain text stays as it is, a list becomes sentences."""
        if isinstance(said, dict):
            said = said.get(self.language) or said.get("zh") or ""
        if isinstance(said, (list, tuple)):
            return ("" if self.language == "zh" else " ").join(str(sentence) for sentence in said)
        return "" if said is None else str(said)

    def names(self, section: str) -> dict[str, str]:
        """All terms of a section, for choosers and for reading."""
        return {name: said[self._column] for name, said in catalogue()[section].items()}
