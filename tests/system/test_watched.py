"""What an operator sees of the distributed engine: one petition's way through metrics, traces and logs."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from urllib.request import urlopen

import pytest
import yaml
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from infra.kafka.publisher import Publisher
from infra.kafka.settings import KafkaSettings
from tests import servers
from tests.patience import until
from tests.system.command import Danze, city, ndjson, registered
from tests.system.engine import Engine

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]
SENDER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
WRITTEN = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
TOLD = {
    "intake": ['danze_actions_total{outcome="recorded"} 2.0', 'danze_actions_total{outcome="rejected"} 1.0'],
    "relay": [
        "danze_relay_position 5.0",
        "danze_relay_active 1.0",
        "danze_relay_lag_events 0.0",
        "danze_relay_lag_seconds 0.0",
    ],
    "project": [
        f'danze_{what}{{worker="project"}} {number}'
        for what, number in (("batch_records_total", 5.0), ("behind_records", 0.0), ("dead_letters", 0.0))
    ],
    "clock": ["danze_clock_active 1.0"],
    "seal": ['danze_alive_timestamp_seconds{worker="seal"} 1', 'danze_failures_total{what="kafka"} 0.0'],
    "api": [
        "danze_views_position 5.0",
        "danze_views_behind 0.0",
        "danze_unsealed_seconds",
        "danze_views_behind_seconds 0.0",
    ],
}
"""What must stand in the metrics of each in the end."""
WORKERS = ("intake", "relay", "project", "clock", "seal")


class Collector:
    """Takes spans as an OpenTelemetry collector does."""

    def __init__(self):
        self.spans = spans = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                told = ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["content-length"])))
                spans.extend(span for each in told.resource_spans for one in each.scope_spans for span in one.spans)
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def named(self, end):
        return [span for span in self.spans if span.name.endswith(end)]


@pytest.fixture(scope="module")
def watched(postgres_url, kafka_url, tmp_path_factory):
    """City, a registration that a span sent, one that says its span itself, and one that is refused: once around."""
    from tests.conftest import postgres_store_url, topics

    folder, collector = tmp_path_factory.mktemp("watched"), Collector()
    stores, prefixes = postgres_store_url.__wrapped__(postgres_url), topics.__wrapped__(kafka_url)
    store, named = next(stores), next(prefixes)
    danze = Danze(
        store, DANZE_LOG="json", OTEL_EXPORTER_OTLP_ENDPOINT=collector.url, OTEL_BSP_SCHEDULE_DELAY="100",
        XDG_DATA_HOME=str(folder / "share"),
    )  # fmt: skip
    danze.emit(*city())
    ports = {name: servers.free_port() for name in (*WORKERS, "api")}
    with Engine(danze, kafka_url, named, folder) as engine:
        for name in WORKERS[:3]:
            engine.start(name, "--metrics", str(ports[name]))
        engine.start_other("clock", "-m", "cli", "clock", "--metrics", str(ports["clock"]))
        engine.start("seal", "--follow", "--metrics", str(ports["seal"]))
        engine.start_other("api", "-m", "cli", "api", "--port", str(ports["api"]))
        sent = [
            (registered(1), [("traceparent", SENDER.encode())]),
            ({**registered(2), "traceparent": WRITTEN, "correlationid": "case-2"}, []),
            (registered(3, personal={"name": "李大山"}, colour="red"), []),
        ]
        with Publisher(KafkaSettings((kafka_url,))) as publisher:
            publisher.send((named.actions, a["subject"].encode(), ndjson([a]).strip(), h) for a, h in sent)
        engine.recorded(5)
        engine.read()
        scrapes = {name: scraped(name, port, engine) for name, port in ports.items()}
        for name in (*WORKERS, "api"):
            engine.stop(name)
        said = {name: engine.said(name) for name in (*WORKERS, "api")}
        said["seal"] = said["seal"].partition("\n")[0]  # below it the newest checkpoint, which is its answer
    yield SimpleNamespace(danze=danze, scrapes=scrapes, said=said, collector=collector, topics=named)
    for each in (stores, prefixes):
        next(each, None)


def scraped(name, port, engine):
    """What a worker tells once all was taken."""

    def told():
        try:
            with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
                return answer.read().decode()
        except OSError:
            return ""

    until(lambda: all(line in told() for line in TOLD[name]), lambda: f"{told()}\n{engine.all_said()}")
    return told()


def lines(said):
    return [json.loads(line) for line in said.splitlines()]


# traces


def test_a_span_is_a_batch_and_links_to_who_sent_its_records(watched):
    intake = [link for span in watched.collector.named("petition.actions process") for link in span.links]
    assert {link.span_id.hex() for link in intake} == {SENDER[36:52], WRITTEN[36:52]}
    relay = watched.collector.named("petition.events publish")
    assert {link.span_id.hex() for span in relay for link in span.links} == {WRITTEN[36:52]}
    project = watched.collector.named("petition.events process")
    assert {link.span_id for span in project for link in span.links} == {span.span_id for span in relay}
    counted = {each.key: each.value.int_value for span in relay for each in span.attributes}
    assert counted["messaging.batch.message_count"] >= 1


# logs


def test_every_line_of_a_worker_is_json_and_says_no_more_than_names(watched):
    for name, said in watched.said.items():
        assert all({"time", "level", "logger", "said"} <= set(line) for line in lines(said)), name
    assert "李大山" not in "".join(watched.said.values())
    assert "小区停车收费" not in "".join(watched.said.values())


def test_a_refusal_names_the_action_and_why(watched):
    (refused,) = [line for line in lines(watched.said["intake"]) if line["said"] == "refused an action"]
    told = {name: refused[name] for name in ("code", "path", "action_id", "action_source", "action_subject")}
    assert told == {
        "code": "unknown-field", "path": "$.data.colour", "action_id": "P-3", "action_source": "/test",
        "action_subject": "petition:P-3",
    }  # fmt: skip


def test_an_action_with_a_correlation_id_is_followed_to_the_read_models(watched):
    (taken,) = [line for line in lines(watched.said["intake"]) if line.get("action_correlationid") == "case-2"]
    (written,) = [line for line in lines(watched.said["project"]) if line.get("action_correlationid") == "case-2"]
    assert (taken["said"], taken["outcome"]) == ("took an action", "recorded")
    assert (written["said"], written["position"]) == ("wrote an event into the read models", taken["position"])
    assert watched.said["intake"].count("took an action") == 1


# metrics


NAMED = re.compile(r"\b(?:danze|process)_[a-z_]+[a-z]")
OPS = Path(__file__).parents[2] / "ops"


def asked_for(file):
    """The metrics that the expressions of a file name."""
    told = (OPS / file).read_text(encoding="utf-8")
    if file.endswith(".json"):
        told = "\n".join(target["expr"] for panel in json.loads(told)["panels"] for target in panel["targets"])
    else:
        told = "\n".join(rule["expr"] for group in yaml.safe_load(told)["groups"] for rule in group["rules"])
    return set(NAMED.findall(told))


@pytest.mark.parametrize("file", ["alerts.yml", "grafana.json"])
def test_every_metric_of_dashboard_and_alerts_is_told_by_a_worker(watched, file):
    told = "\n".join(watched.scrapes.values())
    names = {line.split()[2] for line in told.splitlines() if line.startswith("# TYPE")}
    names |= {f"{name}_bucket" for name in names}
    assert len(asked_for(file)) > 10
    assert asked_for(file) - names == set()


def test_each_alert_leads_to_a_runbook():
    headings = re.findall(r"^## (.*)$", (OPS.parent / "docs/runbooks.md").read_text(encoding="utf-8"), re.MULTILINE)
    anchors = {heading.lower().replace(" ", "-") for heading in headings}
    rules = [rule for group in yaml.safe_load((OPS / "alerts.yml").read_text())["groups"] for rule in group["rules"]]
    assert {rule["annotations"]["runbook"].partition("#")[2] for rule in rules} <= anchors
    assert all(rule["annotations"]["runbook"].startswith("docs/runbooks.md#") for rule in rules)


def test_each_worker_tells_what_it_took_and_what_waits(watched):
    assert set(watched.scrapes) == set(TOLD), "each was waited for"
    assert all("process_resident_memory_bytes" in each for each in watched.scrapes.values())
