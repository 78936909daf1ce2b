"""The shapes of requests and answers, as OpenAPI tells them; the read models may put more keys beside these."""

from typing import Any, NotRequired, TypedDict


class FieldError(TypedDict):
    """One field at fault."""

    path: str
    message: str


class ProblemDocument(TypedDict):
    """RFC 9457."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    instance: str
    errors: NotRequired[list[FieldError]]


class Rejection(TypedDict):
    """Why an action was not taken; it is kept whole and can be sent again."""

    code: str
    message: str
    path: str | None


class Taken(TypedDict):
    """What became of one action: recorded, duplicate (with the first position) or rejected."""

    outcome: str
    position: NotRequired[int]
    rejection: NotRequired[Rejection]


class TakenAll(TypedDict):
    """What became of each action, in the order sent."""

    results: list[Taken]
    recorded: int
    duplicate: int
    rejected: int


class Told(TypedDict):
    """What every answer says: by when it was known, when it was the case (both as recorded last, where nothing else was
    asked), the log position it has seen, and how many events it has not.
    """

    as_of: str
    at: str
    position: int
    behind: int


class PetitionRow(TypedDict):
    """One item in a list."""

    no: str
    title: str
    state: str
    unit: str | None
    unit_name: str | None
    registered_on: str
    channel: str
    purpose: str
    category: str
    place: str
    persons: int
    repeat_number: int
    collective: bool
    due_on: str | None
    late: bool


class PetitionList(Told):
    """Items that match; ask again with cursor = next for more."""

    total: int
    petitions: list[PetitionRow]
    next: str | None


class Deadline(TypedDict):
    """One clock of an item; a breach exists after due_on."""

    clock: str
    starts_on: str
    strict_on: str
    due_on: str
    met_on: str | None
    missed: bool
    owed_by: str
    article: str
    calendar: str
    not_counted: list[Any]


class Case(Told):
    """Where one item stands."""

    subject: str
    state: str
    unit: str | None
    handler: str | None
    first_handler: dict[str, str | None] | None
    matter: str
    repeat_number: int
    collective: bool
    skip_level: bool
    deadlines: list[Deadline]


class Event(TypedDict):
    """One event of the log (a CloudEvent and what the log added)."""

    position: int
    id: NotRequired[str]
    source: NotRequired[str]
    type: str
    time: str
    recorded: str
    actor: str
    unit: str | None
    data: dict[str, Any]
    decided: NotRequired[dict[str, Any]]


class Timeline(Told):
    """All events of an item, each with a sentence."""

    subject: str
    events: list[Event]


class Responsible(TypedDict):
    """Who answers; a vacant role has no official."""

    official: str | None
    role: str
    responsibility: str


class Finding(TypedDict):
    """A rule that tripped. The software proposes; a named human decides."""

    id: str
    rule: str
    subject: str
    unit: str
    axis: str | None
    ground: str | None
    since: str
    state: str
    late_by_days: NotRequired[int]
    answers: list[Responsible]
    evidence: list[int]
    explained: dict[str, Any]


class Step(TypedDict):
    """What a human did with a finding."""

    position: int
    type: str
    on: str
    actor: str
    unit: NotRequired[str]
    official: NotRequired[str]
    responsibility: NotRequired[str]
    measure: NotRequired[str]
    outcome: NotRequired[str]
    reason: NotRequired[str]


class FindingWhole(Told):
    """A finding on one page: the rule, the evidence, the officials of that day, what humans did, what was before."""

    id: str
    rule: str
    subject: str
    unit: str
    axis: str | None
    ground: str | None
    since: str
    until: NotRequired[str]
    state: str
    appealed: bool
    cleared_at: NotRequired[int]
    late_by_days: NotRequired[int]
    answers: list[Responsible]
    evidence: list[int]
    explained: dict[str, Any]
    text: dict[str, str]
    law: list[dict[str, str]]
    events: list[dict[str, Any]]
    officials: dict[str, Any]
    steps: list[Step]
    decisions: list[Step]
    history: list[dict[str, Any]]


class FindingList(Told):
    """Findings that match; ask again with cursor = next for more."""

    findings: list[Finding]
    total: int
    next: str | None


class Dossier(Told):
    """Who caused it, who answers for it, in whose hands it was, and the proof."""

    caused_by: list[dict[str, Any]]
    answers: list[Finding]
    custody: list[dict[str, Any]]
    verified: dict[str, Any]


class Matter(Told):
    """The first item and all its repeats."""

    first: str
    items: list[str]
    repeats: int
    first_time_resolved: bool | None
    collective: int
    skip_level: int
    raised: list[dict[str, Any]]


class Explained(Told):
    """Sentences in Chinese and English."""

    id: str
    zh: list[str]
    en: list[str]


class Part(TypedDict):
    """A part of the denominator that appraisals ask for."""

    count: int
    items: list[str]


class Rate(TypedDict):
    """One rate; null where the denominator is 0."""

    numerator: int
    denominator: int
    rate: float | None


class Kpi(Rate):
    """One rate with the items behind it."""

    numerator_items: list[str]
    denominator_items: list[str]
    parts: NotRequired[dict[str, Part]]


class Average(TypedDict):
    """Days over items, exactly; mean is null over none."""

    numerator: int
    denominator: int
    mean: float | None


class Pace(TypedDict):
    """How long something took since registration."""

    items: list[str]
    calendar: Average
    working: Average


class Kpis(Told):
    """The rates of a unit with its subordinates over a period, its averages, and what no fact tells."""

    formula_version: str
    kpis: dict[str, Kpi]
    averages: dict[str, Pace]
    not_computed: list[dict[str, str]]


class Counters(Told):
    """Counts by one dimension."""

    by: str
    rows: list[dict[str, Any]]


class Units(Told):
    """Units that stand at the time asked about."""

    units: list[dict[str, Any]]


class Scoreboard(Told):
    """How one unit does."""

    unit: str
    name: str
    officials: list[dict[str, Any]]
    duties: dict[str, int]
    supervision: dict[str, int]
    sponsorship: dict[str, int]
    disputes: dict[str, int]
    open: int
    late: int
    kpi_period: dict[str, str | None]
    """Of these rates; /v1/kpis of the same names the items behind them."""
    kpis: dict[str, Rate]


class Overview(Told):
    """The city on one page."""

    totals: dict[str, int]
    months: list[dict[str, Any]]
    counties: list[dict[str, Any]]
    due: list[dict[str, Any]]
    kpi_period: dict[str, str | None]
    kpis: dict[str, Rate]


class LogPage(Told):
    """Events in log order; go on after `next`."""

    events: list[Event]
    next: int | None


class Checkpoint(TypedDict):
    """Size and Merkle root of the log (base64), as a note signed with the log's key (C2SP tlog-checkpoint)."""

    origin: str
    size: int
    root: str
    note: str
    keys: list[str]


class Proof(TypedDict):
    """One event's stored bytes and hashes in base64, the nearest hash first (RFC 6962), and the signed checkpoint."""

    form: str
    position: int
    type: str
    event: str
    proof: list[str]
    checkpoint: str
    keys: str


class Health(TypedDict):
    """Positions of the log and of the read models."""

    ok: bool
    position: int
    views_position: int
    behind: int
