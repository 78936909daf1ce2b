"""Schemathesis asks a real server everything that its OpenAPI document allows, and much that it does not.

    python -m tests.api.fuzz [--requests 20000] [--store URL] [--seed 1] [--workers 2]

The store (an SQLite file of its own unless one is named) holds a simulated quarter of a county. It goes on under other
seeds until as many requests were answered. Exit 0: no server error, and no answer that the document does not describe.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import orjson

from cli.wiring import System
from infra.city.simulation import simulate

BIN, ROOT = Path(sys.executable).parent, Path(__file__).parents[2]
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,unsupported_method,allow_header_conformance,negative_data_rejection"
)
ANSWERED = re.compile(r"^danze_http_requests_total\{.*status=\"(\d+)\"\} ([\d.]+)$", re.MULTILINE)


def filled(store: str) -> None:
    """A store with a quarter of a county in it."""
    with closing(System(store)) as system:
        if system.log.head().position == 0:
            actions = [orjson.dumps(each) for each in simulate(1, days=90, scale=0.1, counties=1)]
            system.intake(history=True).take(actions)
            system.projector.catch_up()


@contextmanager
def served(store: str) -> Iterator[str]:
    command = [BIN / "danze", "api", "--store", store, "--port", "0"]
    environment = {**os.environ, "DANZE_HTTP_RATE": "0"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().split()[1].rstrip("/")
        finally:
            server.terminate()


def answered(url: str) -> dict[str, int]:
    """How many requests were answered with each status."""
    with urllib.request.urlopen(f"{url}/metrics") as answer:
        found = ANSWERED.findall(answer.read().decode())
    told: dict[str, int] = {}
    for status, number in found:
        told[status] = told.get(status, 0) + int(float(number))
    return told


def fuzzed(url: str, requests: int, seed: int, folder: str, workers: int = 1) -> bool:
    """Whether every round came through without a failure."""
    good, examples = True, max(3, min(200, requests // 60))
    hooked = {**os.environ, "SCHEMATHESIS_HOOKS": "tests.api.fuzz_hooks", "PYTHONPATH": str(ROOT)}
    while sum(answered(url).values()) < requests and good:
        command = [
            BIN / "st", "run", f"{url}/openapi.json", "--checks", CHECKS, "--max-examples", str(examples), "--seed",
            str(seed), "--phases", "examples,coverage,fuzzing", "--continue-on-failure", "--warnings", "off",
            "--workers", str(workers), "--suppress-health-check", "all", "--generation-database", "none", "--no-color",
            "--request-timeout", "60",  # a rule set is judged over the whole record; the machine may be busy
            "--exclude-path", "/v1/stream",  # it ends with the client; tests/questions/test_stream.py listens to it
        ]  # fmt: skip
        good, seed = subprocess.run(command, cwd=folder, env=hooked, check=False).returncode == 0, seed + 1
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--store")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = args.store or f"sqlite:///{folder}/danze.db"
        filled(store)
        with served(store) as url:
            good = fuzzed(url, args.requests, args.seed, folder, args.workers)
            told = answered(url)
    errors = sum(number for status, number in told.items() if status[0] == "5")
    sys.stdout.write(
        f"{sum(told.values()):,} requests to {store.partition(':')[0]}: {dict(sorted(told.items()))}\n"
        f"{errors} server errors, {'no answer' if good else 'answers'} beside the document\n"
    )
    return 0 if good and not errors else 1


if __name__ == "__main__":
    sys.exit(main())
