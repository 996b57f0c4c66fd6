#!/usr/bin/env bash
# The CloudEvents SDK for JavaScript cuts the time of an event that only passes through
#
# Versions: cloudevents 10.0.0 (npm), cloudevents 2.2.0 (PyPI)
# Expected: time is a text of RFC 3339 and part of what the event is; who reads an event and sends it on leaves it
#   alone.
# Behaviour: it goes through a Date where an event is received, and where it is sent over HTTP or as one JSON document.
#   Microseconds are cut to milliseconds and the offset of the place where it happened becomes Z. Only an event that
#   was made here and goes to Kafka in binary mode keeps its time. So events that one clock put in order become equal,
#   and the copies that go two ways are not the same event.
# Guess: the same text in each line.
# Seen:
#   Python, sent: 2026-01-05T10:00:00.123456+01:00
#   JavaScript, received: 2026-01-05T09:00:00.123Z
#   JavaScript, made: 2026-01-05T10:00:00.123456+01:00
#   JavaScript, made and sent to Kafka, binary: 2026-01-05T10:00:00.123456+01:00
#   JavaScript, made and sent to Kafka, structured: 2026-01-05T09:00:00.123Z
#   JavaScript, made and sent over HTTP, binary: 2026-01-05T09:00:00.123Z
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check cloudevents==2.2.0
npm init --yes > npm.log
npm install --no-audit --no-fund --ignore-scripts cloudevents@10.0.0 >> npm.log 2>&1
cat > ask.py <<'END'
from datetime import datetime
from pathlib import Path

from cloudevents.core.bindings.kafka import to_structured_event
from cloudevents.core.v1.event import CloudEvent

attributes = {"specversion": "1.0", "id": "1", "type": "view", "source": "/shop"}
event = CloudEvent({**attributes, "time": datetime.fromisoformat("2026-01-05T10:00:00.123456+01:00")}, {"item": 7})
Path("event.json").write_bytes(to_structured_event(event).value)
END
venv/bin/python ask.py
cat > ask.mjs <<'END'
import { readFileSync } from 'node:fs'
import { CloudEvent, HTTP, Kafka } from 'cloudevents'

const body = readFileSync('event.json', 'utf8')
const { time } = JSON.parse(body)
console.log('Python, sent:', time)
const received = Kafka.toEvent({ headers: { 'content-type': 'application/cloudevents+json' }, body, value: body })
console.log('JavaScript, received:', received.time)
const made = new CloudEvent({ type: 'view', source: '/shop', time, data: { item: 7 } })
console.log('JavaScript, made:', made.time)
console.log('JavaScript, made and sent to Kafka, binary:', Kafka.binary(made).headers.ce_time)
console.log('JavaScript, made and sent to Kafka, structured:', JSON.parse(Kafka.structured(made).value).time)
console.log('JavaScript, made and sent over HTTP, binary:', HTTP.binary(made).headers['ce-time'])
END
node ask.mjs > seen
cat > expected <<'END'
Python, sent: 2026-01-05T10:00:00.123456+01:00
JavaScript, received: 2026-01-05T09:00:00.123Z
JavaScript, made: 2026-01-05T10:00:00.123456+01:00
JavaScript, made and sent to Kafka, binary: 2026-01-05T10:00:00.123456+01:00
JavaScript, made and sent to Kafka, structured: 2026-01-05T09:00:00.123Z
JavaScript, made and sent over HTTP, binary: 2026-01-05T09:00:00.123Z
END
diff expected seen || { echo 'It changed: "<" was seen before.' >&2; exit 1; }
cat seen
