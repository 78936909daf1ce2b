"""Verbs that make the record provable: seal, witness, prove."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from cli.files import no_database
from cli.following import Follower, Publish
from cli.options import LONG, POSITIONS, Json, Kafka, Metrics, Prefix, Seals, Store, Touched
from cli.reference.schemas import of_type
from cli.screen import bar, fail, out, said, told, written
from cli.waiting import say, stopped, there
from cli.watched import serve
from cli.wiring import DEFAULT_STORE, kafka_settings, now, opened
from infra.doors.access import access_key, access_log, access_seals
from infra.exporters.whole_file import afresh
from infra.log.open import open_log
from infra.log.urls import parse
from infra.pulse import Pulse
from infra.seals import keys
from infra.seals.asking import Asked, ask_all
from infra.seals.notes import LOG, WITNESS, Note, SealError, Signature, parse_verifier
from infra.seals.prove import bundle
from infra.seals.sealer import Folder, Sealer
from infra.seals.sealer import rebuild as remade
from infra.seals.tiles import Tiles
from infra.watching import SealerWatch

KeyFile = Annotated[
    Path | None,
    typer.Option("--key", envvar=keys.KEY_VARIABLE, help="The file of the signing key; without, beside the store."),
]


def seal(
    store: Store = DEFAULT_STORE,
    seals: Seals = None,
    key: KeyFile = None,
    name: Annotated[
        str | None, typer.Option("--name", help="Names the log when its key is made: example.org/danze.")
    ] = None,
    witness: Annotated[
        list[str] | None,
        typer.Option("--witness", envvar="DANZE_WITNESS", help="KEY@URL of a witness to ask; repeatable."),
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Go on until Ctrl-C.")] = False,
    every: Annotated[
        int, typer.Option(min=1, max=POSITIONS, help="With --follow: seal when so many events are new,")
    ] = 10_000,
    seconds: Annotated[float, typer.Option(min=0.1, max=LONG, help="or when one has waited so many seconds.")] = 60,
    kafka: Kafka = "",
    prefix: Prefix = "",
    pulse: Touched = None,
    metrics: Metrics = "",
    rotate: Annotated[
        bool, typer.Option("--rotate", help="Sign with a new key from now on; the old one hands over.")
    ] = False,
    rebuild: Annotated[
        bool,
        typer.Option("--rebuild", help="First make the tiles again of the log, and a lost checkpoint of seals.jsonl."),
    ] = False,
    access: Annotated[
        bool,
        typer.Option(
            "--access", help="The access log instead, which `danze api` seals as it goes: --rebuild mends it."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Sign what the log holds: a checkpoint to keep away from the store, and the tiles that proofs are made of."""
    if access and (follow or kafka):
        raise fail("--access seals the access log once; leave --follow and --kafka out")
    asked = [_witness(each) for each in witness or ()]
    place, watch = parse(store), SealerWatch()
    if metrics and follow:
        serve(watch.registry, metrics)
    key_file = key or (access_key(place) if access else keys.key_of(place))
    # who follows may stand before the first event
    opening = partial(access_log, place, create=False) if access else partial(open_log, store, create=follow)
    with closing(there("seal", opening) if follow else opening()) as log, _publishing(kafka, prefix, follow) as publish:
        folder = access_seals(place) if access and not seals else Folder(seals or keys.folder_of(place))
        claim = log.claim("seal")
        if claim is None:
            raise fail("another danze seal is at work on this store")
        try:
            keys.settle(key_file, folder.verifiers())
            sealer = Sealer(log, folder, keys.log_signer(key_file, folder, name), _cosigning(asked))
            if rebuild:
                with bar("rebuild") as progress:
                    remade(log, folder, progress)
            if rotate:
                fresh = keys.fresh(LOG, sealer.signer.verifier.name)
                keys.announce(key_file, fresh)
                sealer.rotate(fresh, now())
                keys.settle(key_file, folder.verifiers())
            if follow:
                say("seal", f"every {every:,} events or {seconds:g} seconds")
                alone = Follower(sealer, publish, claim, watch, Pulse(pulse), every=every, seconds=seconds)
                alone.run(stopped())
            else:
                with bar("seal") as progress:
                    sealer.seal(now(), progress)
                publish(folder.seals())
        finally:
            claim.release()
        newest = folder.newest()
    answer = {"checkpoint": str(newest or ""), "folder": str(folder.path), "key": str(sealer.signer.verifier)}
    told(answer, as_json, _sealed)


