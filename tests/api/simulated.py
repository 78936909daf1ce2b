"""A simulated city in a real store, on a real server: `python -m tests.api.simulated STORE PORT`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import orjson
from litestar.testing import TestClient

from api.app import create_app
from api.serve import serve
from cli.running import Door
from cli.taking import take
from cli.waiting import stopped
from cli.wiring import System, now, opened
from infra.city.simulation import simulate
from infra.doors.access import Accesses, accesses_of
from infra.doors.doors import doors_of
from infra.log.urls import parse
from infra.questions import Answers
from infra.seals.keys import key_of, signer
from infra.seals.notes import LOG
from infra.seals.sealer import Sealer
from tests.api.live import announce

DAYS = 200


def fill(url: str, start: date = date(2020, 7, 1)) -> None:
    """Two counties' work of so many days, sealed."""
    actions = simulate(7, days=DAYS, scale=0.05, start=start, counties=2)
    with opened(url) as system:
        counts = take(system, map(orjson.dumps, actions), history=True, title="simulate")
        assert counts["rejected"] == 0, counts
        Sealer(system.log, system.seals, signer(key_of(parse(url)), LOG)).seal(now())


def application(system: System, accesses: Accesses):
    """HTTP and the dashboard on the store, with doors that are open to this machine."""
    doors = doors_of(parse(system.url), accesses, here=True, required=False)
    return create_app(system.answers, Door(system.intake(), system.answers), version="test", doors=doors)


@contextmanager
def asked(system: System) -> Iterator[TestClient]:
    """A client of it that is at the machine itself."""
    with accesses_of(parse(system.url), now) as accesses:
        app = application(system, accesses)
        with TestClient(app, base_url="http://127.0.0.1") as client:
            yield client


def pages(ask: Answers) -> dict[str, str]:
    """Pages of this city that are about something in it, and what each says."""
    finding = ask.findings(axis="A", limit=1)["findings"][0]
    leader = next(each for each in ask.leaders()["leaders"] if each["official"] and each["level"] == "county")
    unit = leader["unit"].removeprefix("unit:")
    item = finding["subject"].removeprefix("petition:")
    repeat = next(each["no"] for each in ask.search(limit=500)["petitions"] if each["repeat_number"])
    return {
        "/": "各县市区", "/petitions": "共 ", f"/petitions/{item}": "谁引发，谁担责", f"/matters/{repeat}": repeat,
        f"/petitions/{repeat}/candidates": "筛重", "/due": "按单位和承办人", "/supervision": "办理逾期",
        "/supervision?state=closed": "已办结", "/sponsorship": "包矛盾化解", "/findings?state=proposed": "待认定",
        f"/findings/{finding['id']}": "依据事件", "/units": "共 ", f"/units/{unit}": "下属单位",
        f"/units/{unit}/duties": "缺口", "/officials": leader["name"],
        f"/officials/{leader['official']}": "信访发生占比",
        "/ledgers": "矛盾纠纷台账", "/ledgers/dispute?state=open": "到期日", "/ledgers/unit": "步骤",
        f"/ledgers/reception?unit={unit}": "下访", "/counters": "登记", "/kpis": "口径版本",
        "/kpis/on_time_answer?side=numerator": "-2020-", f"/events/{finding['evidence'][0]}": "账本位置",
        "/three-none": "化解结果", f"/three-none?unit={unit}&level=village": "到省以上集体访",
        "/evaluations?period=2020H2": "挂牌整治", f"/evaluations/2020H2/{unit}": "逐项测算", "/rules": "问责规则",
        "/rules?on=2021-01-01": "60日", "/audit": "与封存一致", "/audit?event=9": "证明含", "/about": "信访人",
        "/public": "查询码",
    }  # fmt: skip


if __name__ == "__main__":
    with opened(sys.argv[1]) as system, accesses_of(parse(system.url), now) as accesses:
        serve(application(system, accesses), "127.0.0.1", int(sys.argv[2]), stop=stopped(), ready=announce)
