"""What is printed, as it is: also where no terminal is, and a program reads it line by line."""

import json
import os
import sys
from io import StringIO
from pathlib import Path
from subprocess import DEVNULL, PIPE, run

import pytest

from cli import screen
from cli.verbs import main
from tests.patience import PATIENCE
from tests.system.command import Danze, action, registered

PARKING = Path(__file__).resolve().parents[2] / "docs/examples/parking.jsonl"
FINDING = "F04:petition:430408-2020-000001:K5"


def test_a_row_stands_on_one_line_of_a_pipe_and_folds_at_a_width_that_is_set(tmp_path: Path) -> None:
    danze = Danze(tmp_path / "danze.db")
    danze("emit", "--history", PARKING)
    danze.environment.pop("COLUMNS", None)
    (row,) = [line for line in danze("findings", stdin=DEVNULL).out.splitlines() if FINDING in line]
    assert "丁 (direct), 丙 (leadership), 乙 (leadership)" in row
    danze.environment["COLUMNS"] = "80"
    assert FINDING not in danze("findings", stdin=DEVNULL).out


TITLE = "[/bold] [red]停车 :x: {0} [/nope]"
UNIT = "[/nope] 局 :car:"
HEAD = "[bold]甲[/]"
NO = "430408-2020-000001"
YEAR = ("--from", "2020-01-01", "--to", "2020-12-31")
ASKED: dict[tuple[str, ...], tuple[str, ...]] = {
    ("show", f"petition:{NO}"): (TITLE, UNIT),
    ("show", "unit:430408-zjj"): (UNIT,),
    ("show", FINDING): (UNIT, HEAD),
    ("timeline", NO): (TITLE, UNIT),
    ("timeline", "unit:430408-zjj"): (UNIT, HEAD),
    ("dossier", NO): (TITLE, UNIT, HEAD),
    ("matter", NO): (TITLE, UNIT),
    ("candidates", "[2]"): (TITLE, "[2]"),
    ("search", "停车"): (TITLE, UNIT, "[2]"),
    ("findings",): (UNIT, HEAD),
    ("due",): (TITLE, UNIT),
    ("explain", f"petition:{NO}:K5"): (UNIT,),
    ("kpi", "--unit", "430408-gov", *YEAR): ("unit:430408-gov, 2020",),
    ("counters", "--by", "unit"): (UNIT,),
    ("duties", "--unit", "430408-gov", "--from", "2020-03-01", "--to", "2020-07-31"): (UNIT,),
    ("record", "430408-zjj-head2"): (HEAD, UNIT),
    ("three-none",): (UNIT,),
    ("evaluate", "430408-gov", "2020H1"): (UNIT,),
    ("ledger", "unit"): (UNIT,),
    ("diff", "--as-of", "2020-01-01", "--as-of", "2020-12-31"): (UNIT,),
    ("replay", "--ruleset", "cn-2022"): (UNIT,),
    ("token", "list"): ("official:[/red]",),
    ("webhook", "list"): ("https://[::1]:9/[/red]",),
    ("resubmit", "--history"): ("unit:[/red]",),
}
"""What is asked, and the words that stand in the answer as they are on record."""


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Danze:
    """A store in which whatever a human may name is named in the markup of rich, with an emoji's name in it."""
    danze = Danze(tmp_path_factory.mktemp("marked") / "danze.db", DANZE_WEBHOOK_HOSTS="https://[::1]:9")
    told = [json.loads(line) for line in PARKING.read_bytes().splitlines()]
    for name, given in (("title", TITLE), ("name", UNIT)):
        for each in told:
            if name in each["data"]:
                each["data"][name] = HEAD if "official" in each["data"] else given
    bureau = {"unit": "unit:430408-xfj", "actor": "official:430408-xfj-clerk", "time": "2020-08-24T09:00:00+08:00"}
    told.append({**registered(2, title=TITLE, petitioners=["person:9f3a"]), **bureau, "subject": "petition:[2]"})
    assert danze.emit(*told, options=("--history",))["rejected"] == 0
    sent = action("no", "petition.referred", "petition:[2]", bureau["time"], {"to_unit": "unit:[/red]"})
    assert danze.emit({**sent, **bureau}, options=("--history",))["rejected"] == 1
    danze("token", "issue", "--role", "clerk", "--unit", "430408-zjj", "--official", "official:[/red]")
    assert danze("webhook", "add", "https://[::1]:9/[/red]").code == 0
    return danze


