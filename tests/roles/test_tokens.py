"""Tokens made here: what they say, when they count, where their key lies; and how a browser carries one."""

import logging
import stat
from datetime import timedelta

import jwt
import pytest
from litestar.testing import TestClient

from api.app import create_app
from cli.wiring import now
from infra.doors.doors import Doors
from infra.doors.tokens import Tokens
from infra.log.port import StoreError
from tests.roles.conftest import ASKERS, Heard
from tests.samples import *
from tests.system.command import Danze


@pytest.fixture
def tokens(tmp_path):
    return Tokens(tmp_path / "tokens")


def issued(tokens, **said):
    return tokens.issue("clerk", [HOUSING], said.get("official"), days=said.get("days", 30), now=now())


def test_a_token_says_who_holds_it(tokens):
    token, line = issued(tokens, official=clerk(HOUSING))
    reader = tokens.reader(token, now())
    assert (reader.role, reader.units, reader.official) == ("clerk", (HOUSING,), clerk(HOUSING))
    assert reader.name == f"token:{line.id}"


def test_the_key_is_made_with_the_first_token_for_its_owner_alone(tokens, tmp_path):
    assert tokens.reader("a.b.c", now()) == "no token was issued here"
    token, _ = issued(tokens)
    key = tmp_path / "tokens/key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert token not in (tmp_path / "tokens/register.jsonl").read_text()
    key.chmod(0o640)
    with pytest.raises(StoreError, match="readable by others"):
        tokens.reader(token, now())


def test_a_token_that_expired_was_revoked_or_is_not_in_the_register_counts_no_more(tokens, tmp_path):
    token, line = issued(tokens, days=1)
    assert tokens.reader(token, now() + timedelta(days=1)) == "the token has expired"
    assert tokens.revoke(line.id, now())
    assert not tokens.revoke("nobody", now())
    assert tokens.reader(token, now()) == "the token was revoked"
    (tmp_path / "tokens/register.jsonl").write_text("")
    assert tokens.reader(token, now()) == "the token is not in the register"


def test_a_line_of_the_register_that_is_being_written_counts_once_it_is_there_and_one_cut_off_never(tokens, tmp_path):
    """Who asked meanwhile was told that the register cannot be read, whoever he was."""
    register, (token, _) = tmp_path / "tokens/register.jsonl", issued(tokens)
    whole = register.read_bytes()
    register.write_bytes(whole[:-9])
    assert tokens.reader(token, now()) == "the token is not in the register"
    register.write_bytes(whole + whole[:-9])
    another, _ = issued(tokens)
    assert [tokens.reader(each, now()).role for each in (token, another)] == ["clerk", "clerk"]
    assert register.read_bytes().startswith(whole)
    assert len(register.read_bytes().splitlines()) == 2


@pytest.mark.parametrize("change", [{"aud": "other"}, {"iss": "other"}, {"exp": None}, {"jti": None}])
def test_a_token_with_other_claims_is_not_taken(tokens, tmp_path, change):
    token, _ = issued(tokens)
    key = (tmp_path / "tokens/key").read_bytes()
    claims = jwt.decode(token, options={"verify_signature": False}) | change
    forged = jwt.encode({name: value for name, value in claims.items() if value is not None}, key, algorithm="HS256")
    assert str(tokens.reader(forged, now())).startswith("the token is not taken")


@pytest.mark.parametrize("algorithm", ["none", "HS512"])
def test_a_token_signed_otherwise_is_not_taken(tokens, algorithm):
    token, _ = issued(tokens)
    claims = jwt.decode(token, options={"verify_signature": False})
    forged = jwt.encode(claims, None if algorithm == "none" else "k" * 64, algorithm=algorithm)
    assert str(tokens.reader(forged, now())).startswith("the token is not taken")


def test_who_was_recognised_is_turned_away_as_soon_as_his_token_is_revoked(tokens):
    doors = Doors(tokens, None, Heard(), open=False)
    token, line = issued(tokens)
    assert doors.known(token) is None
    assert doors.reader(token) == doors.known(token) == line.reader
    tokens.revoke(line.id, now())
    assert doors.known(token) is None
    assert doors.reader(token) == "the token was revoked"


