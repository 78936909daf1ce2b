"""`danze backup` and `danze restore`: the store as files elsewhere, made while it works, and a store again."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from cli.options import Json, Seals, Store
from cli.screen import bar, fail, out, told
from cli.wiring import DEFAULT_STORE, now, opened
from infra.backup.forgetting import forgotten_since
from infra.backup.former import former
from infra.backup.making import back_up
from infra.backup.manifest import Manifest, read
from infra.backup.restoring import restore as restored
from infra.doors.access import access_key
from infra.log.port import StoreError
from infra.log.urls import parse
from infra.seals.keys import folder_of, key_of
from infra.seals.sealer import Folder
from infra.vault.master_key import source_of
from infra.vault.vault import open_vault
from infra.webhooks.subscriptions import RESTORED, subscriptions_of

NOBODY = "nobody"


def backup(
    to: Annotated[Path, typer.Argument(metavar="OUT", help="A folder that is made; it must not exist.")],
    store: Store = DEFAULT_STORE,
    seals: Seals = None,
    as_json: Json = False,
) -> None:
    """Copy the store into a folder while it is written to: log, refused actions, keys, checkpoints, access log. Exit
    code 2 and no folder where a log does not verify.

    The master key and the signing key are not in it: keep them apart.
    """
    place = parse(store)
    with opened(store, create=False) as system, bar("backup") as progress:
        made = back_up(store, system.log, Folder(seals or folder_of(place)), to, now(), progress)
    apart = {"master_key": source_of(place).name, "signing_key": str(key_of(place))}
    if (kept := access_key(place)).exists():  # made with the first seal
        apart["access_signing_key"] = str(kept)
    told({**_told(made), "folder": str(to), "keep_apart": apart}, as_json, _backed_up)


def _told(manifest: Manifest) -> dict[str, Any]:
    answer: dict[str, Any] = msgspec.to_builtins(manifest)
    del answer["files"], answer["format"]
    return answer


def _backed_up(answer: dict[str, Any]) -> None:
    persons = "no keys of persons" if answer["persons"] is None else f"keys of {answer['persons']:,} persons"
    out.print(f"{answer['events']:,} events, {answer['refused']:,} refused actions, {persons}")
    out.print(f"root {answer['root']}, {answer['sealed']:,} events sealed; in {answer['folder']}")
    apart = answer["keep_apart"]
    if answer["places"]:
        out.print(f"how far the intake was in {_partitions(answer['places'])}")
    if answer["accesses"] is not None:
        out.print(f"{answer['accesses']:,} entries of the access log")
    out.print(f"not in it, to be kept apart: {', '.join(apart.values())}")


def _partitions(places: dict[str, int]) -> str:
    topics = sorted({name.split()[0] for name in places})
    return f"{len(places):,} partitions of {', '.join(topics)}"


def restore(
    source: Annotated[Path, typer.Argument(metavar="BACKUP", help="A folder of danze backup.")],
    store: Store = DEFAULT_STORE,
    forgotten: Annotated[
        list[str] | None,
        typer.Option(
            "--forgotten",
            help="What tells who was forgotten since: the old store, a later backup, an export (.jsonl); or `nobody`.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a store of a backup, where there is none. It is verified before it is there; killed, nothing is."""
    manifest = read(source)
    if manifest.persons and not forgotten:
        raise fail(
            f"the backup holds the keys of {manifest.persons:,} persons as of {manifest.made}; say who was forgotten "
            f"since: --forgotten STORE, BACKUP or EXPORT.jsonl, or --forgotten {NOBODY}"
        )
    gone: set[str] = set()
    for each in forgotten or ():
        gone |= forgotten_since(manifest, each) if each != NOBODY else set()
    with bar("restore") as progress:
        said = restored(source, manifest, store, gone, _fold, progress)
    answer = {"events": said["events"], "root": manifest.root, "made": manifest.made, "forgotten": sorted(gone)}
    answer["places"] = manifest.places
    old = former(manifest, store)
    answer |= {"old_store": old.found, "grew_on": old.events, "paused": _paused(store)}
    answer["keyless"] = _keyless(store) if manifest.persons is not None else None
    told(answer, as_json, lambda answer: _restored(answer, manifest))


def _fold(url: str) -> None:
    with opened(url, create=False) as system:
        system.projector.catch_up()


def _paused(store: str) -> list[str]:
    """Subscriptions that wait for a human to say that this is the store that writes to them."""
    return [each.id for each in subscriptions_of(parse(store)).all() if each.paused == RESTORED]


def _keyless(store: str) -> str | None:
    """Why nothing personal can be read there yet; None where the master key fits."""
    try:
        open_vault(store, create=False).close()
    except StoreError as error:
        return str(error)
    return None


def _one_place(answer: dict[str, Any], old: str) -> str:
    """That the log goes on in one place only."""
    if answer["old_store"] == "there":
        return f"{old} is still there, with {answer['grew_on']:,} events: let one of the two take actions, never both"
    if answer["old_store"] == "unreadable":
        return f"{old} cannot be opened: keep it as it is, it is evidence, and let it take no more actions"
    return f"let {old} take no more actions, wherever it still runs"


def _restored(answer: dict[str, Any], manifest: Manifest) -> None:
    out.print(f"{answer['events']:,} events as of {answer['made']}, verified: root {answer['root']}")
    if answer["forgotten"]:
        gone = f"{len(answer['forgotten']):,} persons were forgotten since: their keys did not come back"
        out.print(f"{gone}, and the log does not say so any more: send those actions again")
    if answer["old_store"] != "replaced":
        out.print(_one_place(answer, manifest.store))
    if answer["keyless"]:
        out.print(f"no action is taken yet, and nothing personal is read: {answer['keyless']}")
    if answer["places"]:
        out.print(f"the intake goes on where it was in {_partitions(answer['places'])}")
        out.print("beside the same Kafka: end the old workers, danze topics --anew, begin new ones")
    if answer["paused"]:
        paused = f"{len(answer['paused']):,} subscriptions to news are paused"
        out.print(f"{paused}: once no other store writes to them, for each of danze webhook list")
        out.print("danze webhook resume ID")
