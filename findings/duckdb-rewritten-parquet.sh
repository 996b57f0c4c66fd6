#!/usr/bin/env bash
# DuckDB reads a Parquet file that was rewritten within a second by its former columns
#
# Versions: @duckdb/node-api 1.5.6-r.1, @dsnp/parquetjs 1.8.8 (npm)
# Expected: a query sees the file as it is when the query begins; a cache that checks its entries, as the default
#   setting says of this one, notices another time of modification.
# Behaviour: where a file is written again within the same second and has the same size, the cached description of
#   its columns is kept while the values are read anew: 5 as a double is read as the whole number of the same bits.
#   Two seconds later, or with enable_external_file_cache off, it is read right.
# Guess: the second line says 5.0.
# Seen:
#   INT64 5
#   DOUBLE in the same second 4617315517961601024
#   DOUBLE in the same second, without the cache 5.0
#   DOUBLE two seconds later 5.0
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund --ignore-scripts @duckdb/node-api@1.5.6-r.1 @dsnp/parquetjs@1.8.8 >> npm.log 2>&1
cat > ask.mjs <<'END'
import { utimesSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const { DuckDBInstance } = require('@duckdb/node-api')
const { ParquetSchema, ParquetWriter } = require('@dsnp/parquetjs')
async function write(type, seconds) {
  const writer = await ParquetWriter.openFile(new ParquetSchema({ value: { type } }), 'day.parquet')
  await writer.appendRow({ value: 5 })
  await writer.close()
  utimesSync('day.parquet', seconds, seconds)
}
async function read(connection, what) {
  const rows = await connection.runAndReadAll("SELECT value::VARCHAR FROM 'day.parquet'")
  console.log(what, rows.getRowsJS()[0][0])
}
for (const cache of [true, false]) {
  const connection = await (await DuckDBInstance.create()).connect()
  await connection.run(`SET enable_external_file_cache = ${cache}`)
  await write('INT64', 1_700_000_000.1)
  if (cache) await read(connection, 'INT64')
  else await connection.runAndReadAll("FROM 'day.parquet'")
  await write('DOUBLE', 1_700_000_000.6)
  await read(connection, `DOUBLE in the same second${cache ? '' : ', without the cache'}`)
  if (cache) continue
  const other = await (await DuckDBInstance.create()).connect()
  await write('INT64', 1_700_000_000.1)
  await other.runAndReadAll("FROM 'day.parquet'")
  await write('DOUBLE', 1_700_000_002.1)
  await read(other, 'DOUBLE two seconds later')
}
END
node ask.mjs > seen
cat > expected <<'END'
INT64 5
DOUBLE in the same second 4617315517961601024
DOUBLE in the same second, without the cache 5.0
DOUBLE two seconds later 5.0
END
diff expected seen || { echo 'It changed: "<" was seen before.' >&2; exit 1; }
cat seen
