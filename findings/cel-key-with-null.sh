#!/usr/bin/env bash
# In @bufbuild/cel a key whose value is null is not in its map
#
# Versions: @bufbuild/cel 0.6.1 (npm)
# Expected: a map has a key whatever its value: CEL tells a missing key from null, and indexing a missing one is an
#   error.
# Behaviour: in and has() say that the key is missing, while size, equality, iteration and the index itself see it.
#   A filter such as has(event.value) takes a sent null for nothing sent.
# Guess: all lines are true, and the size is 1.
# Seen:
#   "x" in m: false
#   has(m.x): false
#   m.x == null: true
#   m.all(key, key == "x"): true
#   size(m): 1
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund --ignore-scripts @bufbuild/cel@0.6.1 >> npm.log 2>&1
cat > ask.mjs <<'END'
import { run } from '@bufbuild/cel'

for (const asked of ['"x" in m', 'has(m.x)', 'm.x == null', 'm.all(key, key == "x")', 'size(m)'])
  console.log(`${asked}: ${run(asked, { m: { x: null } })}`)
END
node ask.mjs > seen
cat > expected <<'END'
"x" in m: false
has(m.x): false
m.x == null: true
m.all(key, key == "x"): true
size(m): 1
END
diff expected seen || { echo 'It changed: "<" was seen before.' >&2; exit 1; }
cat seen
