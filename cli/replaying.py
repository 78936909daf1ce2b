"""`danze replay`: the read models anew, up to a place, or the whole history under other rules."""

from contextlib import closing
from datetime import date, datetime
from typing import Annotated, Literal

import typer

from cli.options import Json, Kafka, Prefix, Store
from cli.ruling import law_named
from cli.screen import bar, day, fail, held, out, place, told
from cli.supposing import shown, supposed
from cli.wiring import DEFAULT_KAFKA, DEFAULT_STORE, kafka_settings, opened
from domain.envelope import day_of
from infra.log.open import open_log
from infra.log.times import micros
from infra.questions.agreement import Agreement
from infra.views.beside import rows_at


def replay(
    store: Store = DEFAULT_STORE,
    source: Annotated[
        Literal["store", "kafka"], typer.Option("--from", help="Read the events in the store's log, or in Kafka.")
    ] = "store",
    kafka: Kafka = DEFAULT_KAFKA,
    prefix: Prefix = "",
    ruleset: Annotated[
        str | None,
        typer.Option("--ruleset", help="What if: judge again under this set, a name or a file, and compare."),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", help="With --ruleset: the first day on which it is supposed to hold.")
    ] = None,
    to: Annotated[str | None, typer.Option("--to", help="Up to a position, a time, or the end of a date.")] = None,
    past: Annotated[
        bool, typer.Option("--past", help="Make the archive of the past, too; else a question about it does.")
    ] = False,
    index: Annotated[
        bool,
        typer.Option(
            "--index", help="The log's look-up index, and nothing else: where danze verify says it is at fault."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Rebuild the read models beside the live ones, compare them and the sums kept of them, and switch. Exit code 1
    where they differed.

    The archive of the past is let go. With --to the rebuilt ones are counted and let go; with --ruleset nothing is
    rebuilt: every step is judged again under other rules, and what comes out otherwise is told, with exit code 0
    whatever that is.
    """
    if source == "kafka" and (ruleset is not None or to is not None):
        raise fail("--ruleset and --to read the store's log; leave --from kafka out")
    if index:
        if source == "kafka" or ruleset is not None or to is not None or past:
            raise fail("--index makes the look-up index of the store's log again, and is given alone")
        _index(store, as_json)
        return
    if ruleset is not None:
        _what_if(store, ruleset, day(since, "--since") if since else None, to, as_json)
        return
    if since is not None:
        raise fail("--since goes with --ruleset")
    if to is not None:
        _up_to(store, to, as_json)
        return
    with opened(store, create=False, kept=True) as system, bar("replay") as progress:
        events = None
        if source == "kafka":
            from infra.kafka.reader import TopicReader
            from infra.kafka.same_log import of_this_log
            from infra.kafka.topics import Topics

            settings, topics = kafka_settings(kafka), Topics(prefix)
            of_this_log(system.log, settings, topics)
            events = TopicReader(settings, topics.events)
        agreement = Agreement(system.log, system.views, system.rules)
        rebuilt = system.projector.replay(progress, events, agreement.look)
        system.past.archive.forget()
        system.answers.keep_sums()
        if past:
            system.past.archive.follow(system.log, rebuilt.position, progress)
    differences = agreement.differences(rebuilt)
    answer = {"position": rebuilt.position, "differences": differences}
    told(answer, as_json, lambda a: out.print(f"replayed to {a['position']}; rows that differed: {a['differences']}"))
    if any(differences.values()):
        raise typer.Exit(1)


def _index(store: str, as_json: bool) -> None:
    with closing(open_log(store, create=False)) as log:
        answer = {"position": log.reindex()}
    told(answer, as_json, lambda a: out.print(f"the look-up index was made again, to {a['position']}"))


def _what_if(store: str, ruleset: str, since: date | None, to: str | None, as_json: bool) -> None:
    with opened(store, create=False) as system, bar("what if") as progress:
        upto = held(place(to), system.log.head().position)
        book = system.answers.present()
        law = law_named(ruleset, book.rules)
        what_if, last = supposed(law, since), book.moment.date()
        if what_if.since > max(last, day_of(upto) if isinstance(upto, datetime) else last):
            late = f"{law.name} holds from {what_if.since}, after all that is on record ({last})"
            raise fail(f"{late}; --since names another day")
        answer = system.answers.what_if.replay(what_if, to=upto, progress=progress)
    told(answer, as_json, shown)


def _up_to(store: str, to: str, as_json: bool) -> None:
    with opened(store, create=False) as system, bar("replay") as progress:
        until = held(place(to), system.log.head().position)
        upto = system.log.at(micros(until)) if isinstance(until, datetime) else until
        position, rows = rows_at(system.log, upto, progress)
    answer = {"position": position, "rows": rows}
    told(answer, as_json, lambda a: out.print(f"replayed to {a['position']}; rows: {a['rows']}"))
