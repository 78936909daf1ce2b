#!/bin/bash
# As the official image: its own wrapper, in Kafka's jar, makes server.properties of KAFKA_* and formats the storage.
set -euo pipefail
export CLASSPATH='/opt/kafka/libs/*'
said=$(java -Xmx256m kafka.docker.KafkaDockerWrapper setup --default-configs-dir /etc/kafka/docker \
    --mounted-configs-dir /mnt/shared/config --final-configs-dir /opt/kafka/config 2>&1) \
    || grep -qi 'already formatted' <<<"$said" || { echo "$said"; exit 1; }
exec java $KAFKA_HEAP_OPTS -Dorg.slf4j.simpleLogger.defaultLogLevel=warn kafka.Kafka /opt/kafka/config/server.properties
