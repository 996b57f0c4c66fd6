#!/usr/bin/env bash
# @dsnp/parquetjs reads the large half of unsigned columns as negative numbers
#
# Versions: @dsnp/parquetjs 1.8.8, @duckdb/node-api 1.5.6-r.1 (npm)
# Expected: a column that its file marks as unsigned comes back as it was written.
# Behaviour: the mark is passed over: 4,000,000,000 is read as -294,967,296, and the largest unsigned 64-bit number
#   as -1. Ids that are hashes, which are often unsigned, change their sign; DuckDB reads the same file right.
# Guess: the three lines have the same numbers.
# Seen:
#   written 4000000000 18446744073709551615
#   DuckDB 4000000000 18446744073709551615
#   parquetjs -294967296 -1
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund --ignore-scripts @dsnp/parquetjs@1.8.8 @duckdb/node-api@1.5.6-r.1 >> npm.log 2>&1
cat > ask.mjs <<'END'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const { DuckDBInstance } = require('@duckdb/node-api')
const { ParquetReader } = require('@dsnp/parquetjs')
const connection = await (await DuckDBInstance.create()).connect()
const written = ['4000000000', '18446744073709551615']
await connection.run(`COPY (SELECT ${written[0]}::UINTEGER AS a, ${written[1]}::UBIGINT AS b) TO 'ids.parquet'`)
console.log('written', ...written)
const [row] = (await connection.runAndReadAll("FROM 'ids.parquet'")).getRowsJS()
console.log('DuckDB', ...row.map(String))
const reader = await ParquetReader.openFile('ids.parquet')
const { a, b } = await reader.getCursor().next()
console.log('parquetjs', String(a), String(b))
await reader.close()
END
node ask.mjs > seen
cat > expected <<'END'
written 4000000000 18446744073709551615
DuckDB 4000000000 18446744073709551615
parquetjs -294967296 -1
END
diff expected seen || { echo 'It changed: "<" was seen before.' >&2; exit 1; }
cat seen