@pytest.mark.parametrize("question", ASKED, ids=" ".join)
def test_a_title_or_name_in_markup_is_printed_as_it_is_on_record(marked: Danze, question: tuple[str, ...]) -> None:
    said = marked(*question)
    assert said.code == int(question[0] == "resubmit"), said
    assert [words for words in ASKED[question] if words not in said.out] == []


def test_a_sentence_names_what_was_asked_for_as_it_was_written(marked: Danze) -> None:
    marked("explain", "petition:x:K5").refused("danze: petition:x:K5 is not on record")
    marked("dossier", "[/nope]").refused("danze: [/nope] is not on record")


def test_a_terminal_gets_no_orders_from_a_title(tmp_path: Path) -> None:
    danze = Danze(tmp_path / "danze.db")
    unit = {"name": "\x1b]0;\x07局", "level": "city", "kind": "bureau", "division": "430400"}
    danze.emit(
        action("u", "unit.established", "unit:bureau", "2019-01-02T09:00:00+08:00", unit),
        registered(1, title="停车\x1b[8m收费\x9b2J"),
        options=("--history",),
    )
    said = danze("show", "petition:P-1").out + danze("search", "停车").out
    assert said.count(r"停车\x1b[8m收费\x9b2J") == 2
    assert r"\x1b]0;局" in said
    assert not {"\x1b", "\x07", "\x9b"} & set(said)


def test_a_bar_has_the_title_that_it_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = StringIO()
    monkeypatch.setattr(screen, "err", screen.Screen(file=drawn, force_terminal=True, width=100))
    with screen.bar(TITLE) as progress:
        progress(1, 2)
    assert TITLE in drawn.getvalue()


def test_dates_stand_on_one_line_in_eighty_columns(tmp_path: Path) -> None:
    danze = Danze(tmp_path / "danze.db", COLUMNS="80")
    danze("emit", "--history", PARKING)
    told = danze("show", "petition:430408-2020-000001", stdin=DEVNULL).out
    assert all(day in told for day in ("2020-05-21", "2020-05-25", "2020-07-27", "2020-08-31"))
    assert all(word in told for word in ("K10", "R2005", "蒸湘区"))


@pytest.mark.parametrize(
    "verb", ["search", "search --json", "show petition:430408-2020-000001", "export jsonl -", "verify", "simulate"]
)
def test_whoever_reads_no_further_ends_a_verb_quietly_and_with_one_code(tmp_path: Path, verb: str) -> None:
    danze = Danze(tmp_path / "danze.db")
    danze("emit", "--history", PARKING)
    there, here = os.pipe()
    os.close(there)
    try:
        with danze.start(*verb.split(), stdout=here) as process:
            _, said = process.communicate(timeout=PATIENCE)
    finally:
        os.close(here)
    assert (process.returncode, said) == (141, b"")


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1, 2)])
def test_streams_that_are_closed_are_no_place_for_a_store(tmp_path: Path, closed: tuple[int, ...]) -> None:
    """A file that is opened takes the first number that is free: what was said was written into it."""
    danze = Danze(tmp_path / "danze.db")

    def close() -> None:
        for number in closed:
            os.close(number)

    for verb in (("emit", "--history", PARKING), ("search",), ("search", "--json"), ("tick", "--now", "2020-12-01")):
        assert danze(*verb, preexec_fn=close).code == 0, verb
    assert danze("emit", "nowhere.jsonl", preexec_fn=close).code == 2
    assert danze("emit", "-", "--json", preexec_fn=close).code == 0
    assert danze.events() > 28


