#!/usr/bin/env bash
# In cel-js whole numbers are divided with a fraction, where CEL gives a whole number
#
# Versions: cel-js 0.8.2, @bufbuild/cel 0.6.1 (npm)
# Expected: CEL tells whole numbers from those with a fraction, and the quotient of two whole ones is whole, as in C.
# Behaviour: cel-js divides as JavaScript does, though its messages of errors speak of uint and it knows a float as
#   another type. Rules that put users into groups, or that take the half of a length, are true in one engine and false
#   in the next, and nothing is raised.
# Guess: 3, true and true, from both.
# Seen:
#   cel-js: 7 / 2 is 3.5
#   cel-js: 7 / 2 == 3 is false
#   cel-js: size(["a", "b", "c"]) / 2 == 1 is false
#   @bufbuild/cel: 7 / 2 is 3
#   @bufbuild/cel: 7 / 2 == 3 is true
#   @bufbuild/cel: size(["a", "b", "c"]) / 2 == 1 is true
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund --ignore-scripts cel-js@0.8.2 @bufbuild/cel@0.6.1 >> npm.log 2>&1
cat > ask.mjs <<'END'
import { celEnv, parse, plan } from '@bufbuild/cel'
import { evaluate } from 'cel-js'

const environment = celEnv()
const engines = { 'cel-js': evaluate, '@bufbuild/cel': text => plan(environment, parse(text))() }
for (const [engine, ask] of Object.entries(engines)) {
  for (const text of ['7 / 2', '7 / 2 == 3', 'size(["a", "b", "c"]) / 2 == 1']) {
    console.log(`${engine}: ${text} is ${ask(text)}`)
  }
}
END
node ask.mjs > seen
cat > expected <<'END'
cel-js: 7 / 2 is 3.5
cel-js: 7 / 2 == 3 is false
cel-js: size(["a", "b", "c"]) / 2 == 1 is false
@bufbuild/cel: 7 / 2 is 3
@bufbuild/cel: 7 / 2 == 3 is true
@bufbuild/cel: size(["a", "b", "c"]) / 2 == 1 is true
END
diff expected seen || { echo 'It changed: "<" was seen before.' >&2; exit 1; }
cat seen
