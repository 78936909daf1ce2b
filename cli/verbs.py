"""`danze`: exit code 0 done, 1 found something wrong, 2 usage or input error, 141 nobody reads on (`| head`)."""

import logging
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import typer

from cli import (
    accesses,
    asking,
    auditing,
    backing_up,
    conforming,
    desk,
    differing,
    docs,
    exporting,
    importing,
    keeping,
    keys,
    ledgers,
    relaying,
    replaying,
    resubmitting,
    ruling,
    running,
    sealing,
    taking,
    tokens,
    verifying,
    webhooks,
    workers,
)
from cli.screen import said, speak_as_they_read
from cli.wiring import look_for_garbage_less_often
from domain.codec import LaterType
from infra.kafka.settings import KafkaProblem
from infra.log.port import Conflict, StoreError
from infra.log_lines import set_up

UNREAD = 141
app = typer.Typer(
    name="danze", no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False,
    help="The whole record of a city's petition work (信访), and who answers for it (谁引发、谁担责).",
)  # fmt: skip

app.command()(running.run)
app.command()(running.api)
app.command()(taking.emit)
app.add_typer(importing.importing, name="import")
app.add_typer(exporting.exporting, name="export")
app.add_typer(auditing.auditing, name="audit")
app.add_typer(keys.keys, name="keys")
app.add_typer(tokens.tokens, name="token")
app.add_typer(webhooks.webhooks, name="webhook")
app.add_typer(ruling.rulesets, name="ruleset")
app.add_typer(ruling.calendars, name="calendar")
app.command()(differing.diff)
app.command("simulate")(taking.simulate_city)
app.command()(taking.tick)
for verb in (
    asking.show, asking.timeline, asking.dossier, asking.matter, asking.findings, asking.kpi, asking.counters,
    asking.search, asking.explain,
    ledgers.duties, ledgers.ledger, ledgers.record, ledgers.three_none, ledgers.evaluate,
    replaying.replay, verifying.verify, accesses.access, conforming.conform,
    keeping.doctor, backing_up.backup, backing_up.restore, sealing.seal, sealing.witness, sealing.prove,
    relaying.relay, relaying.topics,
    desk.due, desk.candidates,
    workers.intake, workers.project, workers.clock, resubmitting.resubmit, docs.docs,
):  # fmt: skip
    app.command()(verb)


def main() -> None:
    """Runs a verb. What a user can mend comes as one sentence, never as a traceback."""
    look_for_garbage_less_often()
    speak_as_they_read()
    try:
        set_up(os.environ)
    except ValueError as error:
        _end(str(error))
    if (wrong := next((each for each in sys.argv[1:] if not (_is_text(each) or _is_place(each))), None)) is not None:
        _end(f"{wrong!r} is no text in {sys.getfilesystemencoding()}")
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        _unread()
    except SystemExit as ended:
        if isinstance(ended.__context__, BrokenPipeError):  # click and rich each end with a code of their own
            _unread()
        raise
    except (StoreError, Conflict, KafkaProblem, LaterType) as error:
        _end(str(error))
    except UnicodeEncodeError:  # which text is not told: it may be a key, or personal
        _end("what was given holds text that is not UTF-8, and no such text can be stored")
    except OSError as error:
        _end(f"{error.filename or 'what was to be written'}: {error.strerror or error}")
    except (MemoryError, RuntimeError) as error:
        _end(_exhausted(error))
    except KeyboardInterrupt:
        sys.exit(130)


def _exhausted(error: MemoryError | RuntimeError) -> str:
    """What the system had no more of. A fault of danze is raised as it is."""
    if isinstance(error, MemoryError):
        return "there is no memory left for it; what was stored stands"
    if str(error) == "can't start new thread":  # CPython's words where there is no memory for its stack
        return "the system gives it no further thread, for want of memory or by a limit; what was stored stands"
    raise error


def _is_text(argument: str) -> bool:
    """Python puts halves of characters for bytes that it cannot read; no store and no JSON takes these."""
    try:
        argument.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_place(argument: str) -> bool:
    """A file may have such a name, as one that was packed on another system; `--out=FILE` names one, too."""
    path = Path(argument.partition("=")[2] if argument.startswith("--") else argument)
    return os.path.lexists(path) or ("/" in str(path) and path.parent.is_dir())


def _end(sentence: str) -> NoReturn:
    said(sentence, level=logging.ERROR)
    _let_go()
    sys.exit(2)


def _unread() -> NoReturn:
    """Whoever reads the output has enough: quietly, with the code that a shell gives to what SIGPIPE ended."""
    _let_go()
    sys.exit(UNREAD)


def _let_go() -> None:
    """What could not be written would be tried again at the very end, and spoil the exit code."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
