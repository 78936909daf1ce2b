"""Rows of the read models and the sums kept of them, altered at random: each is found at its position, and mended."""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from random import Random
from typing import Any

import msgspec
import orjson
import pytest
from msgspec.structs import replace
from sqlalchemy import func, select, text

from cli.wiring import System
from domain.codec import decode_each
from infra.city.simulation import simulate
from infra.intake import Intake
from infra.questions.agreement import Agreement
from infra.questions.keeping import DUTY_LEDGERS, ledger_told, ledgers
from infra.views.store import Views
from infra.views.sums import KeptSums, Sums
from projections.findings import words_of
from tests.system.command import Danze

ACTIONS = 1_500
NOW = datetime(2021, 1, 1, tzinfo=UTC)
ITEMS = {"cases": "no", "raised": "no", "persons": "no", "due": "subject"}


class City:
    """A simulated county in a store, and by which event of the log each row stands as it does."""

    def __init__(self, system: System) -> None:
        self.system, self.intake = system, system.intake(history=True)
        self.actions = [orjson.dumps(action) for action in simulate(3, days=60, scale=0.1, counties=1)]
        self.grow(ACTIONS)

    def grow(self, more: int) -> None:
        self.intake.take(self.actions[:more])
        del self.actions[:more]
        self.system.projector.catch_up()
        self.subjects: dict[str, int] = {}
        self.findings: dict[str, int] = {}
        entries = self.system.log.read(0)
        for entry, event in zip(entries, decode_each(entries), strict=True):
            self.subjects[entry.subject] = self.last = entry.position
            self.findings |= dict.fromkeys((id for id, _ in words_of(event)), entry.position)

    def newest(self, table: str, row: Any) -> int:
        if table == "findings":
            return self.findings[row.id]
        if table == "acts":
            return int(row.id) >> 20
        name = getattr(row, ITEMS.get(table, "subject"))
        return self.subjects[name if ":" in name else f"petition:{name}"]

    def counted(self, table: str, key: str) -> int:
        """The same of a row as it is named where it was counted."""
        if table == "findings":
            return self.findings[key]
        return self.subjects[f"petition:{key}" if table == "cases" else key.partition("\t")[0]]

    def found(self) -> int | None:
        agreement = Agreement(self.system.log, self.system.views, self.system.rules)
        self.system.projector.beside(agreement.look)
        return agreement.first_bad and agreement.first_bad["position"]

    def replayed(self) -> bool:
        """Makes all anew; whether something differed."""
        agreement = Agreement(self.system.log, self.system.views, self.system.rules)
        rebuilt = self.system.projector.replay(look=agreement.look)
        self.system.answers.keep_sums()
        return any(agreement.differences(rebuilt).values())


@pytest.fixture
def city(store_url, tmp_path, monkeypatch) -> Iterator[City]:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with closing(System(store_url)) as system:
        yield City(system)


# what can be done to them; each answers at which position it must be found


def a_row(city: City, views: Views, random: Random) -> tuple[str, Any, Any, list[Any]]:
    """Some row of some table, and what names it in a statement."""
    number = random.choice([0, 0, 1, 2, 3, 4, 6])
    table = [*views.live().tables][number]
    name = table.name.rpartition("_")[0]
    with views.reading() as rows:
        among = rows.execute(select(func.count()).select_from(table)).scalar()
        keys = list(table.primary_key)
        row = rows.execute(select(table).order_by(*keys).offset(random.randrange(among)).limit(1)).one()
    return name, table, row, [column == getattr(row, column.name) for column in keys]


def alter(city: City, views: Views, random: Random) -> int:
    """A column says something else."""
    name, table, row, named = a_row(city, views, random)
    if not (columns := [column for column in table.c if not column.primary_key]):
        return remove(city, views, random)
    column = random.choice(columns)
    value, kind = getattr(row, column.name), column.type.python_type
    other = {int: lambda: (value or 0) + 1, bytes: lambda: bytes(value) + b"\0", str: lambda: f"{value}改"}[kind]()
    with views.writing() as connection:
        assert connection.execute(table.update().where(*named).values({column.name: other})).rowcount == 1
    return city.newest(name, row)


