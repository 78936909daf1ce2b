"""Tokens of an OpenID Connect issuer: a real one on loopback, whose keys are fetched, kept, and change."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from infra.doors.oidc import AGAIN, FRESH, STALE, Issuer, Keys, issuer_of, reader
from infra.log.port import StoreError
from tests.patience import PATIENCE, until
from tests.samples import *

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC = ec.generate_private_key(ec.SECP256R1())
NEXT = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def published(key: Any, kid: str) -> dict[str, Any]:
    algorithm = RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else ECAlgorithm
    return {**algorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig"}


class Authority:
    """An issuer that publishes keys, counts who asks, and can fall silent."""

    def __init__(self) -> None:
        self.keys = [published(RSA, "one"), published(EC, "two")]
        self.asked, self.silent = 0, False
        self.stuck: threading.Event | None = None
        self.nonsense: bytes | None = None
        authority = self

        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if authority.silent:
                    self.send_error(503)
                    return
                if self.path.endswith("/openid-configuration"):
                    told: Any = {"issuer": authority.url, "jwks_uri": f"{authority.url}/keys"}
                else:
                    authority.asked += 1
                    if authority.stuck is not None:
                        authority.stuck.wait(PATIENCE)
                    told = {"keys": authority.keys}
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps(told).encode() if authority.nonsense is None else authority.nonsense)

            def log_message(self, *_: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(autouse=True)
def an_issuer_on_a_busy_machine_is_waited_for(monkeypatch) -> None:
    monkeypatch.setattr("infra.doors.oidc.PATIENCE", PATIENCE)


@pytest.fixture
def authority() -> Iterator[Authority]:
    made = Authority()
    yield made
    made.server.shutdown()
    made.server.server_close()


class Asked:
    """Reads tokens of the authority, on a clock that the test moves."""

    def __init__(self, authority: Authority) -> None:
        self.now = 0.0
        self.issuer = Issuer(authority.url, "danze-hengyang")
        self.keys = Keys(self.issuer, lambda: self.now)

    def __call__(self, token: str) -> Any:
        return reader(token, self.issuer, self.keys)


@pytest.fixture
def asked(authority) -> Asked:
    return Asked(authority)


def token(authority: Authority, key: Any = RSA, kid: str | None = "one", alg: str = "RS256", **changed: Any) -> str:
    claims = {
        "iss": authority.url, "aud": "danze-hengyang", "sub": "7f3a", "iat": int(time()), "exp": int(time()) + 600,
        "danze_role": "clerk", "danze_unit": HOUSING, "danze_official": clerk(HOUSING), **changed,
    }  # fmt: skip
    said = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(said, key, algorithm=alg, headers={"kid": kid} if kid else None)


def test_its_claims_become_a_role(authority, asked):
    ends = int(time()) + 600
    who, until = asked(token(authority, exp=ends))
    assert (who.role, who.units, who.official, who.name) == ("clerk", (HOUSING,), clerk(HOUSING), "sub:7f3a")
    assert until == ends
    assert asked(token(authority, EC, "two", "ES256"))[0] == who


def test_its_keys_are_fetched_once(authority, asked):
    for _ in range(3):
        asked(token(authority))
    assert authority.asked == 1
    asked.now = FRESH + 1
    assert asked(token(authority))[0].role == "clerk"
    until(lambda: authority.asked == 2)


def test_a_new_key_is_found_and_the_old_one_counts_no_more(authority, asked):
    old = token(authority)
    assert asked(old)[0].role == "clerk"
    authority.keys = [published(NEXT, "three")]
    asked.now = AGAIN + 1
    assert asked(token(authority, NEXT, "three"))[0].role == "clerk"
    assert "does not publish" in asked(old)


def test_tokens_that_name_no_key_do_not_make_us_ask_again_and_again(authority, asked):
    for number in range(20):
        assert "does not publish" in asked(token(authority, NEXT, f"made-up-{number}"))
    assert authority.asked == 1


def test_names_that_are_made_up_have_the_keys_asked_for_more_and_more_seldom(authority, asked):
    asked(token(authority))
    for moment in range(0, 600, 10):
        asked.now = float(moment)
        assert "does not publish" in asked(token(authority, NEXT, f"made-up-{moment}"))
    assert authority.asked <= 6  # with the first; at 40, 110, 240, 490 s
    authority.keys = [published(NEXT, "three")]
    asked.now += FRESH
    assert asked(token(authority, NEXT, "three"))[0].role == "clerk"


def test_a_name_that_is_made_up_holds_up_nobody_who_has_a_key(authority, asked):
    """While an issuer that does not answer is asked for keys, known ones serve; other unknown names are told so."""
    asked(token(authority))
    asked.now, authority.stuck = AGAIN + 1, threading.Event()
    waiting = threading.Thread(target=asked, args=(token(authority, NEXT, "made-up"),))
    waiting.start()
    until(lambda: authority.asked == 2)
    assert asked(token(authority))[0].role == "clerk"
    assert "does not publish" in asked(token(authority, NEXT, "another"))
    assert waiting.is_alive(), "nobody waited for the issuer"
    authority.stuck.set()
    waiting.join()


NONSENSE = [b"[]", b"7", b"{", b'{"keys": 7}', b'{"keys": ["x"]}', b'{"jwks_uri": 7}', b"\xff\xfe", b""]


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("answered", NONSENSE)
def test_an_issuer_that_answers_nonsense_is_as_one_that_is_silent(authority, asked, answered):
    assert asked(token(authority))[0].role == "clerk"
    authority.nonsense, asked.now = answered, FRESH + 1
    assert "does not publish" in asked(token(authority, NEXT, "three"))
    assert asked(token(authority))[0].role == "clerk"


def test_while_the_issuer_is_silent_its_keys_serve_for_a_day(authority, asked):
    asked(token(authority))
    authority.silent, asked.now = True, STALE - 1
    assert asked(token(authority))[0].role == "clerk"
    asked.now = STALE + 1
    assert "does not publish" in asked(token(authority))


@pytest.mark.parametrize(
    "changed",  # made when tests are collected, which may be long before this one runs
    [{"aud": "another"}, {"iss": "https://elsewhere.example"}, {"exp": int(time()) - 60}, {"exp": None}, {"sub": None},
     {"iat": None}, {"nbf": int(time()) + 86_400}],
    ids=lambda changed: next(iter(changed)),
)  # fmt: skip
def test_a_token_for_others_or_of_another_time_is_not_taken(authority, asked, changed):
    assert asked(token(authority, **changed)).startswith("the token is not taken")


def test_a_token_signed_with_what_everybody_can_read_is_not_taken(authority, asked):
    """A shared secret (HS256), which could be the public key's text; no signature; another key under the right name."""
    public = published(RSA, "one")["n"]
    assert "signed by HS256" in asked(token(authority, public, "one", "HS256"))
    assert "signed by none" in asked(token(authority, None, "one", "none"))
    assert asked(token(authority, NEXT, "one")).startswith("the token is not taken")
    assert asked(token(authority, EC, "one", "ES256")).startswith("the token is not taken")


