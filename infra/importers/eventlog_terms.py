"""The table of terms that says which activities of an event log are which steps of an item (eventlog_terms.toml)."""

from pathlib import Path
from typing import Any

import msgspec

from domain.fact import Level
from domain.unit.events import UnitKind
from domain.vocabulary import LOG_MADE, TYPES
from infra.importers.rows import ImportProblem
from infra.importers.terms import table


class Term(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an activity is: a step, and data of it that the log does not say."""

    step: str
    data: dict[str, Any] = {}

    @property
    def type(self) -> str:
        return type_of(self.step)


class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A unit that no row names as its group."""

    name: str
    level: Level = "county"
    kind: UnitKind = "other"


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    activities: dict[str, Term]
    units: dict[str, Named] = {}

    def of(self, activity: str, what: str) -> Term | None:
        """The term of an activity with its transition, else of the activity alone."""
        return self.activities.get(what) or self.activities.get(activity)


def type_of(step: str) -> str:
    """`petition.closed.v1` for `closed`."""
    return f"petition.{step}.v1"


def terms(path: Path | None) -> Terms:
    """The table in a file, or the one that danze ships. Raises `ImportProblem` if it is none."""
    read = table(path, "eventlog_terms.toml", Terms)
    for name, term in read.activities.items():
        if term.type not in TYPES or term.type in LOG_MADE:
            raise ImportProblem(f"{path}: activity {name!r} has step {term.step!r}; no such type petition.{term.step}")
    return read
