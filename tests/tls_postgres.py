"""PostgreSQL with TLS, from the machine's own package: the one in the wheel was built without."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import NoServerError, free_port

USER = "postgres"


@contextmanager
def tls_postgres(certificate: Path, key: Path, password: str) -> Iterator[int]:
    """The port of a server on loopback that takes encrypted connections with this password, and no others."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    if not found:
        raise NoServerError("no PostgreSQL built with TLS (Debian: apt-get install postgresql)")
    home = Path(tempfile.mkdtemp(prefix="danze-tls-"))
    try:
        for name, file in (("server.crt", certificate), ("server.key", key), ("password", None)):
            (home / name).write_bytes(file.read_bytes() if file else password.encode())
            (home / name).chmod(0o600)
        as_user = _given_to_its_user(home)
        data, bin_path = home / "data", found[-1].parent
        _run(as_user, bin_path / "initdb", "-D", data, "-U", USER, "-A", "scram-sha-256", f"--pwfile={home}/password")
        (data / "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 scram-sha-256\n")
        port = free_port()
        options = f"-h 127.0.0.1 -p {port} -k {home} -c ssl=on -c fsync=off"
        options += f" -c ssl_cert_file={home}/server.crt -c ssl_key_file={home}/server.key"
        _run(as_user, bin_path / "pg_ctl", "-w", "-D", data, "-o", options, "-l", home / "log", "start")
        try:
            yield port
        finally:
            _run(as_user, bin_path / "pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _given_to_its_user(home: Path) -> list[str]:
    """PostgreSQL will not run as root."""
    if os.geteuid():
        return []
    who = pwd.getpwnam(USER)
    for each in (home, *home.iterdir()):
        os.chown(each, who.pw_uid, who.pw_gid)
    return ["runuser", "-u", USER, "--"]


def _run(*command: object) -> None:
    told = [*command[0], *map(str, command[1:])]
    done = subprocess.run(told, capture_output=True, text=True, check=False, cwd="/")
    if done.returncode:
        raise NoServerError(f"{told[-1]}: {(done.stderr or done.stdout)[-300:]}")
