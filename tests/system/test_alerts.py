"""Each alert speaks in its case and is silent while all is well, as Prometheus itself reckons."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

OPS = Path(__file__).parents[2] / "ops"
RULES = {
    rule["alert"]: rule
    for group in yaml.safe_load((OPS / "alerts.yml").read_text())["groups"]
    for rule in group["rules"]
}
pytestmark = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="no promtool (Debian: apt-get install prometheus)"
)
NOW = "0+60x180"
"""A time that goes on as time does: a sample a minute, from the beginning of 1970."""
WELL = {
    **{f'up{{job="danze-workers", instance="{name}"}}': "1x180" for name in ("intake", "relay", "clock")},
    'up{job="danze-project", instance="p1"}': "1x180", 'up{job="danze-api", instance="api"}': "1x180",
    'danze_alive_timestamp_seconds{worker="intake"}': NOW, 'danze_alive_timestamp_seconds{worker="project"}': NOW,
    'danze_batch_failures_total{worker="project"}': "0x180", 'danze_batch_records_total{worker="project"}': "0+900x180",
    'danze_behind_records{worker="project"}': "40x180", 'danze_dead_letters{worker="project"}': "0x180",
    'danze_relay_active{instance="r1"}': "1x180", 'danze_relay_active{instance="r2"}': "0x180",
    "danze_relay_lag_seconds": "0x90 2x90", "danze_relay_lag_events": "0 7 0 4000x177",
    'danze_relay_records_total{topic="petition.events"}': "0+900x180",
    'danze_relay_errors_total{at="kafka"}': "0x180",
    "danze_views_behind_seconds": "0 1 3 0x177", "danze_clock_active": "1x180", "danze_clock_timestamp_seconds": NOW,
    "danze_unsealed_seconds": "0 60 0x178", "danze_webhooks_paused": "0x180", "danze_webhooks_failing": "0 1x5 0x174",
    'danze_failures_total{what="clock", instance="api"}': "0x60 1x120",
    'danze_actions_total{outcome="recorded"}': "0+95x180", 'danze_actions_total{outcome="rejected"}': "0+5x180",
    'danze_http_request_seconds_bucket{route="/", le="1.0"}': "0+100x180",
    'danze_http_request_seconds_bucket{route="/", le="2.5"}': "0+100x180",
    'danze_http_request_seconds_bucket{route="/", le="+Inf"}': "0+100x180",
    'danze_http_requests_total{status="200"}': "0+100x180", 'danze_http_requests_total{status="503"}': "0x180",
}  # fmt: skip
INTAKE, PROJECT = (f'danze_alive_timestamp_seconds{{worker="{name}"}}' for name in ("intake", "project"))
ILL = [
    ("DanzeDown", {'up{job="danze-api", instance="api"}': "0x180"}, "api does not answer"),
    ("DanzeStuck", {PROJECT: "0x180"}, "project has not reached store and Kafka for 45m 0s"),
    ("DanzeBatchesFail", {'danze_batch_failures_total{worker="project"}': "0+30x180"},
     "project tries the same again and again"),
    ("DanzeRelayStuck", {'danze_relay_records_total{topic="petition.events"}': "900x180"}, "the log is not published"),
    ("DanzeRelayStuck",  # it begins anew every three minutes, and what it saw wait with it
     {"danze_relay_lag_seconds": "0 60 120 " * 60, 'danze_relay_records_total{topic="petition.events"}': "0x180"},
     "the log is not published"),
    ("DanzeRelayBehind", {"danze_relay_lag_seconds": NOW}, "what is not published has waited 45m 0s here"),
    ("DanzeRelayStuck", {'danze_relay_errors_total{at="kafka"}': "0+30x180"}, "the log is not published"),
    ("DanzeNoRelay", {'danze_relay_active{instance="r1"}': "0x180"}, "no relay is at work"),
    ("DanzeNoRelay", {'danze_relay_active{instance="r1"}': None, 'danze_relay_active{instance="r2"}': None},
     "no relay is at work"),
    ("DanzeNoWorker", {INTAKE: None}, "there is no intake"),
    ("DanzeNoWorker", {each: None for each in WELL if "project" in each}, "there is no project"),
    ("DanzeBehind", {'danze_behind_records{worker="project"}': "60000x180"}, "project is 60000 records behind"),
    ("DanzeBehind", {'danze_batch_records_total{worker="project"}': "900x180"}, "project is 40 records behind"),
    ("DanzeViewsBehind", {"danze_views_behind_seconds": NOW}, "what answers lack has waited 45m 0s here"),
    ("DanzeDeadLetters", {'danze_dead_letters{worker="project"}': "0x20 3x160"}, "3 records could not be read"),
    ("DanzeClockStands", {"danze_clock_timestamp_seconds": "0x180"}, "what nobody does in time is not recorded"),
    ("DanzeClockStands", {"danze_clock_active": "0x180"}, "what nobody does in time is not recorded"),
    ("DanzeClockStands", {"danze_clock_active": None, "danze_clock_timestamp_seconds": None},
     "what nobody does in time is not recorded"),
    ("DanzeUnsealed", {"danze_unsealed_seconds": NOW}, "what is under no checkpoint has waited 45m 0s here"),
    ("DanzeManyRefused", {'danze_actions_total{outcome="rejected"}': "0+23.75x180"},
     "20% of the actions are refused"),
    ("DanzeAnswersSlow", {'danze_http_request_seconds_bucket{route="/", le="1.0"}': "0+90x180"},
     "a hundredth of the answers of / takes more than a second"),
    ("DanzeAnswersFail", {'danze_http_requests_total{status="503"}': "0+30x180"}, "HTTP answers with 500 or 503"),
    ("DanzeSubscriberPaused", {"danze_webhooks_paused": "0x20 2x160"}, "2 subscribers get no more news"),
    ("DanzeFails", {'danze_failures_total{what="clock", instance="api"}': "0+1x180"},
     "clock of api fails again and again"),
    ("DanzeLettersInVain", {"danze_webhooks_failing": "0x5 1x175"}, "letters to 1 subscribers are in vain"),
]  # fmt: skip
"""An alert, what is other than well, and what is said of it after three quarters of an hour."""
LABELS = {
    "DanzeFails": {"what": "clock", "instance": "api"},
    "DanzeDown": {"job": "danze-api", "instance": "api"}, "DanzeNoRelay": {}, "DanzeAnswersSlow": {"route": "/"},
    **{name: {"worker": "project"} for name in ("DanzeStuck", "DanzeBatchesFail", "DanzeBehind", "DanzeDeadLetters")},
}  # fmt: skip


def case(series, minutes, said):
    """What Prometheus shall say of alerts after so many minutes: of each a sentence with its labels, or nothing."""
    expected = {
        alert: [{
            "exp_labels": {**RULES[alert]["labels"], **told[1]},
            "exp_annotations": {"summary": told[0], "runbook": RULES[alert]["annotations"]["runbook"]},
        }] if told else []
        for alert, told in said.items()
    }  # fmt: skip
    return {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items() if values],
        "alert_rule_test": [
            {"eval_time": f"{each}m", "alertname": alert, "exp_alerts": alerts}
            for each in minutes for alert, alerts in expected.items()
        ],
    }  # fmt: skip


def reckoned(folder, *cases):
    """All in one run, for Prometheus takes a second or two to begin; what it says names alert and time."""
    story = {"rule_files": [str(OPS / "alerts.yml")], "tests": cases}
    (folder / "story.yml").write_text(yaml.safe_dump(story), encoding="utf-8")
    done = subprocess.run(
        ["promtool", "test", "rules", folder / "story.yml"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_reads_the_rules_and_the_configuration():
    for what in (("rules", OPS / "alerts.yml"), ("config", "--syntax-only", OPS / "prometheus.yml")):
        done = subprocess.run(["promtool", "check", *map(str, what)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_each_alert_has_its_case():
    assert {alert for alert, _, _ in ILL} == set(RULES)


def test_while_all_is_well_every_alert_is_silent(tmp_path):
    reckoned(tmp_path, case(WELL, range(5, 180, 5), dict.fromkeys(RULES)))


def test_a_few_on_a_quiet_night_are_no_rate(tmp_path):
    few = dict.fromkeys((name for name in WELL if name.startswith(("danze_actions", "danze_http_request_s"))), None) | {
        'danze_actions_total{outcome="rejected"}': "0x60 3x30 6x90",
        'danze_http_request_seconds_bucket{route="/v1/what-if", le="1.0"}': "0x180",
        'danze_http_request_seconds_bucket{route="/v1/what-if", le="2.5"}': "0+0.2x180",
        'danze_http_request_seconds_bucket{route="/v1/what-if", le="+Inf"}': "0+0.2x180",
    }  # fmt: skip
    silent = {"DanzeManyRefused": None, "DanzeAnswersSlow": None}
    reckoned(tmp_path, case({**WELL, **few}, range(5, 180, 5), silent))


def test_a_log_that_is_published_anew_at_full_speed_pages_nobody(tmp_path):
    anew = {
        "danze_relay_lag_events": "0 3600000-20000x179", "danze_relay_lag_seconds": "0+60x180",
        'danze_relay_records_total{topic="petition.events"}': "0+20000x180",
    }  # fmt: skip
    reckoned(tmp_path, case({**WELL, **anew}, range(5, 180, 5), {"DanzeRelayStuck": None}))


def test_an_alert_speaks_in_its_case(tmp_path):
    def labels(alert, said):
        return LABELS.get(alert, {}) if alert != "DanzeNoWorker" else {"worker": said.rpartition(" ")[2]}

    reckoned(tmp_path, *(case({**WELL, **changed}, [45], {alert: (said, labels(alert, said))})
                         for alert, changed, said in ILL))  # fmt: skip
