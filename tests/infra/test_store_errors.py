"""A store that cannot be had says why, in one sentence."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest

from infra.log.open import open_log
from infra.log.port import StoreError
from infra.log.urls import PostgresUrl, SQLiteUrl, parse
from infra.log.verify import verify
from infra.vault.vault import open_vault
from tests.infra.samples import entries, entry
from tests.system.command import Danze, city, registered


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///city.db", "city.db"),
        ("sqlite:////var/danze/city.db", "/var/danze/city.db"),
        ("sqlite:////var/%E8%A1%A1%E9%98%B3.db", "/var/衡阳.db"),
        ("city.db", "city.db"),
        ("/var/danze/city.db", "/var/danze/city.db"),
    ],
)
def test_sqlite_urls(url: str, path: str) -> None:
    place = parse(url)
    assert place == SQLiteUrl(Path(path))
    assert place.beside("keys") == Path(f"{path}.keys")


def test_postgres_urls() -> None:
    place = parse("postgresql://clerk:s%40fe@db.example:5433/city?schema=hy")
    assert place == PostgresUrl("clerk", "s@fe", "db.example", 5433, "city", "hy")
    assert place.beside("views") == "hy_views"
    assert "s@fe" not in place.place
    assert parse("postgresql:///city?host=/run/pg") == PostgresUrl("postgres", "", "/run/pg", 5432, "city", "danze")


def test_a_postgres_password_may_lie_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DANZE_STORE_PASSWORD_FILE", str(tmp_path / "password"))
    with pytest.raises(StoreError, match=r"DANZE_STORE_PASSWORD_FILE: .*password cannot be read"):
        parse("postgresql://clerk@db.example/city")
    (tmp_path / "password").write_text("s@fe\n")
    assert parse("postgresql://clerk@db.example/city").connection()["password"] == "s@fe"
    assert parse("postgresql://clerk:own@db.example/city").connection()["password"] == "own"


@pytest.mark.postgres
def test_a_database_that_cannot_hold_chinese_is_refused(postgres_url: str) -> None:
    name = f"ascii_{uuid4().hex[:8]}"
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")
        try:
            with pytest.raises(StoreError, match="the database is in SQL_ASCII; danze needs one with ENCODING 'UTF8'"):
                open_log(urlsplit(postgres_url)._replace(path=f"/{name}").geturl())
        finally:
            server.execute(f"DROP DATABASE {name}")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "names no store"),
        ("mysql://localhost/x", "mysql:// is no kind of store"),
        ("sqlite://", "names no file"),
        ("sqlite:///", "names no file"),
        ("sqlite:///x.db?mode=ro", "takes no options"),
        ("postgresql://localhost", "names its database"),
        ("postgresql://localhost:port/x", "no store URL"),
        ("postgresql://localhost/x?port=many", "no store URL"),
        ("postgresql://localhost/x?schema=Robert'); DROP", "use lower-case letters"),
        ("postgresql://localhost/x?sslmode=off", "sslmode=off is none of disable, allow"),
        ("postgresql://postgres@127.0.0.1:1/x", "postgresql://127.0.0.1:1/x?schema=danze: "),
        ("/nowhere/at/all.db", "the folder /nowhere/at for the store does not exist"),
        ("postgresql://clerk:12/34@db.example/x", "write %40 for @ and %2F for /"),
        ("/tmp", "/tmp is a folder"),
        ("/proc/danze.db", "cannot be opened for writing"),
    ],
)
def test_bad_places_are_named(url: str, says: str) -> None:
    with pytest.raises(StoreError) as refused:
        open_log(url)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_text_file_is_no_store_and_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("a list of petitions, kept by hand\n" * 100)
    with pytest.raises(StoreError, match="is no danze store"):
        open_log(str(path))
    assert path.read_text().startswith("a list")


def test_another_sqlite_file_is_no_store_and_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE sheep (name)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="is an SQLite file, but no danze store"):
        open_log(str(path))
    assert path.read_bytes() == before


def test_a_full_disk_stores_nothing_of_the_batch(tmp_path: Path) -> None:
    log: Any = open_log(str(tmp_path / "log.db"))
    log.append([entry("petition:A", 1, 1)], [], after=0)
    with log.store.get_connection(commit=True) as writer:
        raw = writer._sqlite_conn
        pages = raw.execute("PRAGMA page_count").fetchone()[0]
        raw.execute(f"PRAGMA max_page_count={pages + 2}")
    many = entries([f"petition:{n}" for n in range(500)], first=10)
    with pytest.raises(StoreError, match=r"no space left to write [^;]+; nothing of this batch was stored"):
        log.append(many, [], after=1)
    assert log.head().position == 1
    with log.store.get_connection(commit=True) as writer:
        writer._sqlite_conn.execute("PRAGMA max_page_count=1000000")
    assert log.append(many, [], after=1).position == 501
    assert verify(log)["ok"]
    log.close()


def test_stores_whose_names_begin_alike_share_no_keys(tmp_path: Path) -> None:
    """What follows a question mark was taken for options: keys of both lay in a file `a`."""
    one, other = Danze(tmp_path / "a?b.db"), Danze(tmp_path / "a?c#d.db")
    for each in (one, other):
        each.emit(*city(), registered(1, personal={"name": "周小华"}))
        assert each("show", "petition:P-1").code == 0
    assert not (tmp_path / "a").exists()
    for name in ("a?b.db", "a?c#d.db"):
        assert {Path(f"{tmp_path}/{name}{what}").stat().st_size > 0 for what in ("", ".views", ".keys")} == {True}
    assert one("doctor", "--json").code == 0


def test_a_url_is_checked_before_keys_are_made(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened for writing"):
        open_vault(str(tmp_path / "missing" / "log.db"))
    assert list(tmp_path.iterdir()) == []
