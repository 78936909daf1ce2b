"""`docs/metrics.md`: what Prometheus is told, from the meters themselves."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Metric

from api.telemetry import Telemetry
from cli.reference.markdown import code, page, table
from infra.relay import Meter
from infra.watching import ClockWatch, FailWatch, PostWatch, SealerWatch, SealWatch, ViewsWatch, Watch

ABOUT = """\
In the text form of Prometheus. The names of counters end in `_total`; a histogram has `_bucket`, `_sum` and `_count`.
"""


def metrics_page() -> str:
    """The whole page: by where it is asked, every metric that is danze's own."""
    parts = [line for where, registry in _meters() for line in (f"## {where}", "", *_rows(registry))]
    return page("Metrics 指标", ABOUT, *parts)


def _meters() -> Iterator[tuple[str, CollectorRegistry]]:
    http, clock = CollectorRegistry(), CollectorRegistry()
    PostWatch(http, list)
    SealWatch(http, float)
    FailWatch(http)
    ViewsWatch(http, float)
    yield "`danze run`, `danze api`: at `/metrics` and `/v1/metrics`", Telemetry(http).registry
    yield "`danze intake`, `danze project`: with `--metrics`", Watch("intake").registry
    yield "`danze relay`: with `--metrics`", Meter().registry
    yield "`danze seal --follow`: with `--metrics`", SealerWatch().registry
    ClockWatch(clock)
    yield "`danze clock`: with `--metrics`; `danze run` as well", clock


def _rows(registry: CollectorRegistry) -> list[str]:
    found = sorted((each for each in registry.collect() if each.name.startswith("danze")), key=lambda each: each.name)
    return table(
        ("metric", "type", "labels", "meaning"),
        ((code(_name(each)), each.type, _labels(registry, each), each.documentation) for each in found),
    )


def _name(metric: Metric) -> str:
    return f"{metric.name}_total" if metric.type == "counter" else metric.name


def _labels(registry: CollectorRegistry, metric: Metric) -> str:
    collector = vars(registry)["_names_to_collectors"][
        metric.name
    ]  # a family without children tells its labels nowhere else
    return ", ".join(map(code, vars(collector)["_labelnames"]))
