"""Where Kafka is and how one gets in; a password is never shown."""

import ssl

import pytest

from infra.kafka.settings import KafkaProblem, KafkaSettings


def test_servers_alone_are_enough():
    settings = KafkaSettings.parse("a:9092, b:19092,c,[::1]:9093", {})
    assert settings == KafkaSettings(("a:9092", "b:19092", "c:9092", "[::1]:9093"))
    assert settings.client() == {
        "bootstrap_servers": ["a:9092", "b:19092", "c:9092", "[::1]:9093"],
        "security_protocol": "PLAINTEXT",
    }
    assert settings.faust("batched") == {
        "broker": ["batched://a:9092", "batched://b:19092", "batched://c:9092", "batched://[::1]:9093"]
    }


def test_a_password_comes_from_a_file_and_is_never_shown(tmp_path):
    file = tmp_path / "password"
    file.write_text("correct horse\n")
    environ = {
        "DANZE_KAFKA_SECURITY": "SASL_SSL",
        "DANZE_KAFKA_MECHANISM": "scram-sha-512",
        "DANZE_KAFKA_USER": "danze",
        "DANZE_KAFKA_PASSWORD_FILE": str(file),
        "DANZE_KAFKA_PASSWORD": "not this one",
    }
    settings = KafkaSettings.parse("a:9092", environ)
    given = settings.client()
    assert isinstance(given.pop("ssl_context"), ssl.SSLContext)
    assert given == {
        "bootstrap_servers": ["a:9092"],
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "danze",
        "sasl_plain_password": "correct horse",
    }
    credentials = settings.faust()["broker_credentials"]
    assert (credentials.username, credentials.password, credentials.mechanism.value, credentials.protocol.value) == (
        "danze",
        "correct horse",
        "SCRAM-SHA-512",
        "SASL_SSL",
    )
    assert "horse" not in f"{settings} {settings!r}"


@pytest.mark.parametrize(
    ("servers", "environ", "sentence"),
    [
        ("", {}, "--kafka '' is no HOST:PORT"),
        ("a:b", {}, "--kafka 'a:b' is no HOST:PORT"),
        ("a:9092,,b", {}, "--kafka '' is no HOST:PORT"),
        ("kafka://a:9092", {}, "--kafka 'kafka://a:9092' is no HOST:PORT"),
        ("a:²", {}, "--kafka 'a:²' is no HOST:PORT"),
        ("a:70000", {}, "--kafka 'a:70000' is no HOST:PORT"),
        ("a", {"SECURITY": "tls"}, "DANZE_KAFKA_SECURITY: 'tls' is none of plaintext, ssl, sasl_plaintext, sasl_ssl"),
        (
            "a",
            {"MECHANISM": "GSSAPI"},
            "DANZE_KAFKA_MECHANISM: 'GSSAPI' is none of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512",
        ),
        (
            "a",
            {"SECURITY": "sasl_ssl", "USER": "danze"},
            "DANZE_KAFKA_SECURITY=sasl_ssl needs DANZE_KAFKA_USER and DANZE_KAFKA_PASSWORD_FILE",
        ),
        ("a", {"CA": "/nowhere"}, "DANZE_KAFKA_CA: there is no file /nowhere"),
    ],
)
def test_a_wrong_setting_is_named(servers, environ, sentence):
    with pytest.raises(KafkaProblem) as caught:
        KafkaSettings.parse(servers, {f"DANZE_KAFKA_{name}": value for name, value in environ.items()})
    assert str(caught.value) == sentence


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(KafkaProblem, match=r"DANZE_KAFKA_PASSWORD_FILE: .*nothing cannot be read"):
        KafkaSettings.parse("a", {"DANZE_KAFKA_PASSWORD_FILE": str(tmp_path / "nothing")})
    empty = tmp_path / "ca.pem"
    empty.write_text("no certificate")
    with pytest.raises(KafkaProblem, match=r"DANZE_KAFKA_CA: .* holds no certificates"):
        KafkaSettings.parse("a", {"DANZE_KAFKA_SECURITY": "ssl", "DANZE_KAFKA_CA": str(empty)}).client()
