"""The distributed engine where nothing travels in clear: Kafka with TLS and SCRAM, PostgreSQL with TLS."""

import base64
from contextlib import ExitStack, closing

import pytest
from danze_producer import Producer

from infra.kafka.broker import User
from infra.kafka.client import admin
from infra.kafka.settings import KafkaSettings, Unreachable
from infra.kafka.topics import Topics
from infra.log.open import open_log
from infra.log.port import StoreError
from infra.log.urls import parse
from infra.vault.store import open_key_store
from tests import servers
from tests.certificates import Authority
from tests.patience import PATIENCE, until
from tests.system.command import Danze, city, registered
from tests.system.engine import Engine
from tests.tls_postgres import tls_postgres

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]
PASSWORD = "correct-horse-battery"
MASTER = b"master-master-master-master-32by"
WORKERS = ("intake", "relay", "project")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def broker(authority, tmp_path_factory):
    certificate, key = authority.server("kafka")
    pem = authority.folder / "kafka.pem"
    pem.write_bytes(key.read_bytes() + certificate.read_bytes())
    with servers.own_broker(tmp_path_factory.mktemp("kafka"), sasl=User("danze", PASSWORD), pem=pem) as made:
        yield made


@pytest.fixture(scope="module")
def postgres(authority):
    """HOST:PORT/db of a server that takes encrypted connections only."""
    with ExitStack() as stack:
        try:
            port = stack.enter_context(tls_postgres(*authority.server("postgres"), PASSWORD))
        except servers.NoServerError as why:
            servers.not_to_be_had("POSTGRESQL WITH TLS", why)
        yield f"127.0.0.1:{port}/danze"


def kafka(broker, authority, password=PASSWORD, ca=None):
    said = {"SECURITY": "sasl_ssl", "MECHANISM": "scram-sha-512", "USER": "danze", "PASSWORD": password}
    return {f"DANZE_KAFKA_{name}": value for name, value in (said | {"CA": str(ca or authority.ca)}).items()}


def test_an_action_of_a_producer_reaches_the_read_models_and_nothing_was_in_clear(
    broker, postgres, authority, tmp_path, monkeypatch
):
    (tmp_path / "password").write_text(PASSWORD)
    monkeypatch.setenv("DANZE_MASTER_KEY", base64.b64encode(MASTER).decode())
    store = f"postgresql://postgres@{postgres}?sslmode=verify-full&sslrootcert={authority.ca}"
    monkeypatch.setenv("DANZE_STORE_PASSWORD_FILE", str(tmp_path / "password"))
    danze = Danze(store, **kafka(broker, authority))
    danze("topics", "--kafka", broker.sasl_url)
    danze.emit(*city())
    with Engine(danze, broker.sasl_url, Topics(), tmp_path) as engine:
        for name in WORKERS:
            engine.start(name)
        settings = {"security_protocol": "SASL_SSL", "sasl_mechanism": "SCRAM-SHA-512", "ssl_cafile": str(authority.ca),
                    "sasl_plain_username": "danze", "sasl_plain_password": PASSWORD}  # fmt: skip
        with Producer(broker.sasl_url, "/window", spool=tmp_path / "spool", **settings) as producer:
            one = registered(90)
            producer.emit(one["type"], one["subject"], one["data"], actor=one["actor"], unit=one["unit"])
            producer.flush(PATIENCE)
        with engine.system() as system:
            until(lambda: system.answers.overview()["position"] == 4, engine.all_said)
            assert system.answers.case("P-90")["state"] == "registered"
        for name in WORKERS:
            engine.stop(name)
        said = "".join(map(engine.said, WORKERS))
        assert said, "workers say something"
        secrets = {PASSWORD, MASTER.decode(), MASTER.hex(), base64.b64encode(MASTER).decode()}
        assert {secret for secret in secrets if secret in said} == set()


def test_a_broker_whose_certificate_is_not_trusted_gets_no_password(broker, authority, tmp_path):
    other = KafkaSettings.parse(broker.sasl_url, kafka(broker, authority, ca=Authority(tmp_path).ca))
    with pytest.raises(Unreachable, match="shows a certificate that is not trusted, see DANZE_KAFKA_CA"), admin(other):
        pass


def test_a_wrong_password_is_one_sentence(broker, authority):
    wrong = KafkaSettings.parse(broker.sasl_url, kafka(broker, authority, password="another"))
    with pytest.raises(Unreachable, match="does not let the user danze in with SCRAM-SHA-512"), admin(wrong):
        pass


def test_a_store_is_reached_encrypted_or_not_at_all(postgres, authority, tmp_path):
    def said(options):
        with pytest.raises(StoreError) as refused:
            open_log(f"postgresql://postgres:{PASSWORD}@{postgres}?{options}")
        assert PASSWORD not in str(refused.value)
        return str(refused.value)

    assert "no encryption" in said("sslmode=disable")
    assert "certificate verify failed" in said(f"sslmode=verify-full&sslrootcert={Authority(tmp_path).ca}")
    assert "does not exist" in said(f"sslmode=verify-full&sslrootcert={tmp_path}/none")


def test_a_server_by_another_name_is_another_server(postgres, authority):
    url = f"postgresql://postgres:{PASSWORD}@{postgres.replace('127.0.0.1', 'localhost')}"
    with pytest.raises(StoreError, match="does not match host name"):
        open_log(f"{url}?sslmode=verify-full&sslrootcert={authority.ca}")


def test_keys_are_asked_of_no_server_whose_certificate_is_not_trusted(postgres, authority, tmp_path):
    ca = tmp_path / "ca.pem"
    ca.write_bytes(authority.ca.read_bytes())
    place = parse(f"postgresql://postgres:{PASSWORD}@{postgres}?schema=keys&sslmode=verify-full&sslrootcert={ca}")
    with closing(open_key_store(place)) as keys:
        keys.engine.dispose()
        ca.write_bytes(Authority(tmp_path).ca.read_bytes())
        with pytest.raises(StoreError, match="certificate verify failed"):
            keys.state()