def remove(city: City, views: Views, random: Random) -> int:
    name, table, row, named = a_row(city, views, random)
    with views.writing() as connection:
        assert connection.execute(table.delete().where(*named)).rowcount == 1
    return city.newest(name, row)


def make_up(city: City, views: Views, random: Random) -> int:
    """A row of which no event tells."""
    table = views.live().tables.cases
    with views.writing() as connection:
        row = connection.execute(select(table).limit(1)).one()
        connection.execute(table.insert().values({**row._mapping, "no": f"never-{random.random()}"}))
    return city.last


def retitle(city: City, views: Views, random: Random) -> int:
    """An item is not found by its title any more."""
    titles = views.q(views.live().tables.titles)
    with views.writing() as connection:
        no = random.choice(connection.execute(text(f"SELECT no FROM {titles} ORDER BY no")).fetchall())[0]
        connection.execute(text(f"DELETE FROM {titles} WHERE no = :no"), {"no": no})
    return city.subjects[f"petition:{no}"]


def kept(views: Views) -> tuple[Sums, KeptSums, str]:
    sums = Sums(views, views.live().tables.number)
    with views.reading() as rows:
        return sums, sums._kept(rows), sums._sums


def miscount(city: City, views: Views, random: Random) -> int:
    """A sum says another number; what was counted in it stays."""
    _, row, table = kept(views)
    counted, first_of = msgspec.msgpack.decode(zlib.decompress(row.body))
    number = random.choice([at for at, cell in enumerate(counted) if cell[3]])
    counted[number][3] += random.choice((-1, 1, 777))
    body = zlib.compress(msgspec.msgpack.encode([counted, first_of]))
    with views.writing() as connection:
        connection.execute(text(f"UPDATE {table} SET body = :body"), {"body": body})
    return max(city.counted(*key) for key, cells in of_rows(views).items() if number in array("I", cells))


def of_rows(views: Views) -> dict[tuple[str, str], bytes]:
    with views.reading() as rows:
        query = f"SELECT tab, key, cells FROM {kept(views)[0]._counted} ORDER BY tab, key"
        return {(tab, key): bytes(cells) for tab, key, cells in rows.execute(text(query)) if tab != DUTY_LEDGERS}


def count_elsewhere(city: City, views: Views, random: Random) -> int:
    """A row is said to be counted in other cells, so that its next change would spoil the sums."""
    (tab, key), cells = random.choice([each for each in of_rows(views).items() if each[1]])
    numbers = array("I", cells)
    numbers[0] += -1 if numbers[0] else 1
    with views.writing() as connection:
        query = text(f"UPDATE {kept(views)[0]._counted} SET cells = :cells WHERE tab = :tab AND key = :key")
        connection.execute(query, {"cells": numbers.tobytes(), "tab": tab, "key": key})
    return city.counted(tab, key)


def forget_a_day(city: City, views: Views, random: Random) -> int:
    """A unit did a little less of its duties, and would be judged by that."""
    sums, _, _ = kept(views)
    told, _ = ledgers(sums)
    subject = random.choice([subject for subject, ledger in told.items() if ledger.days])
    days = {act: each[1:] for act, each in told[subject].days.items()}
    with views.writing() as connection:
        query = text(f"UPDATE {sums._counted} SET cells = :cells WHERE tab = '{DUTY_LEDGERS}' AND key = :key")
        connection.execute(query, {"cells": ledger_told(replace(told[subject], days=days)), "key": subject})
    return city.subjects[subject]


