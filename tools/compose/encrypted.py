"""The compose check over TLS: an authority for a day, and servers that it knows and that take nothing in clear."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

FILES = os.pathsep.join(("docker-compose.yml", "tools/compose/tls.yml"))
HBA = "local all all trust\nhostssl all all all scram-sha-256\n"
"""The database's own machine, to make itself; others with TLS and a password."""
KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc", "-days", "2")


def made(folder: Path) -> None:
    """Certificates, keys and passwords in the folder of secrets, and this process's environment as theirs who come."""
    password = secrets.token_urlsafe(24)
    (folder / "kafka_password").write_text(password)
    (folder / "pg_hba").write_text(HBA)
    _signed(folder / "ca", "danze compose-check", "basicConstraints=critical,CA:TRUE")
    for name in ("postgres", "kafka"):
        certificate = folder / f"{name}_certificate"
        ours = ("-CA", str(folder / "ca"), "-CAkey", str(folder / "ca_key"))
        _signed(certificate, name, f"subjectAltName=DNS:{name},IP:127.0.0.1", *ours)
    pem = (folder / "kafka_certificate_key", folder / "kafka_certificate")
    (folder / "kafka_pem").write_bytes(b"".join(each.read_bytes() for each in pem))
    (folder / "postgres_certificate_key").rename(folder / "postgres_key")
    os.environ |= {
        "COMPOSE_FILE": FILES, "DANZE_CHECK_PASSWORD": password, "DANZE_KAFKA_SECURITY": "sasl_ssl",
        "DANZE_KAFKA_MECHANISM": "PLAIN", "DANZE_KAFKA_USER": "danze", "DANZE_KAFKA_CA": str(folder / "ca"),
        "DANZE_KAFKA_PASSWORD_FILE": str(folder / "kafka_password"),
    }  # fmt: skip


def _signed(certificate: Path, name: str, said: str, *by: str) -> None:
    """A certificate, and its key beside it."""
    out = ("-out", str(certificate), "-keyout", f"{certificate}_key", "-subj", f"/CN={name}", "-addext", said)
    done = subprocess.run(["openssl", "req", "-x509", *KEY, *out, *by], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"compose-check: openssl makes no certificate for {name}: {done.stderr.strip()[-300:]}")


def in_clear(compose: list[str], danze: str) -> None:
    """Both servers refuse who comes without TLS."""
    clear = {name: value for name, value in os.environ.items() if not name.startswith("DANZE_KAFKA_")}
    kafka = f"127.0.0.1:{os.environ['DANZE_KAFKA_PORT']}"
    store = "postgresql://danze@postgres/danze?sslmode=disable"
    for call, environment, word in (
        ([danze, "topics", "--kafka", kafka], clear, "not as Kafka"),
        ([*compose, "exec", "-T", "api", "danze", "verify", "--store", store], dict(os.environ), "no encryption"),
    ):
        done = subprocess.run(call, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 2 or word not in done.stderr:
            sys.exit(f"compose-check: in clear: {' '.join(call)}: {done.returncode} {done.stdout}{done.stderr}")
        print(f"in clear: {done.stderr.strip()}", flush=True)
