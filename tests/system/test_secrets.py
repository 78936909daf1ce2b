"""What is secret stays so: a real server is asked rightly and wrongly, and all that it says is searched for secrets."""

import base64
import json
import signal
import sqlite3
import subprocess
import urllib.error
import urllib.request
from types import SimpleNamespace

import pytest

from tests import servers
from tests.patience import PATIENCE, until
from tests.system.command import DANZE, Danze, city, ndjson, registered

MASTER = base64.b64encode(b"master-master-master-master-32by").decode()
PERSON = {"name": "李大山", "phone": "13873412345", "address": "蒸湘区解放大道7号", "text": "我家门口的停车费涨了三倍"}
PASSWORD = "correct-horse-battery"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """`danze run` that asks for tokens, and all that it has said and answered."""
    folder, port = tmp_path_factory.mktemp("secrets"), servers.free_port()
    danze = Danze(
        folder / "danze.db", DANZE_MASTER_KEY=MASTER, DANZE_LOG="json", DANZE_WEBHOOK_HOSTS="http://127.0.0.1:9"
    )
    danze.emit(*city(), registered(1, personal=PERSON))
    issued = [danze("token", "issue", *role, "--json").json["token"] for role in ROLES]
    secret = danze("webhook", "add", "http://127.0.0.1:9/news", "--json").json["secret"]
    said = folder / "said"
    with said.open("wb") as output:
        process = subprocess.Popen(
            [DANZE, "run", "--require-tokens", "--port", str(port)], env=danze.environment, stdout=output, stderr=output
        )
    world = SimpleNamespace(danze=danze, url=f"http://127.0.0.1:{port}", tokens=issued, folder=folder, process=process,
                            webhook=secret, said=said.read_text, answers=[])  # fmt: skip
    until(lambda: "http://" in said.read_text(), said.read_text)
    yield world
    process.kill()
    process.wait()


ROLES = (("--role", "auditor"), ("--role", "clerk", "--unit", "unit:bureau"))


def asked(server, path, body=None, **headers):
    """Status and text of an answer; every one that is no success is kept to be searched."""
    asking = urllib.request.Request(server.url + path, body, {name.replace("_", "-"): v for name, v in headers.items()})
    try:
        with urllib.request.urlopen(asking) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        server.answers.append(told := error.read().decode())
        return error.code, told


def test_nothing_secret_is_said_whatever_is_asked(server):
    auditor, clerk = server.tokens
    by = {"authorization": f"Bearer {clerk}", "content_type": "application/json"}
    code = json.loads(asked(server, "/v1/petitions/P-1/query-code", b"", **by)[1])["query_code"]
    wrong = "ABCD-EFGH-JKMN"
    changed = auditor[:-4] + "abcd"
    assert asked(server, "/v1/petitions", authorization=f"Bearer {changed}")[0] == 401
    assert asked(server, f"/v1/petitions?as_of={auditor}", authorization=f"Bearer {auditor}")[0] == 400
    assert asked(server, f"/v1/nowhere/{auditor}")[0] in (401, 404)
    assert asked(server, "/v1/public/petitions/P-1", X_Query_Code=code)[0] == 200
    assert asked(server, "/v1/public/petitions/P-1", X_Query_Code=wrong)[0] == 404
    for broken in ({"phone": 13873412345}, {"name": PERSON["name"], "nickname": PERSON["text"]}, PERSON["text"]):
        asked(server, "/v1/actions", ndjson([registered(7, personal=broken)]), **by)
    asked(server, "/v1/actions", ndjson([registered(8, personal=PERSON)])[:-9], **by)
    asked(server, "/v1/webhooks", b'{"url":"http://elsewhere.example/?%s"}' % auditor.encode(), **by)
    broken_views(server)
    assert asked(server, f"/v1/petitions?q={PERSON['phone']}", **by)[0] == 500
    assert asked(server, "/metrics", **by)[0] == 200
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(PATIENCE) == 0
    kept = [
        server.danze(*verb).out for verb in (("doctor", "--json"), ("token", "list"), ("webhook", "list"), ("access",))
    ]
    all_said = "\n".join((server.said(), *server.answers, *kept))
    assert "incident" in all_said
    secrets = {*server.tokens, changed, MASTER, code, wrong, server.webhook, *PERSON.values()}
    assert [(line[:60], each) for line in all_said.splitlines() for each in secrets if each in line] == []


def broken_views(server):
    """The read models lose a table under the server: it breaks, and says so in its log."""
    with sqlite3.connect(server.folder / "danze.db.views") as views:
        names = [name for (name,) in views.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            if name.startswith("cases"):
                views.execute(f"DROP TABLE {name}")


def test_no_file_beside_the_store_holds_a_person_a_token_or_a_key_in_clear(server):
    files = {file: file.read_bytes() for file in server.folder.rglob("*") if file.is_file()}
    secrets = {*server.tokens, MASTER, *PERSON.values()}
    assert [(file.name, each) for file, held in files.items() for each in secrets if each.encode() in held] == []


@pytest.mark.parametrize(
    "url",
    ["postgresql://danze:{}@127.0.0.1:{}/x", "postgresql://danze:{}@127.0.0.1:port/x", "postgresql://{}/x@h:{}/x"],
)
def test_a_password_in_a_url_is_in_no_sentence(url, tmp_path):
    store = url.format(PASSWORD, servers.free_port())
    for verb in (("findings",), ("doctor",), ("verify",), ("token", "list")):
        said = Danze(store, XDG_DATA_HOME=str(tmp_path))(*verb)
        assert said.code in (0, 2)
        assert PASSWORD not in said.out + said.err


@pytest.mark.postgres
def test_a_server_that_refuses_the_password_does_not_have_it_told(postgres_url):
    place = postgres_url.partition("@")[2].partition("?")[0].rpartition("/")[0]
    Danze(f"postgresql://nobody:{PASSWORD}@{place}/danze")("findings").refused("nobody")
    assert PASSWORD not in Danze(f"postgresql://nobody:{PASSWORD}@{place}/danze")("findings").err
