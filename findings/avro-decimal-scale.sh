#!/usr/bin/env bash
# The official Avro package for Python writes 1.2 with scale 2 as 0.12
#
# Versions: avro 1.12.2 (PyPI)
# Expected: a Decimal with fewer places than the scale of the schema is filled up: 1.2 and 1.20 are the same number.
# Behaviour: the digits are written as they stand, whatever their exponent. Who reads finds a tenth, a hundredth or
#   a thousandth of the value; nothing is raised. Only a number with exactly as many places as the scale is safe, so
#   quantize first.
# Guess: Decimal("1.2"), scale 2, comes back as 1.20.
# Seen:
#   wrote 1.20 read 1.20
#   wrote 1.2 read 0.12
#   wrote 5 read 0.05
#   wrote 1E+1 read 0.01
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check avro==1.12.2
cat > ask.py <<'END'
import io
import json
from decimal import Decimal

import avro.io
import avro.schema

schema = avro.schema.parse(json.dumps({"type": "bytes", "logicalType": "decimal", "precision": 6, "scale": 2}))
for text in ("1.20", "1.2", "5", "1E+1"):
    buffer = io.BytesIO()
    avro.io.DatumWriter(schema).write(Decimal(text), avro.io.BinaryEncoder(buffer))
    buffer.seek(0)
    print("wrote", text, "read", avro.io.DatumReader(schema).read(avro.io.BinaryDecoder(buffer)))
END
venv/bin/python ask.py > seen
cat > expected <<'END'
wrote 1.20 read 1.20
wrote 1.2 read 0.12
wrote 5 read 0.05
wrote 1E+1 read 0.01
END
diff expected seen || { echo 'It changed: "<" was seen before.' >&2; exit 1; }
cat seen
