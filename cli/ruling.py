"""Verbs about rule sets and calendars: check, preview, adopt."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, TypeVar

import orjson
import typer
from msgspec import to_builtins

from cli.options import Json, Store
from cli.screen import bar, day, fail, out, table, told
from cli.supposing import shown
from cli.wiring import DEFAULT_STORE, now, opened
from domain.calendar import Year
from domain.envelope import day_of
from domain.rules.differences import differences
from domain.rules.law import Rules, RuleSet, Supposed, content_hash
from domain.ruleset.decide import calendar_text
from domain.ruleset.mistakes import Mistake, calendars_of, ruleset_of
from infra.batch import Outcome
from infra.refused import key_of
from infra.shipped import NAMES, shipped_rules, text_of

ADOPT = "/danze/adopt"
"""Source of what these verbs put on record."""
Answer = dict[str, Any]
T = TypeVar("T")
File = Annotated[str, typer.Argument(help="A file in TOML; of a rule set that ships, its name does.")]
From = Annotated[str | None, typer.Option("--from", help="The first day on which it holds; else the one it names.")]
By = Annotated[str, typer.Option("--by", help="Who adopts it: official:ID.")]

rulesets = typer.Typer(help="Rule sets of a city: check, preview, adopt.", no_args_is_help=True)
calendars = typer.Typer(help="The State Council's calendar of a year: check, preview, adopt.", no_args_is_help=True)


@rulesets.command("check")
def check_ruleset(file: File, as_json: Json = False) -> None:
    """Whether a file is a rule set that can be adopted, and what it says otherwise than the law of its first day. Exit
    code 1 where it is none, with every mistake at its place.
    """
    text = text_in(file)
    found = ruleset_of(text, shipped_rules())
    if isinstance(found, list):
        _wrong(file, found, as_json)
        return
    rules = shipped_rules()
    other = differences(rules.on(found.from_), rules.supposing(Supposed(found)).on(found.from_))
    answer = {
        "ok": True, "name": found.name, "zh": found.zh, "en": found.en, "overlay": found.overlay,
        "from": found.from_.isoformat(), "until": found.until and found.until.isoformat(),
        "content_hash": content_hash(text), "differences": to_builtins(other), "mistakes": [],
    }  # fmt: skip
    told(answer, as_json, _checked)


def _checked(answer: Answer) -> None:
    kind = "an overlay" if answer["overlay"] else "a regulation"
    out.print(f"{answer['name']} {answer['zh']}: {kind} from {answer['from']}, {answer['content_hash']}")
    table("what it says otherwise", ("what", "was", "is", "article"),
          ((d["what"], d.get("before"), d.get("after"), d.get("article")) for d in answer["differences"]))  # fmt: skip


@calendars.command("check")
def check_calendar(file: File, as_json: Json = False) -> None:
    """Whether a file holds calendars that can be adopted. Exit code 1 where it does not, with every mistake."""
    found = calendars_of(_read(file))
    if isinstance(found, list):
        _wrong(file, found, as_json)
        return
    years = [
        {"year": number, "version": year.version, "content_hash": _hash_of(year), "holidays": len(year.holidays),
         "workdays": len(year.workdays)}
        for number, year in found.items()
    ]  # fmt: skip
    told({"ok": True, "years": years, "mistakes": []}, as_json, _calendars_checked)


def _calendars_checked(answer: Answer) -> None:
    for year in answer["years"]:
        out.print(f"{year['year']}/{year['version']}: {year['holidays']} days off, {year['workdays']} make-up days")


def _wrong(file: str, mistakes: Sequence[Mistake], as_json: bool) -> None:
    answer = {"ok": False, "mistakes": [each._asdict() for each in mistakes]}
    told(answer, as_json, lambda _: out.print("\n".join(f"{file}: {each}" for each in mistakes)))
    raise typer.Exit(1)


@rulesets.command("preview")
def preview_ruleset(
    file: File, from_: From = None, store: Store = DEFAULT_STORE, as_json: Json = False
) -> None:  # fmt: skip
    """What it would move: open deadlines, and findings that would come or go. Nothing is changed."""
    law = sound(file, ruleset_of(text_in(file), shipped_rules()))
    _preview(store, Supposed(law, day(from_, "--from") if from_ else law.from_), as_json)


@calendars.command("preview")
def preview_calendar(file: File, store: Store = DEFAULT_STORE, as_json: Json = False) -> None:
    """What it would move: open deadlines, and findings that would come or go. Nothing is changed."""
    years = sound(file, calendars_of(_read(file)))
    _preview(store, Supposed(since=date(min(years), 1, 1), years=years), as_json)


def _preview(store: str, supposed: Supposed, as_json: bool) -> None:
    with opened(store, create=False) as system, bar("preview") as progress:
        answer = system.answers.what_if.preview(supposed, progress=progress)
    told(answer, as_json, shown)


@rulesets.command("adopt")
def adopt_ruleset(
    file: File, from_: From = None, by: By = "operator", store: Store = DEFAULT_STORE, as_json: Json = False
) -> None:
    """Put a rule set on record, with its content: it holds for every step from its day on."""
    text = text_in(file)
    law = sound(file, ruleset_of(text, shipped_rules()))
    first = day(from_, "--from") if from_ else law.from_
    if first < day_of(now()):
        raise fail(
            f"--from {first} has passed, and what was decided stays decided; danze replay --ruleset {file} "
            "shows what would have come out"
        )
    hashed = content_hash(text)
    data = {"name": law.name, "from": first.isoformat(), "content_hash": hashed, "content": text}
    _adopt(store, [("ruleset.adopted.v1", f"ruleset:{law.name}", f"{first} {hashed}", data)], by, as_json)


@calendars.command("adopt")
def adopt_calendar(file: File, by: By = "operator", store: Store = DEFAULT_STORE, as_json: Json = False) -> None:
    """Put a year's calendar on record: every limit that is set from now on counts by it."""
    years = sound(file, calendars_of(_read(file)))
    facts = [
        ("calendar.adopted.v1", f"calendar:{number}", f"{number} {_hash_of(year)}",
         {"year": number, "version": year.version, "content_hash": _hash_of(year),
          "holidays": sorted(year.holidays), "workdays": sorted(year.workdays)})
        for number, year in years.items()
    ]  # fmt: skip
    _adopt(store, facts, by, as_json)


