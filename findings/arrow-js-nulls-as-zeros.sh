#!/usr/bin/env bash
# In apache-arrow for JavaScript the array of a column has 0 where the column has null
#
# Versions: apache-arrow 21.2.0 (npm)
# Expected: toArray() gives the values that iteration, get() and toJSON() give: null where nothing is known.
# Behaviour: for numbers it hands out the memory that the values lie in, and a null has 0 there; so a mean over the array
#   counts what is unknown as 0. Text keeps its nulls, so that a try with names shows nothing.
# Guess: null in the middle of all three, since a column with nulls cannot be a typed array.
# Seen:
#   views: toArray [1,0,3], iteration [1,null,3]
#   seconds: toArray [1.5,0,3.5], iteration [1.5,null,3.5]
#   title: toArray ["a",null,"c"], iteration ["a",null,"c"]
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund --ignore-scripts apache-arrow@21.2.0 >> npm.log 2>&1
cat > ask.cjs <<'END'
const { Float64, Int32, tableFromIPC, tableToIPC, Table, Utf8, vectorFromArray } = require('apache-arrow')

const table = new Table({
  views: vectorFromArray([1, null, 3], new Int32()),
  seconds: vectorFromArray([1.5, null, 3.5], new Float64()),
  title: vectorFromArray(['a', null, 'c'], new Utf8()),
})
const read = tableFromIPC(tableToIPC(table))
for (const { name } of read.schema.fields) {
  const column = read.getChild(name)
  console.log(`${name}: toArray ${JSON.stringify([...column.toArray()])}, iteration ${JSON.stringify([...column])}`)
}
END
node ask.cjs > seen
cat > expected <<'END'
views: toArray [1,0,3], iteration [1,null,3]
seconds: toArray [1.5,0,3.5], iteration [1.5,null,3.5]
title: toArray ["a",null,"c"], iteration ["a",null,"c"]
END
diff expected seen || { echo 'It changed: "<" was seen before.' >&2; exit 1; }
cat seen
