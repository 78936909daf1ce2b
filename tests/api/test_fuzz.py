"""A short round of what `make schemathesis` does: no server error, and no answer beside the OpenAPI document."""

import pytest

from tests.api.fuzz import answered, filled, fuzzed, served


@pytest.mark.slow
def test_whatever_is_asked_the_answer_is_as_the_document_says(store_url, tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    filled(store_url)
    with served(store_url) as url:
        good = fuzzed(url, 100, 1, str(tmp_path))
        statuses = answered(url)
    assert good, capfd.readouterr().out
    assert not [status for status in statuses if status[0] == "5"]