@pytest.mark.parametrize("encoding", ["latin-1", "gbk", "ascii"])
def test_a_terminal_is_told_in_its_encoding_and_json_is_utf_8(tmp_path: Path, encoding: str) -> None:
    danze = Danze(tmp_path / "danze.db", PYTHONIOENCODING=encoding)
    danze("emit", "--history", PARKING)
    with danze.start("show", "petition:430408-2020-000001") as process:
        said, wrong = process.communicate(timeout=PATIENCE)
    assert (process.returncode, wrong) == (0, b"")
    assert ("蒸湘区" in said.decode(encoding)) == (encoding == "gbk")
    assert (r"\u84b8\u6e58\u533a" in said.decode(encoding)) == (encoding != "gbk")
    with danze.start("show", "petition:430408-2020-000001", "--json") as process:
        said, _ = process.communicate(timeout=PATIENCE)
    assert "蒸湘区" in said.decode("utf-8")


@pytest.mark.parametrize(
    "verb", [("show",), ("search", "--json"), ("findings", "--unit"), ("emit",), ("verify", "--store"), ("timeline",)]
)
def test_what_is_no_text_is_said_to_be_none(tmp_path: Path, verb: tuple[str, ...]) -> None:
    danze = Danze(tmp_path / "danze.db")
    danze("emit", "--history", PARKING)
    danze(*verb, os.fsdecode(b"petition:\xff"), stdin=DEVNULL, stdout=PIPE, stderr=PIPE).refused(
        r"'petition:\udcff' is no text in utf-8"
    )


def test_a_file_whose_name_is_no_text_is_read_and_a_name_that_is_recorded_is_refused(tmp_path: Path) -> None:
    danze, pipes = Danze(tmp_path / "danze.db"), {"stdin": DEVNULL, "stdout": PIPE, "stderr": PIPE}
    parking, mails = (os.fsdecode(bytes(tmp_path) + name) for name in (b"/\xd0\xc5.jsonl", b"/\xd0\xc5.csv"))
    Path(parking).write_bytes(PARKING.read_bytes())
    Path(mails).write_text("message_id,user_id,title,posted_at,body\n7,U1,路灯不亮,2020-03-02 08:00:00,坏了\n")
    assert danze("emit", "--history", parking, **pipes).code == 0
    refused = os.fsdecode(bytes(tmp_path) + b"/\xff.jsonl")
    assert danze("emit", "--history", parking, f"--rejected={refused}", **pipes).code == 0
    assert Path(refused).exists()
    danze("import", "messages", mails, **pipes).refused("text that is not UTF-8, and no such text can be stored")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (MemoryError(), "there is no memory left for it; what was stored stands"),
        (
            RuntimeError("can't start new thread"),
            "the system gives it no further thread, for want of memory or by a limit; what was stored stands",
        ),
    ],
)
def test_where_no_memory_is_left_is_a_sentence(monkeypatch, capsys, error, sentence):
    def full():
        raise error

    monkeypatch.setattr("sys.argv", ["danze"])
    monkeypatch.setattr("cli.verbs.app", full)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert capsys.readouterr().err.strip() == f"danze: {sentence}"


def test_a_fault_of_danze_is_no_sentence(monkeypatch):
    def broken():
        raise RuntimeError("dictionary changed size during iteration")

    monkeypatch.setattr("sys.argv", ["danze"])
    monkeypatch.setattr("cli.verbs.app", broken)
    with pytest.raises(RuntimeError, match="dictionary"):
        main()


def test_a_system_that_gives_no_thread_says_so_in_these_words(tmp_path: Path) -> None:
    """What `danze` goes by is CPython's."""
    code = (
        "import resource, threading; resource.setrlimit(resource.RLIMIT_AS, (200 << 20,) * 2)\n"
        "threading.stack_size(512 << 20); threading.Thread(target=print).start()"
    )
    done = run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip().endswith("RuntimeError: can't start new thread")
