#!/usr/bin/env bash
# Apache's own avro-js installs and then cannot be loaded
#
# Versions: avro-js 1.12.2 (npm)
# Expected: a package that npm installs without a word brings what it needs.
# Behaviour: its list of dependencies is empty, though its entry loads the package underscore; so it works only in
#   projects where something else happens to bring that. Beside it, avro-js loads.
# Guess: it loads, and writes the int 1 as 02.
# Seen:
#   alone: Cannot find module 'underscore'
#   with underscore beside it: 02
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund --ignore-scripts avro-js@1.12.2 >> npm.log 2>&1
cat > ask.cjs <<'END'
try {
  console.log(require('avro-js').parse('int').toBuffer(1).toString('hex'))
} catch (error) {
  console.log(error.message.split('\n')[0])
}
END
printf 'alone: %s\n' "$(node ask.cjs)" > seen
npm install --no-audit --no-fund --ignore-scripts underscore@1.13.7 >> npm.log 2>&1
printf 'with underscore beside it: %s\n' "$(node ask.cjs)" >> seen
cat > expected <<'END'
alone: Cannot find module 'underscore'
with underscore beside it: 02
END
diff expected seen || { echo 'It changed: "<" was seen before.' >&2; exit 1; }
cat seen