def regraft(city: City, views: Views, random: Random) -> int:
    """A head of the kept tree is another, and with it the root that every answer would name."""
    _, row, table = kept(views)
    tree, size = bytearray(row.tree), int.from_bytes(row.tree[:8])
    place = random.randrange(8, len(tree))
    tree[place] ^= 1 << random.randrange(8)
    with views.writing() as connection:
        connection.execute(text(f"UPDATE {table} SET tree = :tree"), {"tree": bytes(tree)})
    levels = [1 << level for level in range(size.bit_length() - 1, -1, -1) if size >> level & 1]
    return sum(levels[: (place - 8) // 32 + 1])


ALTERATIONS: list[Callable[[City, Views, Random], int]] = [
    alter, alter, alter, remove, make_up, retitle, miscount, forget_a_day, count_elsewhere, regraft
]  # fmt: skip


@pytest.mark.slow
def test_each_alteration_is_found_at_its_position_and_mended(city):
    random, views = Random(11), city.system.views
    city.replayed()
    for number in range(60):
        how = ALTERATIONS[number % len(ALTERATIONS)]
        position = how(city, views, random)
        assert (city.found(), how.__name__, number) == (position, how.__name__, number)
        assert city.replayed(), how.__name__
    assert city.found() is None


def test_of_several_the_smallest_position_is_named(city):
    random, views = Random(12), city.system.views
    city.replayed()
    positions = [alter(city, views, random) for _ in range(10)]
    assert city.found() == min(positions)


def test_no_honest_read_models_are_accused(city):
    """The sums may be older than the rows, or not be kept at all."""
    random = Random(13)
    assert city.found() is None
    for _ in range(20):
        city.grow(random.randint(1, 200))
        if random.random() < 0.5:
            city.system.answers.keep_sums()
        assert city.found() is None


def test_a_day_of_duty_that_is_forgotten_is_found(city):
    city.replayed()
    position = forget_a_day(city, city.system.views, Random(15))
    assert city.found() == position
    assert city.replayed()
    assert city.found() is None


def test_sums_that_cannot_be_read_are_named(city):
    city.system.answers.keep_sums()
    with city.system.views.writing() as connection:
        connection.execute(text(f"UPDATE {kept(city.system.views)[2]} SET body = :body"), {"body": b"\0\1"})
    assert city.found() == city.last
    assert city.replayed()
    assert city.found() is None


def test_read_models_that_lag_are_compared_where_they_stand(city):
    """A state that cannot be read is named, not gone on from."""
    at = city.system.views.live().position
    intake = Intake(city.system.log, city.system.vault, city.system.rules, now=lambda: NOW)
    intake.take(city.actions[:1])
    with city.system.views.writing() as connection:
        cases = city.system.views.live().tables.cases
        no = connection.execute(select(func.min(cases.c.no))).scalar()
        connection.execute(cases.update().where(cases.c.no == no).values(body=b"\xc1"))
    assert city.found() == city.subjects[f"petition:{no}"]
    assert (city.system.views.live().position, city.system.log.head().position) == (at, at + 1)


def test_a_broken_index_of_titles_is_named(tmp_path):
    with closing(System(f"sqlite:///{tmp_path / 'danze.db'}")) as system:
        city = City(system)
        with system.views.writing() as connection:
            connection.execute(text(f"DELETE FROM {system.views.live().tables.titles}_data WHERE id > 10"))
        assert city.found() == city.last
        assert city.replayed()
        assert city.found() is None


def test_the_verb_names_it_and_replay_mends_it(city):
    danze = Danze(city.system.url)
    city.system.answers.keep_sums()
    assert danze("verify", "--read-models", "--json").json["first_bad"] is None
    position = miscount(city, city.system.views, Random(14))
    said = danze("verify", "--read-models", "--json")
    assert (said.code, said.json["ok"], said.json["first_bad"]["position"]) == (1, False, position)
    assert "the kept sums" in said.json["first_bad"]["why"]
    assert danze("verify", "--json").code == 0, "the log is as it was"
    assert (mended := danze("replay", "--json")).code == 1
    assert mended.json["differences"]["sums"] == 1
    assert danze("verify", "--read-models").code == 0
