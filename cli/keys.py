"""`danze keys`: what producers seal personal fields with; a new master key; whose fields have been kept for long."""

import re
from calendar import monthrange
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from cli.files import no_database
from cli.options import Json, Store, unit_option
from cli.screen import fail, out, table, told
from cli.wiring import DEFAULT_STORE, now, opened
from domain.codec import decode_action
from domain.envelope import Rejected
from infra.exporters.whole_file import afresh, private
from infra.log.times import micros, of_micros
from infra.vault.retention import Due, due
from infra.vault.rotation import rotate
from infra.vault.vault import Vault

AGE = re.compile(r"(\d{1,6})([ymd])", re.ASCII)
SOURCE = "/danze/retention"

keys = typer.Typer(invoke_without_command=True)


@keys.callback()
def public(context: typer.Context, store: Store = DEFAULT_STORE, as_json: Json = False) -> None:
    """Print the intake's public key, with which producers seal personal fields on their way. Nothing secret."""
    if context.invoked_subcommand is not None:
        said = context.get_parameter_source("store")
        if as_json or (said is not None and said.name == "COMMANDLINE"):
            raise fail(f"write the options after `danze keys {context.invoked_subcommand}`")
        return
    with opened(store, create=False) as system:
        answer = _intake(system.vault)
    told(answer, as_json, lambda answer: out.print(answer["intake"]["public"]))


def _intake(vault: Vault) -> dict[str, Any]:
    key = vault.intake_key
    return {"intake": {"name": key.name, "public": key.public, "former": key.former}}


@keys.command("rotate")
def rotate_master(
    new_key: Annotated[
        Path | None,
        typer.Option("--new-key", help="A file that holds the new master key, made where it is missing; for a key "
                     "that comes from the environment or a command."),
    ] = None,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Wrap every person's key under a new master key. The intake has a new public key then; the former one still opens.

    In one transaction: killed at any moment, the old master key works or the new one does.
    """
    with opened(store, create=False) as system:
        done = rotate(system.vault, new_key)
        intake = _intake(system.vault)
    told({"persons": done.persons, "file": str(done.file), "to_do": done.to_do, **intake}, as_json, _rotated)


def _rotated(answer: dict[str, Any]) -> None:
    out.print(f"{answer['persons']:,} keys wrapped anew; the new master key is in {answer['file']}")
    if answer["to_do"]:
        out.print(answer["to_do"])
    out.print(f"producers seal with {answer['intake']['public']} from now on")
    for name in answer["intake"]["former"]:
        out.print(f"{name} opens on, until danze keys retire {name}")


@keys.command("retire")
def retire(
    name: Annotated[str, typer.Argument(metavar="NAME", help="intake:…, as `danze keys --json` lists under former.")],
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """Destroy a former key of the intake: what was sealed with it on its way, and lies on a topic, opens no more."""
    with opened(store, create=False) as system:
        if not system.vault.drop_intake(name):
            raise fail(f"{name} is no former key of this intake (`danze keys --json` lists them)")
    told(
        {"destroyed": name},
        as_json,
        lambda a: out.print(f"{a['destroyed']} was destroyed"),
    )


@keys.command("retention")
def retention(
    older_than: Annotated[
        str, typer.Option("--older-than", help="How long nothing has happened: 5y, 18m (months) or 400d.")
    ],
    actions: Annotated[
        Path | None,
        typer.Option("--actions", help="Write the acts of forgetting to a file (0600), to be sent by a human."),
    ] = None,
    actor: Annotated[str | None, typer.Option("--actor", help="With --actions: official:ID who decides it.")] = None,
    unit: Annotated[str | None, unit_option("With --actions: the official's unit.")] = None,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """Propose whom to forget: persons whose every item has been over, and untouched, for so long (PIPL 47).

    Nothing is erased: a human sends `petitioner.forgotten`. There is no other list of persons.
    """
    moment = now()
    cut = _before(moment, older_than)
    if actions is not None and not (unit and (actor or "").startswith("official:")):
        raise fail("--actions needs --actor official:ID and --unit unit:ID: a human decides, and is named")
    with opened(store, create=False) as system:
        system.projector.catch_up()
        found = list(due(system.log, system.views, system.vault, micros(cut)))
    if actions is not None:
        lines = [_forgotten(each, moment, actor or "", unit or "", older_than) for each in found]
        with afresh(no_database(actions, store), opener=private) as file:
            file.writelines(lines)
    answer = {"before": cut.isoformat(), "persons": [_told(each) for each in found]}
    told(answer, as_json, _proposed)


def _before(moment: datetime, text: str) -> datetime:
    """The beginning of the day that lies so many years, months or days before."""
    found = AGE.fullmatch(text)
    if found is None:
        raise fail(f"--older-than: {text!r} is no length of time; write for example 5y, 18m or 400d")
    number, day = int(found[1]), moment.replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        if found[2] == "d":
            return day - timedelta(days=number)
        months = day.year * 12 + day.month - 1 - number * (12 if found[2] == "y" else 1)
        last = monthrange(months // 12, months % 12 + 1)[1]
        return day.replace(year=months // 12, month=months % 12 + 1, day=min(day.day, last))
    except (ValueError, OverflowError):
        raise fail(f"--older-than: {text} is before any calendar") from None


def _forgotten(each: Due, moment: datetime, actor: str, unit: str, older_than: str) -> bytes:
    """The act as a line to send. Its id rests on the last event: proposed twice, it is not taken twice."""
    line = orjson.dumps({
        "specversion": "1.0", "source": SOURCE, "id": f"{each.person} {each.position}",
        "type": "petitioner.forgotten.v1", "subject": each.person.replace("person:", "petitioner:", 1),
        "time": moment.isoformat(timespec="seconds"), "actor": actor, "unit": unit,
        "data": {"reason": f"保存期限已满 {older_than}（《个人信息保护法》第四十七条）"},
    })  # fmt: skip
    if isinstance(why := decode_action(line), Rejected):
        raise fail(f"{why.path}: {why.message}")
    return line + b"\n"


def _told(each: Due) -> dict[str, Any]:
    last = of_micros(each.recorded)
    return {"person": each.person, "items": list(each.items), "last_recorded": last.isoformat()}


def _proposed(answer: dict[str, Any]) -> None:
    rows = ((each["person"], each["last_recorded"][:10], " ".join(each["items"])) for each in answer["persons"])
    table(f"{len(answer['persons']):,} to be forgotten: all over before {answer['before'][:10]}",
          ("person", "last recorded", "items"), rows)  # fmt: skip
