#!/usr/bin/env bash
# A default for bytes comes as text from one Avro reader and as other bytes from the next
#
# Versions: avro 1.12.2, fastavro 1.13.1 (PyPI)
# Expected: a default of a bytes field is a JSON string whose characters 0 to 255 are the bytes: "\u00ff" is the one
#   byte ff, and so the value of a field that the writer did not have.
# Behaviour: fastavro gives the JSON string as it is, as str; the official package encodes it as UTF-8, two bytes.
#   Neither gives the byte that a writer of that very field would have written.
# Guess: both give b'\xff'.
# Seen:
#   fastavro '\xff'
#   avro b'\xc3\xbf'
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

old = {"type": "record", "name": "Click", "fields": [{"name": "at", "type": "int"}]}
new = {**old, "fields": [*old["fields"], {"name": "mark", "type": "bytes", "default": "\u00ff"}]}
written = bytes([2])
print("fastavro", ascii(fastavro.schemaless_reader(io.BytesIO(written), old, new)["mark"]))
reader = avro.io.DatumReader(*(avro.schema.parse(json.dumps(schema)) for schema in (old, new)))
print("avro", ascii(reader.read(avro.io.BinaryDecoder(io.BytesIO(written)))["mark"]))
END
venv/bin/python ask.py > seen
cat > expected <<'END'
fastavro '\xff'
avro b'\xc3\xbf'
END
diff expected seen || { echo 'It changed: "<" was seen before.' >&2; exit 1; }
cat seen