@pytest.mark.parametrize(
    ("claims", "why"),
    [({"danze_role": "operator"}, "no one role"), ({"danze_role": None}, "no one role"),
     ({"danze_role": ["clerk", "auditor"]}, "no one role"), ({"danze_unit": None}, "is of a unit"),
     ({"danze_unit": "430408-zjj"}, "is no unit"), ({"danze_official": "zhang"}, "is no official")],
)  # fmt: skip
def test_a_token_that_names_no_role_of_ours_is_told_why(authority, asked, claims, why):
    assert why in asked(token(authority, **claims))


@pytest.mark.parametrize(
    "said",
    [{"DANZE_OIDC_ISSUER": "http://sso.example", "DANZE_OIDC_AUDIENCE": "d"}, {"DANZE_OIDC_ISSUER": "https://a.example"},
     {"DANZE_OIDC_ISSUER": "https://a.example", "DANZE_OIDC_AUDIENCE": "d", "DANZE_OIDC_JWKS": "file:///etc/passwd"},
     {"DANZE_OIDC_ISSUER": "https://[x", "DANZE_OIDC_AUDIENCE": "d"},
     {"DANZE_OIDC_ISSUER": "https://a.example:port", "DANZE_OIDC_AUDIENCE": "d"}],
)  # fmt: skip
def test_an_issuer_without_https_or_audience_is_none(said):
    with pytest.raises(StoreError):
        issuer_of(said)


def test_claims_may_have_other_names():
    said = {"DANZE_OIDC_ISSUER": "https://a.example", "DANZE_OIDC_AUDIENCE": "d", "DANZE_OIDC_ROLE_CLAIM": "roles"}
    assert issuer_of(said) == Issuer("https://a.example", "d", role="roles")
    assert issuer_of({}) is None
