"""`danze webhook`: who is sent news, and what became of it. `danze run` and `danze api` send them."""

from typing import Annotated, Any

import typer

from api.routes.webhooks_told import TYPES
from cli.options import Json, Store, argument, unit_option
from cli.screen import fail, out, table, told
from cli.wiring import DEFAULT_STORE, opened
from domain.reader import OPERATOR, NotYours
from infra.log.urls import parse
from infra.webhooks.desk import Desk
from infra.webhooks.subscriptions import subscriptions_of

webhooks = typer.Typer(no_args_is_help=True, help="Who is sent news, signed, at an address of his.")
Id = Annotated[str, argument("As `danze webhook list` shows it.")]


@webhooks.command()
def add(
    url: Annotated[str, typer.Argument(help="https://…, of an origin that DANZE_WEBHOOK_HOSTS names.")],
    unit: Annotated[str | None, unit_option("Only of this unit and those below it.")] = None,
    type_: Annotated[
        list[str] | None,
        typer.Option(
            "--type", help="As finding.raised, counters or deadlines; several may be given, none is all of findings."
        ),
    ] = None,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """Have news sent from now on. Prints the secret that letters are signed with, once."""
    if wrong := sorted(set(type_ or []) - set(TYPES)):
        raise fail(f"--type {wrong[0]!r} is none of {', '.join(TYPES)}")
    with opened(store, create=False) as system:
        mark = system.log.head().position
        if unit is not None and system.answers.scoreboard(unit) is None:
            raise fail(f"{unit} is not on record")
    try:
        made = _desk(store).subscribe(url, type_ or [], unit, OPERATOR, mark)
    except (NotYours, ValueError) as error:
        raise fail(str(error)) from None
    told(made, as_json, lambda shown: out.print(f"{shown['id']}  {shown['secret']}", soft_wrap=True))


@webhooks.command("list")
def listed(store: Store = DEFAULT_STORE, as_json: Json = False) -> None:
    """Who is sent news, how far each has been told, and which are paused."""
    told({"subscriptions": _desk(store).subscriptions()}, as_json, _shown)


def _shown(answer: dict[str, Any]) -> None:
    table("", ["id", "address", "told up to", "failed", "paused"], [
        (each["id"], each["url"], each["mark"], each["failed"] or None, each["paused"])
        for each in answer["subscriptions"]
    ])  # fmt: skip


@webhooks.command()
def deliveries(id: Id, store: Store = DEFAULT_STORE, as_json: Json = False) -> None:
    """What became of each attempt, the newest first."""
    desk = _known(store, id)
    told({"deliveries": desk.deliveries(id, 100)[0]}, as_json, _tried)


def _tried(answer: dict[str, Any]) -> None:
    for each in answer["deliveries"]:
        out.print(f"{each['at']}  {each['status'] or each['error']}  {each['message']}")


@webhooks.command()
def resume(id: Id, store: Store = DEFAULT_STORE, as_json: Json = False) -> None:
    """Try a paused subscription again, from where it was."""
    _known(store, id).resume(id, OPERATOR)
    told({"resumed": id}, as_json, lambda _: out.print(f"{id} is tried again"))


@webhooks.command()
def remove(id: Id, store: Store = DEFAULT_STORE, as_json: Json = False) -> None:
    """End a subscription, also one that cannot be read, and forget its secret and its attempts."""
    if not _desk(store).remove(id):
        raise fail(f"there is no subscription {id}")
    told({"removed": id}, as_json, lambda _: out.print(f"{id} is sent nothing more"))


def _desk(store: str) -> Desk:
    return Desk(subscriptions_of(parse(store)))


def _known(store: str, id: str) -> Desk:
    desk = _desk(store)
    if desk.subscription(id) is None:
        raise fail(f"there is no subscription {id}")
    return desk
