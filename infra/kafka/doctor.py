"""Are broker, topics and relay in order, and if not, what is to be done?"""

from infra.doctor import UNSOUND, Check, check
from infra.kafka.same_log import another_log, gone
from infra.kafka.settings import KafkaProblem, KafkaSettings
from infra.kafka.topics import Topics
from infra.log.port import Log
from infra.relay import RELAYED

BEHIND = 10_000
"""Events a relay may lag without it being worth a look."""


def examine_kafka(log: Log, settings: KafkaSettings, prefix: str) -> list[Check]:
    """Checks of one cluster and of the relay between it and the log."""
    topics = Topics(prefix)
    try:
        differences, partitions = topics.check(settings), topics.partitions(settings)
        other = another_log(log, settings, topics)
        lost = gone(log, settings, topics) if topics.actions in partitions else []
    except KafkaProblem as problem:
        return [check("broken", "kafka", str(problem), "docs/runbooks.md#kafka-does-not-answer"), _relay(log)]
    missing = [each for each in differences if each.endswith(" is missing")]
    told = ", ".join(f"{name.removeprefix(prefix)} {count}" for name, count in sorted(partitions.items()))
    checks = [check("fine", "kafka", f"{settings.place} answers")]
    if missing:
        checks.append(check("broken", "topics", "; ".join(missing), "danze topics"))
    elif differences:
        checks.append(
            check(
                "look",
                "topics",
                "; ".join(differences),
                "kafka-configs.sh --alter, as danze topics says",
            )
        )
    else:
        checks.append(check("fine", "topics", f"partitions: {told}"))
    if other is not None:
        checks.append(check("broken", "published", other, "docs/runbooks.md#a-restore-beside-a-living-broker"))
    if lost:
        checks.append(
            check("look", "intake", "; ".join(map(str, lost)), "docs/runbooks.md#a-restore-beside-a-living-broker")
        )
    return [*checks, _relay(log)]


def _relay(log: Log) -> Check:
    relayed, head = log.mark(RELAYED), log.head().position
    if relayed > head:
        return check(
            "broken",
            "relay",
            f"at {relayed:,}, ahead of the log",
            UNSOUND,
        )
    behind = head - relayed
    level = "look" if behind > BEHIND else "fine"
    return check(level, "relay", f"{behind:,} events behind", "danze relay" if behind else "")
