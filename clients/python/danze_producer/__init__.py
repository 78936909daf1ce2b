"""Send what happened to danze: checked before it is sent, on disk until Kafka has it, in order per subject."""

from danze_producer.problems import NotSent, ProducerProblem, Refused, SpoolFull, SpoolUnusable
from danze_producer.producer import Producer

__all__ = ["NotSent", "Producer", "ProducerProblem", "Refused", "SpoolFull", "SpoolUnusable"]