# a new key for the old one


def test_two_keys_count_at_a_time_and_the_third_ends_the_first(tokens, tmp_path):
    first, line = issued(tokens)
    assert tokens.rotate(now()) == (1, 0)
    second, _ = issued(tokens)
    assert tokens.reader(first, now()) == line.reader
    assert tokens.reader(first, now() + timedelta(days=30)) == "the token has expired"
    with pytest.raises(StoreError, match=r"1 tokens of the former key count until .*--drop revokes them"):
        tokens.rotate(now())
    assert tokens.rotate(now(), drop=True) == (1, 1)
    assert str(tokens.reader(first, now())).startswith("the token is not taken")
    assert tokens.standing(line.id, now()) == "the token was revoked"
    assert not isinstance(tokens.reader(second, now()), str)
    keys = [tmp_path / "tokens" / name for name in ("key", "key.former")]
    assert [stat.S_IMODE(each.stat().st_mode) for each in keys] == [0o600, 0o600]


def test_a_token_of_the_former_key_is_revoked_like_any_other_also_where_it_is_remembered(tokens):
    doors = Doors(tokens, None, Heard(), open=False)
    token, line = issued(tokens)
    tokens.rotate(now())
    assert doors.reader(token) == doors.known(token) == line.reader
    tokens.revoke(line.id, now())
    assert doors.known(token) is None
    assert doors.reader(token) == "the token was revoked"


def test_tokens_of_a_register_from_before_keys_had_names_count_through_one_rotation(tokens, tmp_path):
    token, line = issued(tokens)
    register = tmp_path / "tokens/register.jsonl"
    register.write_bytes(register.read_bytes().replace(f',"key":"{line.key}"'.encode(), b""))
    assert tokens.register()[line.id].key == ""
    assert tokens.rotate(now()) == (1, 0)
    assert not isinstance(tokens.reader(token, now()), str)
    assert tokens.rotate(now(), drop=True) == (0, 1)
    assert tokens.standing(line.id, now()) == "the token was revoked"


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda key: key.write_bytes(b""), "is damaged: 0 bytes"),
        (lambda key: key.chmod(0o640), "is readable by others"),
    ],
)
def test_a_former_key_that_is_no_good_takes_no_other_token_along_and_is_said_once(tokens, tmp_path, caplog, spoil, why):
    former, _ = issued(tokens)
    tokens.rotate(now())
    present, line = issued(tokens)
    spoil(tmp_path / "tokens/key.former")
    with caplog.at_level(logging.WARNING):
        assert tokens.reader(present, now()) == line.reader
        for each in (former, "a.b.c"):
            assert str(tokens.reader(each, now())).startswith("the token is not taken: ")
    (record,) = caplog.records
    assert (record.name, why in record.message) == ("danze.tokens", True)
    with pytest.raises(StoreError, match=f"key.former {why}"):
        tokens.rotate(now(), drop=True)


def test_the_command_line_rotates(tmp_path):
    danze = Danze(tmp_path / "danze.db")
    danze("token", "issue", "--role", "clerk", "--unit", HOUSING, "--days", "7")
    assert danze("token", "rotate", "--json").json == {"former": 1, "revoked": 0}
    danze("token", "rotate").refused("1 tokens of the former key count until")
    assert (
        "0 tokens of the former count on; 1 of the key before it were revoked" in danze("token", "rotate", "--drop").out
    )


# how a browser carries one


def test_a_browser_gets_a_session_that_no_script_reads_and_no_other_site_sends(city):
    token = city.token(*[each for each in ASKERS["accused"] if each])
    came = city.http.get("/petitions", headers={"accept": "text/html"}, follow_redirects=False)
    assert (came.status_code, came.headers["location"]) == (303, "/login?next=%2Fpetitions")
    sent = {"token": token, "next": "/petitions"}
    signed_in = city.http.post("/login", data=sent, follow_redirects=False)
    assert (signed_in.status_code, signed_in.headers["location"]) == (303, "/petitions")
    cookie = signed_in.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert city.http.get("/petitions").status_code == 200
    assert city.http.get("/petitions/90").status_code == 404
    for path in ("/petitions", "/petitions/90"):  # a page that cannot be shown can be left by another reader, too
        assert 'action="/logout"' in city.http.get(path, headers={"accept": "text/html"}).text
    city.http.post("/logout", follow_redirects=False)
    city.http.cookies.clear()
    assert city.http.get("/petitions").status_code == 401


