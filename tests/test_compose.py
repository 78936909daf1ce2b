"""docker-compose.yml and Dockerfile fit the code, and keep their promises; `make compose-check` runs them."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from cli.verbs import app
from infra.kafka.jars import version
from infra.kafka.settings import KafkaProblem, KafkaSettings
from infra.log.urls import PostgresUrl, parse
from tests.test_architecture import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "danze"}
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
VERBS = get_command(app).commands  # type: ignore[attr-defined]
KNOWN = re.findall(r"DANZE_\w+", "".join(p.read_text() for d in ("cli", "infra") for p in (ROOT / d).rglob("*.py")))

each_service = pytest.mark.parametrize("name", SERVICES)
each_of_ours = pytest.mark.parametrize("name", OURS)


def test_every_role_is_there_and_two_fold():
    assert set(OURS) == {"topics", "intake", "relay", "project", "clock", "seal", "api"}
    assert SERVICES["project"]["scale"] == 2


@each_of_ours
def test_each_command_is_a_verb_with_its_options(name):
    verb, *options = OURS[name]["command"]
    context = VERBS[verb].make_context(verb, list(options))
    assert context.params
    assert set(OURS[name]["environment"]) <= {*KNOWN, "XDG_DATA_HOME"}


@each_of_ours
def test_workers_get_their_store_and_a_pulse_that_the_health_check_feels(name):
    if name == "topics":
        return
    place = parse(OURS[name]["environment"]["DANZE_STORE"])
    assert isinstance(place, PostgresUrl)
    assert (place.host, place.user, place.password) == (
        "postgres",
        SERVICES["postgres"]["environment"]["POSTGRES_USER"],
        "",
    )
    takes_a_pulse = any(each.name == "pulse" for each in VERBS[OURS[name]["command"][0]].params)
    assert takes_a_pulse == (OURS[name]["environment"]["DANZE_PULSE"] in shlex.join(OURS[name]["healthcheck"]["test"]))


@each_service
def test_each_service_is_watched_limited_and_started_again(name):
    service = SERVICES[name]
    assert service["healthcheck"].get("test") or name == "topics", "topics ends, and is awaited by the others"
    assert service["mem_limit"]
    assert service["cpus"]
    assert service["pids_limit"]
    assert service["restart"] == ("on-failure" if name == "topics" else "unless-stopped")


@each_service
def test_no_service_is_root_or_can_become_it(name):
    service = SERVICES[name]
    assert service["user"] not in ("", "root", "0")
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service.get("read_only") or name == "kafka"
    assert "privileged" not in service


@each_service
def test_ports_are_open_on_this_machine_only(name):
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))
    assert "network_mode" not in SERVICES[name]


@each_service
def test_secrets_lie_in_files_and_nothing_secret_in_the_environment(name):
    told = SERVICES[name].get("environment", {})
    assert [key for key in told if re.search("PASSWORD|KEY|SECRET", key) and not key.endswith("_FILE")] == []
    files = {path for key, path in told.items() if key.endswith("_FILE")}
    given = {f"/run/secrets/{secret}" for secret in SERVICES[name].get("secrets", [])}
    assert given <= files
    assert set(SERVICES[name].get("secrets", [])) <= set(COMPOSE["secrets"])


def test_only_who_seals_or_opens_personal_fields_has_the_master_key():
    assert {name for name in SERVICES if "master_key" in SERVICES[name].get("secrets", [])} == {
        "intake",
        "clock",
        "api",
    }


def test_data_lies_in_named_volumes():
    used = {volume.partition(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert used == set(COMPOSE["volumes"]) == {"postgres", "kafka", "tokens", "seals", "sealkey"}


def test_what_is_kept_beside_a_store_on_a_server_lies_in_the_volume():
    api = OURS["api"]
    assert f"tokens:{api['environment']['XDG_DATA_HOME']}" in api["volumes"]


def test_the_log_is_sealed_where_its_answers_are_given_and_no_other_container_has_the_key():
    mounts = {name: [volume.split(":") for volume in service.get("volumes", [])] for name, service in OURS.items()}
    told = OURS["seal"]["environment"]
    assert told["DANZE_SEALS"] == OURS["api"]["environment"]["DANZE_SEALS"]
    assert ["seals", str(Path(told["DANZE_SEALS"]).parent)] in mounts["seal"]
    assert ["seals", str(Path(told["DANZE_SEALS"]).parent), "ro"] in mounts["api"]
    assert ["sealkey", str(Path(told["DANZE_SEAL_KEY_FILE"]).parent)] in mounts["seal"]
    assert [name for name, given in mounts.items() if "sealkey" in {volume for volume, *_ in given}] == ["seal"]


@pytest.mark.parametrize("volume", ["tokens", "seals", "sealkey"])
def test_what_a_volume_is_mounted_over_belongs_to_the_user_in_the_image(volume):
    (made,) = re.findall(r"install -d -o danze -m 700 (.*)$", DOCKERFILE, re.MULTILINE)
    mounts = {mount for service in OURS.values() for mount in service.get("volumes", []) if mount.startswith(volume)}
    assert {mount.split(":")[1] for mount in mounts} <= set(made.split())


def test_the_options_of_tls_are_shown_and_are_what_danze_reads():
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    shown = dict(re.findall(r"^    # (DANZE_\w+): (.*)$", text, re.MULTILINE))
    assert {name for name in shown if name.startswith("DANZE_KAFKA_")} <= {*KNOWN}
    assert dict(parse(shown["DANZE_STORE"]).tls) == {"sslmode": "verify-full", "sslrootcert": "/run/secrets/ca"}
    told = {**shown, "DANZE_KAFKA_PASSWORD_FILE": "/dev/null", "DANZE_KAFKA_CA": "", "DANZE_KAFKA_PASSWORD": "x"}
    with pytest.raises(KafkaProblem, match="needs DANZE_KAFKA_USER and DANZE_KAFKA_PASSWORD_FILE"):
        KafkaSettings.parse(shown["DANZE_KAFKA"], told)


def test_the_broker_is_the_one_that_tests_run_on():
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{version()}"


def test_the_image_is_built_of_locked_packages_and_ends_as_a_user():
    assert "--require-hashes -r requirements.lock" in DOCKERFILE
    assert re.findall(r"^USER (\w+)$", DOCKERFILE, re.MULTILINE)[-1] == OURS["api"]["user"]
    assert re.findall(r"^ENTRYPOINT (.*)$", DOCKERFILE, re.MULTILINE) == ['["danze"]']


def test_the_image_holds_the_packages_of_the_distribution_and_no_key():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    let_in = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = set(project["tool"]["importlinter"]["root_packages"])
    assert "*" in ignored
    assert let_in == packages | {"pyproject.toml", "requirements.lock", "README.md", "LICENSE"}
