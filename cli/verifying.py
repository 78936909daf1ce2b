"""`danze verify`: is the record what was written, and what was sealed?"""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.options import POSITIONS, Json, Kafka, Prefix, Seals, Store
from cli.screen import bar, fail, out, told
from cli.wiring import DEFAULT_KAFKA, DEFAULT_STORE, kafka_settings, opened
from infra.doors.access import access_log, access_seals
from infra.importers.rows import ImportProblem
from infra.log.checker import Checker
from infra.log.open import open_log
from infra.log.port import StoreBroken
from infra.log.urls import SQLiteUrl, parse
from infra.log.verify import Rows
from infra.log.verify import verify as verified
from infra.log.verify_stretches import stretches
from infra.questions.agreement import Agreement
from infra.seals.audit import Sealed
from infra.seals.copies import Copy, begins_as_export, exported, published, salvaged
from infra.seals.keys import folder_of
from infra.seals.memory import Memory, resumed
from infra.seals.notes import Note, SealError, parse_note, parse_verifier
from infra.seals.sealer import Folder

Stretches = Iterator[Checker | None]


def verify(
    store: Store = DEFAULT_STORE,
    source: Annotated[
        str,
        typer.Option("--from", help="What is checked: the store, kafka, or an export, FILE.jsonl or FOLDER."),
    ] = "store",
    kafka: Kafka = DEFAULT_KAFKA,
    prefix: Prefix = "",
    seals: Seals = None,
    checkpoint: Annotated[
        list[Path] | None, typer.Option("--checkpoint", help="A checkpoint that you kept yourself; repeatable.")
    ] = None,
    key: Annotated[
        list[str] | None,
        typer.Option("--key", help="The log's key as you know it; without, the seals' own is believed."),
    ] = None,
    resume: Annotated[
        Path | None,
        typer.Option(
            "--resume", help="Go on from what this file remembers, and keep there how far it went; made if missing."
        ),
    ] = None,
    again: Annotated[
        int,
        typer.Option(
            "--again", min=0, max=POSITIONS, help="With --resume: read so many of the events verified before again."
        ),
    ] = 16_384,
    access: Annotated[
        bool, typer.Option("--access", help="The access log instead: who read what, and who was turned away.")
    ] = False,
    read_models: Annotated[
        bool,
        typer.Option("--read-models", help="The read models, too: rebuilt beside the live ones and compared."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Check that nobody altered the log, in itself and against its seals. Exit code 1 names the first bad position."""
    if read_models and (source != "store" or access):
        raise fail("--read-models compares those of a store with its log; leave --from and --access out")
    if resume is not None and source != "store":
        raise fail("--resume goes on in a store; an export or a topic is read from its beginning")
    if access and (source != "store" or resume is not None):
        raise fail("--access checks the access log of the store, and is given alone")
    memory = Memory(resume) if resume is not None else None
    if seals and not seals.is_dir():
        raise fail(f"--seals: {seals} is no folder")
    folder = access_seals(parse(store)) if access and not seals else Folder(seals or folder_of(parse(store)))
    sealed = _sealed(folder, key or [], checkpoint or [], memory.kept() if memory is not None else [])
    ends = sealed.largest if memory is not None else 0
    with (
        _source("access" if access else source, store, kafka, prefix, sealed, ends) as (read, total, beside),
        bar("verify") as progress,
    ):
        rows: Rows = read
        try:
            answer: dict[str, Any] = (
                verified(rows, seals=sealed, progress=lambda done: progress(done, total), stretches=beside)
                if memory is None or isinstance(rows, Copy)
                else resumed(rows, memory, sealed, again, lambda done: progress(done, total), beside)
            )
        except ImportProblem as problem:
            raise fail(str(problem)) from None
        except StoreBroken as damage:  # met on the way: what is before can be read
            rows = _salvaged(store, source, damage)
            answer = verified(rows, seals=sealed)
        if isinstance(rows, Copy):
            _of_copy(answer, rows)
    answer["seals"] = {"sealed": sealed.largest, "checkpoints": sealed.checked, "problem": sealed.problem}
    answer["ok"] = answer["ok"] and sealed.problem is None
    if key and answer["ok"] and not sealed.checked:
        raise fail(f"--key: {folder.path} holds no checkpoint, so that nothing was held against what this key signed")
    unsaved = _saved(memory, answer) if memory is not None and answer["ok"] else None
    if read_models and answer["ok"]:
        _read_models(store, answer)
    told(answer, as_json, _verified)
    if not answer["ok"]:
        raise typer.Exit(1)
    if unsaved is not None:
        raise fail(unsaved)


def _saved(memory: Memory, answer: dict[str, Any]) -> str | None:
    """Why what was found is not remembered; it is told all the same, for it may have taken hours."""
    try:
        memory.save()
    except OSError as error:
        return f"all is sound, but {memory.path} cannot be written ({error.strerror}): the next time begins as this one"
    answer["resumed"]["sha256"] = memory.digest
    return None


def _of_copy(answer: dict[str, Any], copy: Copy) -> None:
    """What is wrong beside events that are whole, or why there is none at the first bad position."""
    found = copy.problem if answer["ok"] else copy.unread
    if found is not None and (answer["ok"] or found[0] == answer["first_bad"]["position"]):
        answer |= {"ok": False, "first_bad": dict(zip(("position", "why"), found, strict=True))}


def _read_models(store: str, answer: dict[str, Any]) -> None:
    """Whether they are what the log makes of them; only a log that is whole can tell."""
    with opened(store, create=False, kept=True) as system, bar("read models") as progress:
        agreement = Agreement(system.log, system.views, system.rules)
        rebuilt = system.projector.beside(agreement.look, progress)
    answer["read_models"] = {"position": rebuilt.position, "differences": agreement.differences(rebuilt)}
    answer["first_bad"] = agreement.first_bad
    answer["ok"] = agreement.first_bad is None


@contextmanager
def _source(
    source: str, store: str, kafka: str, prefix: str, sealed: Sealed, ends: int
) -> Iterator[tuple[Rows, int, Stretches]]:
    """What is checked, how many events it should have, and what other processes check of it meanwhile, to `ends`."""
    if source == "store":
        with ExitStack() as stack:
            try:
                log = stack.enter_context(closing(open_log(store, create=False)))
                total = log.head().position
            except StoreBroken as damage:
                yield _salvaged(store, source, damage), sealed.largest, iter(())
                return
            yield log, total, stretches(store, min(total, ends or total), sealed)
    elif source == "access":
        with closing(access_log(parse(store), create=False)) as log:
            yield log, log.head().position, iter(())
    elif source == "kafka":
        from infra.kafka.reader import TopicReader
        from infra.kafka.topics import Topics

        settings, topic = kafka_settings(kafka), Topics(prefix).events
        yield published(lambda: TopicReader(settings, topic).chunks(2**62)), sealed.largest, iter(())
    else:
        yield _copy(Path(source)), sealed.largest, iter(())


def _salvaged(store: str, source: str, damage: StoreBroken) -> Copy:
    """What can still be read of a file that cannot be read to its end. Raises `damage` where nothing can."""
    place = parse(store)
    found = salvaged(place.path) if source == "store" and isinstance(place, SQLiteUrl) else None
    if found is None:
        raise damage
    return found


def _copy(path: Path) -> Copy:
    """An export: one file, or a folder of segments."""
    if not path.is_dir():
        try:
            if not begins_as_export(path):
                raise fail(f"{path} is no export: none of its first lines is an event as danze export jsonl writes it")
        except ImportProblem as problem:
            raise fail(str(problem)) from None
        return exported(path)
    from infra.seals.archive import Archived

    if not (path / "events").is_dir():
        raise fail(f"{path} holds no events of danze export parquet")
    return Archived(path)


def _sealed(folder: Folder, keys: list[str], checkpoints: list[Path], remembered: list[Note]) -> Sealed:
    try:
        trusted = [parse_verifier(each) for each in keys]
    except SealError as error:
        raise fail(f"--key: {error}") from None
    kept = []
    for path in checkpoints:
        try:
            kept.append(parse_note(path.read_text(encoding="utf-8")))
        except (SealError, UnicodeDecodeError) as error:
            raise fail(f"--checkpoint: {path}: {error}") from None
    return Sealed(folder, trusted, [*kept, *remembered])


def _verified(answer: dict[str, Any]) -> None:
    bad, seals, resumed, views = answer["first_bad"], answer["seals"], answer.get("resumed"), answer.get("read_models")
    if bad is not None and views is not None:
        out.print(f"the log is whole; from position {bad['position']} on {bad['why']}", markup=False)
        out.print("danze replay makes them anew", markup=False)
    elif bad is not None:
        out.print(f"altered at position {bad['position']}: {bad['why']}", markup=False)
        if resumed is not None:
            out.print("danze verify without --resume reads every event, and names the first bad one", markup=False)
    elif seals["problem"] is None:
        point = answer["checkpoint"]
        out.print(f"ok: {answer['events']:,} events, checkpoint {point['size']} {point['root']}", markup=False)
        if seals["checkpoints"]:
            out.print(f"{seals['sealed']:,} of them sealed, {seals['checkpoints']} checkpoints agree", markup=False)
        if resumed is not None:
            again = f"{resumed['read_again']:,} of those were read again"
            out.print(f"{resumed['from']:,} of them were verified before, {again}", markup=False)
        if views is not None:
            out.print(f"the read models and their sums are what it makes of them, to {views['position']}", markup=False)
    if seals["problem"] is not None:
        out.print(f"the seals cannot be believed: {seals['problem']}", markup=False)