@pytest.mark.parametrize("to", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere", "javascript:x"])
def test_signing_in_leads_nowhere_else(city, to):
    token = city.token("auditor")
    answer = city.http.post("/login", data={"token": token, "next": to}, follow_redirects=False)
    city.http.cookies.clear()
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize(
    "sent", [{"origin": "https://elsewhere.example"}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}]
)
def test_what_another_site_sends_with_a_session_is_not_taken(city, sent):
    city.http.cookies.set("danze", city.token("clerk", HOUSING))
    answer = city.http.post("/v1/actions", json=[], headers=sent)
    city.http.cookies.clear()
    assert (answer.status_code, answer.json()["code"]) == (403, "cross-site")


@pytest.mark.parametrize(
    ("header", "code"), [("Basic eDp5", "bad-token"), ("Bearer", "bad-token"), ("Bearer a.b.c", "bad-token")]
)
def test_a_header_that_holds_no_token_is_refused_whatever_the_session_says(city, header, code):
    city.http.cookies.set("danze", city.token("auditor"))
    answer = city.http.get("/v1/petitions", headers={"authorization": header})
    city.http.cookies.clear()
    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert answer.headers["www-authenticate"].startswith("Bearer")


# the open door


@pytest.fixture
def open_door(city, tmp_path):
    doors = Doors(Tokens(tmp_path / "tokens"), None, Heard(), open=True)
    with TestClient(create_app(city.system.answers, None, version="t", doors=doors)) as client:
        yield client


@pytest.mark.parametrize("host", ["127.0.0.1:8430", "localhost:8430", "[::1]:8430"])
def test_who_sits_at_the_machine_needs_no_token(open_door, host):
    assert open_door.get("/v1/petitions/90", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "sent", [{"host": "danze.elsewhere.example"}, {"host": "127.0.0.1", "x-forwarded-for": "10.0.0.7"},
             {"host": "localhost", "forwarded": "for=10.0.0.7"}, {"host": "localhost", "x-forwarded-server": "proxy"},
             {"host": "localhost", "x-real-ip": "10.0.0.7"}, {"host": "127.0.0.1", "via": "1.1 proxy"}],
)  # fmt: skip
def test_a_name_from_outside_or_a_proxy_is_not_this_machine(open_door, sent):
    """A page of another site may give itself a name that resolves to 127.0.0.1; a proxy brings everybody."""
    assert open_door.get("/v1/petitions", headers=sent).status_code == 401


def test_a_token_counts_at_an_open_door_too(open_door, tmp_path):
    token, _ = Tokens(tmp_path / "tokens").issue("clerk", [HOUSING], None, days=1, now=now())
    by = {"authorization": f"Bearer {token}", "host": "127.0.0.1"}
    assert open_door.get("/v1/petitions/90", headers=by).status_code == 404


def test_the_command_line_makes_lists_and_revokes_tokens(tmp_path):
    danze = Danze(tmp_path / "danze.db")
    made = danze("token", "issue", "--role", "clerk", "--unit", HOUSING, "--days", "7", "--json").json
    assert jwt.decode(made["token"], options={"verify_signature": False})["jti"] == made["id"]
    (line,) = danze("token", "list", "--json").json["tokens"]
    assert (line["role"], line["units"], line["revoked"]) == ("clerk", [HOUSING], None)
    assert "token" not in line
    danze("token", "revoke", made["id"])
    assert danze("token", "list", "--json").json["tokens"][0]["revoked"]
    danze("token", "issue", "--role", "clerk").refused("the role clerk is of a unit")
    danze("token", "revoke", "nobody").refused("no token nobody was issued here")
