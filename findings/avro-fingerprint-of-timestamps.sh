#!/usr/bin/env bash
# The official Avro package for Python gives a schema with a timestamp a fingerprint of its own
#
# Versions: avro 1.12.2, fastavro 1.13.1 (PyPI), avsc 5.7.9 (npm)
# Expected: the Parsing Canonical Form drops all attributes that do not matter for reading, logicalType among them, and
#   turns {"type": "long"} into "long"; so all libraries give one fingerprint, by which single-object encoding and
#   caches of schemas find each other.
# Behaviour: avro drops the attribute but leaves {"type":"long"} standing where a logical type was. The fingerprint is
#   another one for every schema with a timestamp, a date, a decimal in bytes or a uuid in a string; without them it
#   is the same as elsewhere.
# Guess: the same form and fingerprint in all of them.
# Seen:
#   avro, plain: {"name":"E","type":"record","fields":[{"name":"t","type":"long"}]} 748ed094c505fbd6
#   fastavro, plain: {"name":"E","type":"record","fields":[{"name":"t","type":"long"}]} 748ed094c505fbd6
#   avro, timestamp: {"name":"E","type":"record","fields":[{"name":"t","type":{"type":"long"}}]} bf1a58b5d23b4d6f
#   fastavro, timestamp: {"name":"E","type":"record","fields":[{"name":"t","type":"long"}]} 748ed094c505fbd6
#   avsc, timestamp: {"name":"E","type":"record","fields":[{"name":"t","type":"long"}]}
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check avro==1.12.2 fastavro==1.13.1
npm init --yes > npm.log
npm install --no-audit --no-fund --ignore-scripts avsc@5.7.9 >> npm.log 2>&1
cat > schema.json <<'END'
{"type":"record","name":"E","fields":[{"name":"t","type":{"type":"long","logicalType":"timestamp-millis"}}]}
END
cat > ask.py <<'END'
import json

import avro.schema
import fastavro.schema

schema = json.load(open("schema.json"))
plain = {**schema, "fields": [{"name": "t", "type": "long"}]}
for what, one in (("plain", plain), ("timestamp", schema)):
    parsed = avro.schema.parse(json.dumps(one))
    print(f"avro, {what}: {parsed.canonical_form} {parsed.fingerprint().hex()}")
    form = fastavro.schema.to_parsing_canonical_form(one)
    print(f"fastavro, {what}: {form} {fastavro.schema.fingerprint(form, 'CRC-64-AVRO')}")
END
venv/bin/python ask.py > seen
node -p '"avsc, timestamp: " + JSON.stringify(require("avsc").Type.forSchema(require("./schema.json")).schema())' >> seen
cat > expected <<'END'
avro, plain: {"name":"E","type":"record","fields":[{"name":"t","type":"long"}]} 748ed094c505fbd6
fastavro, plain: {"name":"E","type":"record","fields":[{"name":"t","type":"long"}]} 748ed094c505fbd6
avro, timestamp: {"name":"E","type":"record","fields":[{"name":"t","type":{"type":"long"}}]} bf1a58b5d23b4d6f
fastavro, timestamp: {"name":"E","type":"record","fields":[{"name":"t","type":"long"}]} 748ed094c505fbd6
avsc, timestamp: {"name":"E","type":"record","fields":[{"name":"t","type":"long"}]}
END
diff expected seen || { echo 'It changed: "<" was seen before.' >&2; exit 1; }
cat seen
