"""What lies in a topic, read by an ordinary consumer."""

from collections import defaultdict

from kafka import KafkaConsumer, TopicPartition

from infra.kafka.partition import partition_of


def records(kafka_url, topic, partitions=12):
    """Everything in the topic, partition by partition, in offset order."""
    consumer = KafkaConsumer(bootstrap_servers=kafka_url, fetch_max_wait_ms=50)
    places = [TopicPartition(topic, n) for n in range(partitions)]
    consumer.assign(places)
    consumer.seek_to_beginning()
    ends = consumer.end_offsets(places)
    found = defaultdict(list)
    while any(consumer.position(place) < ends[place] for place in places):
        for place, batch in consumer.poll(200).items():
            found[place.partition] += batch
    consumer.close()
    return found


def positions(batch):
    return [int(dict(record.headers)["position"]) for record in batch]


def assert_nothing_is_missing(found, subjects):
    """In every partition each record comes after all smaller positions of it; `subjects` of positions 1, 2, 3, …"""
    for partition in range(12):
        wanted = [p for p, subject in enumerate(subjects, 1) if partition_of(subject, 12) == partition]
        firsts = list(dict.fromkeys(positions(found[partition])))
        assert firsts == wanted
