"""`danze token`: who may read and report through HTTP, beside the tokens of an OpenID Connect issuer."""

import logging
from contextlib import closing
from typing import Annotated, Any, cast

import typer

from cli.options import Json, Store, unit_option
from cli.screen import fail, out, said, told
from cli.wiring import DEFAULT_STORE, now
from domain.reader import GIVEN, Role, mistake
from infra.doors.tokens import Issued, Tokens, tokens_of
from infra.log.open import open_log
from infra.log.port import StoreError, StoreMissing
from infra.log.urls import parse

tokens = typer.Typer(no_args_is_help=True, help="Local tokens: who may read and report through HTTP.")


@tokens.command()
def issue(
    role: Annotated[str, typer.Option(help=f"One of {', '.join(sorted(GIVEN))}.")],
    unit: Annotated[list[str] | None, unit_option("In which the holder serves; a producer may have several.")] = None,
    official: Annotated[str | None, typer.Option(help="official:…, as whom the holder acts.")] = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="How long it counts.")] = 30,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """Make a token and print it, once: it is kept nowhere. The first one makes the key (0600) that signs them."""
    units = unit or []
    if wrong := mistake(role, units, official):
        raise fail(wrong)
    if units:
        _warn(store, units)
    token, line = _tokens(store).issue(cast(Role, role), units, official, days=days, now=now())
    told({"token": token, **_line(line)}, as_json, lambda shown: out.print(shown["token"], soft_wrap=True))


@tokens.command("list")
def listed(store: Store = DEFAULT_STORE, as_json: Json = False) -> None:
    """Who was given a token, until when, and which were revoked."""
    lines = [_line(line) for line in _tokens(store).register().values()]
    told({"tokens": lines}, as_json, lambda _: out.print("\n".join(map(_said, lines))))


@tokens.command()
def revoke(
    id: Annotated[str, typer.Argument(help="As `danze token list` shows it.")], store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Refuse a token from now on."""
    if not _tokens(store).revoke(id, now()):
        raise fail(f"no token {id} was issued here")
    told({"revoked": id}, as_json, lambda _: out.print(f"{id} is refused from now on"))


@tokens.command()
def rotate(
    drop: Annotated[
        bool, typer.Option("--drop", help="Revoke what the key before the last signed, where that still counts.")
    ] = False,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """Sign with a new key from now on. Two keys count: tokens of the last one until they expire or are revoked."""
    left, lost = _tokens(store).rotate(now(), drop=drop)
    revoked = f"; {lost} of the key before it were revoked" if lost else ""
    told({"former": left, "revoked": lost}, as_json,
         lambda _: out.print(f"a new key signs; {left} tokens of the former count on{revoked}"))  # fmt: skip


def _warn(store: str, units: list[str]) -> None:
    """Of a unit that nobody has established: it may be, later, and a token may be issued before there is a store."""
    unknown = units
    try:
        with closing(open_log(store, create=False)) as log:
            unknown = [unit for unit in units if not log.stream(unit)]
    except StoreMissing:
        pass
    except StoreError as error:
        said(f"whether {' and '.join(units)} is on record could not be looked up: {error}", level=logging.WARNING)
        return
    for unit in unknown:
        said(f"{unit} is not on record: the token shows nothing of it before it is", level=logging.WARNING)


def _tokens(store: str) -> Tokens:
    return Tokens(tokens_of(parse(store)))


def _line(line: Issued) -> dict[str, Any]:
    return {
        "id": line.id, "role": line.role, "units": list(line.units), "official": line.official,
        "issued": line.issued.isoformat(timespec="seconds"), "expires": line.expires.isoformat(timespec="seconds"),
        "revoked": line.revoked.isoformat(timespec="seconds") if line.revoked else None,
    }  # fmt: skip


def _said(line: dict[str, Any]) -> str:
    whose = " ".join(filter(None, [*line["units"], line["official"]]))
    state = f"revoked {line['revoked'][:10]}" if line["revoked"] else f"until {line['expires'][:10]}"
    return f"{line['id']}  {line['role']:<10}  {state}  {whose}"