def _hash_of(year: Year) -> str:
    return content_hash(calendar_text(tuple(year.holidays), tuple(year.workdays)))


def _adopt(store: str, facts: Sequence[tuple[str, str, str, Answer]], by: str, as_json: bool) -> None:
    """Sends what is to be adopted through the door that everything comes in by. What is on record is left alone."""
    rows = []
    with opened(store) as system:
        for type_name, subject, id, data in facts:
            key = key_of(ADOPT, f"{subject} {id}")
            before = system.log.known([key]).get(key)
            action = {
                "specversion": "1.0", "id": f"{subject} {id}", "source": ADOPT, "type": type_name, "subject": subject,
                "time": now().isoformat(), "actor": by, "data": data,
            }  # fmt: skip
            outcome = Outcome("duplicate", before[0]) if before else system.intake().take([orjson.dumps(action)])[0]
            if outcome.rejection is not None:
                raise fail(f"{subject} is not adopted: {outcome.rejection.message}")
            hashed = data["content_hash"]
            rows.append(
                {"subject": subject, "outcome": outcome.outcome, "position": outcome.position, "content_hash": hashed}
            )
        system.projector.catch_up()
    told({"adopted": rows}, as_json, _adopted)


def _adopted(answer: Answer) -> None:
    for each in answer["adopted"]:
        out.print(f"{each['subject']}: {each['outcome']} at {each['position']}, {each['content_hash']}")


def text_in(file: str) -> str:
    """The text of a file, or of a rule set that ships."""
    return text_of(file) if file in NAMES else _read(file, f"; known by name are {', '.join(NAMES)}")


def _read(file: str, known: str = "") -> str:
    try:
        return Path(file).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise fail(f"{file} is not UTF-8") from None
    except OSError as error:
        raise fail(f"{file}: {error.strerror}{known}") from None


def law_named(name: str, rules: Rules) -> RuleSet:
    """A set that ships or was adopted, by its name; else the one in a file."""
    if name in rules.sets and not Path(name).is_file():
        return rules.sets[name]
    if "." not in name and "/" not in name and not Path(name).is_file():
        raise fail(f"there is no rule set {name!r}; known are {', '.join(sorted(rules.sets))}, or name a file in TOML")
    return sound(name, ruleset_of(text_in(name), rules))


def sound(file: str, found: T | list[Mistake]) -> T:
    """What a file holds; the first mistake ends the verb."""
    if not isinstance(found, list):
        return found
    more = f" (and {len(found) - 1} more; check tells them all)" if len(found) > 1 else ""
    raise fail(f"{file}: {found[0]}{more}")