def _sealed(answer: dict[str, Any]) -> None:
    out.print(answer["checkpoint"] or "nothing to seal yet", markup=False, highlight=False, end="")
    out.print(f"kept in {answer['folder']}; the log's key is {answer['key']}", markup=False, highlight=False)


def _witness(text: str) -> Asked:
    key, at, url = text.partition("@")
    if not at or not url.startswith(("http://", "https://")):
        raise fail(f"--witness: {text!r} is not KEY@URL")
    try:
        verifier = parse_verifier(key)
    except SealError as error:
        raise fail(f"--witness: {error}") from None
    if verifier.kind != WITNESS:
        raise fail(f"--witness: {verifier.name} is the key of a log, not of a witness")
    return Asked(verifier, url.rstrip("/"))


def _cosigning(asked: list[Asked]) -> Callable[[Note, Tiles], list[Signature]]:
    """Asks every witness; one that does not answer leaves the checkpoint without its signature, and that is said."""

    def cosign(note: Note, tiles: Tiles) -> list[Signature]:
        answers = ask_all(asked, note, tiles)
        for each in answers:
            if isinstance(each, str):
                said(each)
        return [each for each in answers if not isinstance(each, str)]

    return cosign


@contextmanager
def _publishing(kafka: str, prefix: str, follow: bool) -> Iterator[Publish]:
    """Sends seals to `petition.seals`, where Kafka is named."""
    if not kafka:
        yield lambda _: None
        return
    from infra.kafka.publisher import Publisher
    from infra.kafka.seals import SealsTopic
    from infra.kafka.topics import Topics

    with Publisher(kafka_settings(kafka), stop=stopped() if follow else None) as publisher:
        yield SealsTopic(publisher, Topics(prefix).seals).send


def witness(
    log: Annotated[list[str], typer.Option("--log", help="The key of a log that is vouched for; repeatable.")],
    key: Annotated[Path, typer.Option("--key", help="The file of the witness's key; made when it is missing.")],
    state: Annotated[Path, typer.Option("--state", help="Where the newest checkpoint of each log is kept.")],
    name: Annotated[str | None, typer.Option("--name", help="Names the witness when its key is made.")] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Port to listen on.")] = 8431,
) -> None:
    """Vouch, with a key of one's own, that a log only grows (C2SP tlog-witness). To run away from the log."""
    from api.serve import AddressInUse, serve
    from api.witness import create_witness
    from infra.seals.witness import Witness

    try:
        logs = [parse_verifier(each) for each in log]
    except SealError as error:
        raise fail(f"--log: {error}") from None
    signer = keys.signer(key, WITNESS, name)
    app = create_witness(Witness(signer, logs, state), lambda: int(time.time()))

    def ready(port: int) -> None:
        out.print(f"danze: witness {signer.verifier} at http://{host}:{port}/", markup=False, highlight=False)

    try:
        serve(app, host, port, stop=stopped(), ready=ready)
    except AddressInUse as error:
        raise fail(str(error)) from None


def prove(
    position: Annotated[int, typer.Argument(min=1, max=POSITIONS, help="Position of the event in the log.")],
    since: Annotated[
        int | None,
        typer.Option(
            "--since", min=1, max=POSITIONS, help="Prove, too, that the log grew out of its first so many events."
        ),
    ] = None,
    to: Annotated[Path | None, typer.Option("--out", help="Write the bundle to a file.")] = None,
    store: Store = DEFAULT_STORE,
    seals: Seals = None,
    as_json: Json = False,  # noqa: ARG001 -- as of every verb; a proof is JSON in any case
) -> None:
    """Write a proof that an event is in the sealed log, for who has neither danze nor the log."""
    if to is not None:
        no_database(to, store)
    with opened(store, create=False) as system:
        folder = Folder(seals or keys.folder_of(parse(store)))
        proof = bundle(system.log, folder, position, since)
    whole = orjson.dumps({**proof, "schema": of_type(proof["type"])}, option=orjson.OPT_INDENT_2) + b"\n"
    if to is None:
        written(whole)
    else:
        with afresh(to, packs=False) as file:
            file.write(whole)
