"""Traces cost nothing where nobody asks for them, and hold what an action says of the span that it came from."""

import os
import subprocess
import sys

from infra.tracing import LINKS, OFF, first, told_in

SPAN = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_without_an_endpoint_nothing_is_imported_and_no_record_is_looked_at():
    def looked():
        raise AssertionError("somebody looked")

    with OFF.span("petition.actions process", looked) as own:
        assert own == b""
    code = "import sys, infra.tracing as t; t.traces_of('intake', {}); print('opentelemetry' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "False"


def test_where_the_sdk_is_disabled_there_are_no_traces_though_an_endpoint_is_named():
    asked = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_SDK_DISABLED": "True"}
    code = "import os, infra.tracing as t; t.traces_of('intake', os.environ).span('s', list).__enter__(); print('on')"
    call, environment = [sys.executable, "-c", code], {**os.environ, **asked}
    run = subprocess.run(call, env=environment, text=True, capture_output=True, check=False)
    assert (run.stdout, run.stderr) == ("on\n", "")


def test_the_span_of_an_action_is_found_in_its_bytes_and_not_in_what_somebody_wrote():
    assert told_in(b'{"id":"1","traceparent":"%s","type":"x"}' % SPAN) == SPAN
    assert told_in(b'{"title":"\\"traceparent\\":\\"%s\\""}' % SPAN) == b""
    assert told_in(b'{"traceparent":null}') == b""


def test_no_more_different_spans_are_looked_for_than_a_span_has_links():
    sent = (b"%d" % (number // 2) for number in range(10_000))
    assert len(first(sent, LINKS)) == LINKS
    assert next(sent) == b"%d" % (LINKS - 1), "the second of the last pair was not looked at"
