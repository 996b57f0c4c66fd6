#!/usr/bin/env bash
# In a union of boolean and int the official Avro package for Python turns True into 1
#
# Versions: avro 1.12.2, fastavro 1.13.1 (PyPI)
# Expected: a value goes to the branch that has its type, or to the first that takes it: True to boolean, the whole
#   number 5 to int.
# Behaviour: the last branch that would take the value wins. The order of the branches, which should not matter to
#   who reads, changes types: True comes back as 1, and 5 as 5.0 wherever float stands behind int. fastavro keeps
#   both.
# Guess: both packages give back what went in.
# Seen:
#   avro ['boolean', 'int'] True -> 1
#   fastavro ['boolean', 'int'] True -> True
#   avro ['int', 'boolean'] True -> True
#   fastavro ['int', 'boolean'] True -> True
#   avro ['int', 'float'] 5 -> 5.0
#   fastavro ['int', 'float'] 5 -> 5
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check avro==1.12.2 fastavro==1.13.1
cat > ask.py <<'END'
import io
import json

import avro.io
import avro.schema
import fastavro


def official(schema, value):
    parsed = avro.schema.parse(json.dumps(schema))
    buffer = io.BytesIO()
    avro.io.DatumWriter(parsed).write(value, avro.io.BinaryEncoder(buffer))
    buffer.seek(0)
    return avro.io.DatumReader(parsed).read(avro.io.BinaryDecoder(buffer))


def fast(schema, value):
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, schema, value)
    buffer.seek(0)
    return fastavro.schemaless_reader(buffer, schema, None)


for schema, value in ((["boolean", "int"], True), (["int", "boolean"], True), (["int", "float"], 5)):
    print("avro", schema, value, "->", official(schema, value))
    print("fastavro", schema, value, "->", fast(schema, value))
END
venv/bin/python ask.py > seen
cat > expected <<'END'
avro ['boolean', 'int'] True -> 1
fastavro ['boolean', 'int'] True -> True
avro ['int', 'boolean'] True -> True
fastavro ['int', 'boolean'] True -> True
avro ['int', 'float'] 5 -> 5.0
fastavro ['int', 'float'] 5 -> 5
END
diff expected seen || { echo 'It changed: "<" was seen before.' >&2; exit 1; }
cat seen
