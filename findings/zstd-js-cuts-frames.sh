#!/usr/bin/env bash
# The simple API of @oneidentity/zstd-js loses the last 18 bytes of what others compressed
#
# Versions: @oneidentity/zstd-js 1.0.3 (npm), zstandard 0.25.0 (PyPI)
# Expected: a Zstandard frame is one format: what the library for Python compresses in one call, with the length in the
#   frame's header, comes back whole from any decoder.
# Behaviour: ZstdSimple.decompress gives 18 bytes less than there were, and raises nothing; what it compressed itself
#   comes back whole. So tests of a round trip pass, and text from elsewhere ends too early. ZstdStream.decompress
#   reads the same frames right.
# Guess: 1000 bytes come back as 1000, in three of three.
# Seen:
#   its own frame, simple: 1000 of 1000
#   another's frame, simple: 982 of 1000, the beginning is right
#   another's frame, stream: 1000 of 1000
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check zstandard==0.25.0
npm init --yes > npm.log
npm install --no-audit --no-fund --ignore-scripts @oneidentity/zstd-js@1.0.3 >> npm.log 2>&1
cat > compress.py <<'END'
import zstandard

data = b"".join(b"view %03d\n" % number for number in range(111)) + b"."
open("data", "wb").write(data)
open("frame", "wb").write(zstandard.ZstdCompressor().compress(data))
END
venv/bin/python compress.py
cat > ask.cjs <<'END'
const { readFileSync } = require('node:fs')
const { ZstdInit } = require('@oneidentity/zstd-js')

const data = readFileSync('data')
const frame = new Uint8Array(readFileSync('frame'))

function tell(what, got) {
  const isBeginning = Buffer.compare(Buffer.from(got), data.subarray(0, got.length)) === 0
  const more = got.length === data.length ? '' : `, the beginning is ${isBeginning ? 'right' : 'wrong'}`
  console.log(`${what}: ${got.length} of ${data.length}${more}`)
}

ZstdInit().then(({ ZstdSimple, ZstdStream }) => {
  tell('its own frame, simple', ZstdSimple.decompress(ZstdSimple.compress(new Uint8Array(data))))
  tell("another's frame, simple", ZstdSimple.decompress(frame))
  tell("another's frame, stream", ZstdStream.decompress(frame))
})
END
node ask.cjs > seen
cat > expected <<'END'
its own frame, simple: 1000 of 1000
another's frame, simple: 982 of 1000, the beginning is right
another's frame, stream: 1000 of 1000
END
diff expected seen || { echo 'It changed: "<" was seen before.' >&2; exit 1; }
cat seen
