#!/usr/bin/env bash
# fflate unpacks a gzip file that was appended to as its first part, cut to the length of the last
#
# Versions: fflate 0.8.3 (npm)
# Expected: a gzip file may have several members, one after the other, as appending makes them, and who unpacks it gets
#   them all, as zlib of Node and fflate's own stream give them.
# Behaviour: gunzipSync returns the first member alone and raises nothing. The length comes from the end of the file,
#   where the last member has its own: where that is the shorter one, the first is cut to it, here to 10 of 110 bytes.
#   A log to which each hour appends is read as one hour, or as less.
# Guess: 110 in all places.
# Seen:
#   10 + 100: zlib 110, Gunzip 110, gunzipSync 10
#   100 + 10: zlib 110, Gunzip 110, gunzipSync 10
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund --ignore-scripts fflate@0.8.3 >> npm.log 2>&1
cat > ask.mjs <<'END'
import { gunzipSync, gzipSync } from 'node:zlib'
import * as fflate from 'fflate'

for (const [first, last] of [[10, 100], [100, 10]]) {
  const packed = Buffer.concat([gzipSync('a'.repeat(first)), gzipSync('b'.repeat(last))])
  let streamed = 0
  new fflate.Gunzip(part => (streamed += part.length)).push(packed, true)
  const zlib = gunzipSync(packed).length
  console.log(`${first} + ${last}: zlib ${zlib}, Gunzip ${streamed}, gunzipSync ${fflate.gunzipSync(packed).length}`)
}
END
node ask.mjs > seen
cat > expected <<'END'
10 + 100: zlib 110, Gunzip 110, gunzipSync 10
100 + 10: zlib 110, Gunzip 110, gunzipSync 10
END
diff expected seen || { echo 'It changed: "<" was seen before.' >&2; exit 1; }
cat seen
