"""`danze keys`: what producers seal personal fields with; a new master key; whose fields have been kept for long."""

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.options import Json, Store
from cli.screen import fail, out, told
from cli.wiring import DEFAULT_STORE, opened
from infra.rotation import rotate
from infra.vault import Vault

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
    told(answer, as_json, lambda answer: out.print(answer["intake"]["public"], markup=False, highlight=False))


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
    out.print(f"{answer['persons']:,} keys wrapped anew; the new master key is in {answer['file']}", markup=False)
    if answer["to_do"]:
        out.print(answer["to_do"], markup=False, highlight=False)
    out.print(f"producers seal with {answer['intake']['public']} from now on", markup=False, highlight=False)


@keys.command("retire")
def retire(
    name: Annotated[str, typer.Argument(metavar="NAME", help="intake:…, as `danze keys --json` lists under former.")],
    store: Store = DEFAULT_STORE,
) -> None:
    """Destroy a former key of the intake: what was sealed with it on its way, and lies on a topic, opens no more."""
    with opened(store, create=False) as system:
        if not system.vault.drop_intake(name):
            raise fail(f"{name} is no former key of this intake (`danze keys --json` lists them)")
    out.print(f"{name} was destroyed", markup=False, highlight=False)
