"""What is printed where no terminal is: a program reads it line by line."""

from pathlib import Path
from subprocess import DEVNULL

from tests.system.command import Danze

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
