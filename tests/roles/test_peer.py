"""Whoever comes without a token is the operator only if it is his own process that asks: real connections tell."""

import http.client
import os
import socket
import subprocess
import sys
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from infra.doors.peer import NOBODY, Peers, owner
from tests.api.fuzz import filled, served

ASK = """
import os, socket, sys
host, port, path, user = sys.argv[1:]
try:
    os.setuid(int(user))
except OSError as refused:  # a container may have no such user
    sys.exit(f"no user {user}: {refused}")
with socket.socket() as line:  # nothing is imported from here on, no codec either: it may be unreadable
    line.connect((host, int(port)))
    line.sendall(f"GET {path} HTTP/1.1\\r\\nHost: {host}\\r\\nConnection: close\\r\\n\\r\\n".encode())
    print(line.recv(12).decode().split()[1])
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(folder))
        store = f"sqlite:///{folder}/danze.db"
        filled(store)
        with served(store) as url:
            yield url


def asked(url, user):
    """The status of the answer to that user."""
    where = urlsplit(url)
    command = [sys.executable, "-c", ASK, where.hostname, str(where.port), where.path, str(user)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.stderr.startswith("no user"):
        pytest.skip(done.stderr)
    assert not done.stderr
    return done.stdout.strip()


def test_the_own_user_is_answered(url):
    assert asked(f"{url}/v1/overview", os.getuid()) == "200"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can ask as somebody else")
def test_another_user_is_asked_for_a_token(url):
    assert asked(f"{url}/v1/overview", 65534) == "401"
    assert asked(f"{url}/v1/health", 65534) == "200"


def test_what_speaks_http_1_0_as_proxies_do_is_asked_for_a_token(url):
    where = url.removeprefix("http://")
    for version, status in ((11, 200), (10, 401)):
        with closing(http.client.HTTPConnection(where)) as line:
            line._http_vsn, line._http_vsn_str = version, f"HTTP/{version / 10}"
            line.request("GET", "/v1/overview")
            assert line.getresponse().status == status


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_whose_a_connection_is_is_told_at_either_address_and_one_that_was_left_is_nobodys(host):
    with socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET) as server:
        ours = socket.create_connection((host, server.getsockname()[1]))
        theirs, peer = server.accept()
        with closing(theirs):
            ends = peer[:2], theirs.getsockname()[:2]
            assert owner(*ends) == os.getuid()
            ours.close()
            assert owner(*ends) == NOBODY  # it may have been anybody's


def test_where_the_kernel_is_not_asked_nobody_is_a_stranger(monkeypatch):
    assert owner(("testclient", 50_000), ("testserver", 80)) is None
    assert owner(("127.0.0.1", 9), ("::1", 10)) is None
    monkeypatch.delattr("socket.AF_NETLINK")  # as on another system than Linux
    assert not Peers().stranger(("127.0.0.1", 9), ("127.0.0.1", 10))


def test_an_answer_is_kept_for_a_second(monkeypatch):
    clock, ends = [0.0], (("127.0.0.1", 9), ("127.0.0.1", 10))
    peers = Peers(lambda: clock[0])
    monkeypatch.setattr("infra.doors.peer.owner", lambda *_: os.getuid())
    assert not peers.stranger(*ends)
    monkeypatch.setattr("infra.doors.peer.owner", lambda *_: os.getuid() + 1)
    assert not peers.stranger(*ends)
    clock[0] = 1.5
    assert peers.stranger(*ends)
