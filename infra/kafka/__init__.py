"""The Kafka edge: settings, topics, partitions, a publisher, and a broker of one's own on this machine."""
