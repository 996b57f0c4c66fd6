#!/usr/bin/env bash
# Large negative longs lose their sign in avsc, both ways
#
# Versions: avsc 5.7.9 (npm)
# Expected: whole numbers that a double holds exactly are read and written as they are; beyond 2^53 avsc raises an
#   error, as it says.
# Behaviour: below -2^52 a number comes out positive, without an error, from bytes that are right (here written out
#   by hand) and after a round trip of its own. On the positive side all is well up to 2^53 - 2.
# Guess: every line ends in twice the number that it begins with.
# Seen:
#   6000000000000000 read 6000000000000000 round trip 6000000000000000
#   -4503599627370496 read -4503599627370496 round trip -4503599627370496
#   -6000000000000000 read 6000000000000000 round trip 6000000000000000
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund --ignore-scripts avsc@5.7.9 >> npm.log 2>&1
cat > ask.mjs <<'END'
import avsc from 'avsc'

/** A long as the Avro specification writes it: zig-zag, seven bits a byte, the lowest first. */
function written(number) {
  const bytes = []
  for (let rest = BigInt(number) >= 0n ? 2n * BigInt(number) : -2n * BigInt(number) - 1n; ; rest >>= 7n) {
    if (rest < 128n) return Buffer.from([...bytes, Number(rest)])
    bytes.push(Number(rest & 127n) | 128)
  }
}
const long = avsc.Type.forSchema('long')
for (const number of [6e15, -(2 ** 52), -6e15])
  console.log(`${number} read ${long.fromBuffer(written(number))} round trip ${long.fromBuffer(long.toBuffer(number))}`)
END
node ask.mjs > seen
cat > expected <<'END'
6000000000000000 read 6000000000000000 round trip 6000000000000000
-4503599627370496 read -4503599627370496 round trip -4503599627370496
-6000000000000000 read 6000000000000000 round trip 6000000000000000
END
diff expected seen || { echo 'It changed: "<" was seen before.' >&2; exit 1; }
cat seen
