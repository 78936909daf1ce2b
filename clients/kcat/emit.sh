#!/bin/sh
# One action with kcat, CloudEvents in structured mode: emit.sh HOST:PORT FILE, where FILE holds one action in JSON.
# The record's key is the action's subject; without it danze refuses the record. murmur2 is how the other producers
# choose the partition of a key: with kcat's own way two producers of one item would write to two partitions.
set -eu
[ $# = 2 ] || { echo "usage: emit.sh HOST:PORT FILE" >&2; exit 2; }
broker=$1 file=$2
subject=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1], encoding="utf-8"))["subject"])' "$file" 2> /dev/null) ||
    { echo "emit.sh: $file holds no action in JSON, or cannot be read" >&2; exit 2; }
kcat -P -b "$broker" -t petition.actions -k "$subject" -H "content-type=application/cloudevents+json" \
    -X acks=all -X enable.idempotence=true -X partitioner=murmur2_random "$file"
