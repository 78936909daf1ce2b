"""A small state machine of an item, written from the contract and not from the product."""

WAITING = {"registered", "routed"}
ANSWERED = {"answered", "closed", "determined"}
REVIEW = {"under_review", "under_rereview"}
ANY = WAITING | ANSWERED | REVIEW | {"accepted", "refused", "channelled"}

STEPS = {
    "referred": (WAITING, "routed"),
    "assigned": (WAITING, "routed"),
    "assignment_objected": ({"routed"}, None),
    "assignment_upheld": ({"routed"}, None),
    "assignment_withdrawn": ({"routed"}, "registered"),
    "accepted": (WAITING, "accepted"),
    "not_accepted": (WAITING, "refused"),
    "no_longer_accepted": (WAITING, "refused"),
    "channelled": (WAITING, "channelled"),
    "withdrawn": (WAITING | {"accepted"}, "withdrawn"),
    "handler_changed": ({"accepted"}, None),
    "worked": ({"accepted"}, None),
    "mediated": ({"accepted"}, None),
    "extended": ({"accepted"}, None),
    "hearing_opened": ({"accepted"} | REVIEW, None),
    "hearing_closed": ({"accepted"} | REVIEW, None),
    "answered": (WAITING | {"accepted"}, "answered"),
    "opinion_delivered": ({"answered"}, None),
    "review_requested": ({"answered"}, "under_review"),
    "review_answered": ({"under_review"}, "answered"),
    "rereview_requested": ({"answered"}, "under_rereview"),
    "rereview_answered": ({"under_rereview"}, "answered"),
    "executed": ({"answered"}, None),
    "execution_refused": ({"answered"}, None),
    "rated": ({"answered"}, None),
    "closed": ({"answered"}, "closed"),
    "reopened": ({"closed"}, "routed"),
    "return_visited": ({"closed"}, None),
    "resolved": ({"closed"}, None),
    "desisted": ({"closed"}, None),
    "determined": (ANSWERED, "determined"),
}
BESIDE = {
    "repeat_judged", "notified", "raised_above", "supervised", "supervision_answered", "supervision_closed",
    "sponsored", "sponsor_duty_done", "sponsorship_ended", "cause_found", "cause_contested", "cause_revised",
    "incident_reported", "secrecy_breached",
}  # fmt: skip
"""Steps that others take beside the handling; none of them on an item that was withdrawn."""


class Walk:
    """Follows every item through its steps and keeps a sentence for each that cannot be."""

    def __init__(self) -> None:
        self.states: dict[str, str] = {}
        self.supervised: dict[str, int] = {}
        self.wrong: list[str] = []

    def step(self, action: dict) -> None:
        subject, name = action["subject"], action["type"].split(".")[1]
        state = self.states.get(subject)
        if name == "registered":
            self._check(state is None, f"{subject} is registered twice")
            self.states[subject] = "registered"
            return
        if name in BESIDE:
            self._check(state in ANY, f"{action['id']}: {name} while {state}")
            self._beside(subject, name, action["id"])
            return
        before, after = STEPS[name]
        self._check(state in before, f"{action['id']}: {name} while {state}")
        if name in {"review_answered", "rereview_answered"}:
            after = "accepted" if action["data"]["outcome"] == "revoked" else "answered"
        if after is not None:
            self.states[subject] = after

    def _beside(self, subject: str, name: str, id: str) -> None:
        if name == "supervised":
            self.supervised[subject] = self.supervised.get(subject, 0) + 1
        elif name.startswith("supervision"):
            self._check(self.supervised.get(subject, 0) > 0, f"{id}: {name} without supervision")
            self.supervised[subject] -= name == "supervision_closed"

    def _check(self, holds: bool, sentence: str) -> None:
        if not holds:
            self.wrong.append(sentence)
