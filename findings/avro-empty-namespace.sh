#!/usr/bin/env bash
# Two of four Avro libraries pass over an empty namespace inside of another one
#
# Versions: avro 1.12.2, fastavro 1.13.1 (PyPI), avro-js 1.12.2, avsc 5.7.9 (npm)
# Expected: a type whose namespace is the empty string has no namespace, wherever it stands; without the attribute it
#   would have that of the record around it.
# Behaviour: Apache's own avro for Python and avro-js take the empty string as if the attribute were missing and give the
#   type the namespace around it; fastavro and avsc do not. The same file of a schema means two names, so canonical forms
#   and fingerprints differ, and a reader that looks for the type by its name finds it in one library only.
# Guess: four times the same name, Inner.
# Seen:
#   avro: shop.Inner
#   fastavro: Inner
#   avro-js: shop.Inner
#   avsc: Inner
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check avro==1.12.2 fastavro==1.13.1
npm init --yes > npm.log
npm install --no-audit --no-fund --ignore-scripts avro-js@1.12.2 underscore@1.13.7 avsc@5.7.9 >> npm.log 2>&1
cat > schema.json <<'END'
{
  "type": "record",
  "name": "Outer",
  "namespace": "shop",
  "fields": [
    { "name": "inner", "type": { "type": "record", "name": "Inner", "namespace": "", "fields": [] } }
  ]
}
END
cat > ask.py <<'END'
import json

import avro.schema
import fastavro.schema

schema = json.load(open("schema.json"))
for library, form in (
    ("avro", avro.schema.parse(json.dumps(schema)).canonical_form),
    ("fastavro", fastavro.schema.to_parsing_canonical_form(schema)),
):
    print(f"{library}: {json.loads(form)['fields'][0]['type']['name']}")
END
cat > ask.cjs <<'END'
const schema = require('./schema.json')
console.log(`avro-js: ${JSON.parse(require('avro-js').parse(structuredClone(schema)).getSchema()).fields[0].type.name}`)
console.log(`avsc: ${require('avsc').Type.forSchema(structuredClone(schema)).schema().fields[0].type.name}`)
END
venv/bin/python ask.py > seen
node ask.cjs >> seen
cat > expected <<'END'
avro: shop.Inner
fastavro: Inner
avro-js: shop.Inner
avsc: Inner
END
diff expected seen || { echo 'It changed: "<" was seen before.' >&2; exit 1; }
cat seen
