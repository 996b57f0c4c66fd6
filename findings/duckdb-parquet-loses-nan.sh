#!/usr/bin/env bash
# DuckDB finds the NaN of a Parquet file in some questions and not in others
#
# Versions: duckdb 2.0.1, pyarrow 26.0.1 (PyPI)
# Expected: in DuckDB NaN is a value, greater than all others: it is the maximum of a column that has one, and passes
#   the filter x > 5; whether the column is in a table or in a file.
# Behaviour: a Parquet file's own minimum and maximum leave NaN out, as the format says. Where DuckDB can answer from
#   them it does: the maximum is the greatest number, and a filter above it finds nothing. The same rows, counted or
#   filtered in a way that reads them, or copied to a table first, give NaN.
# Guess: the file answers as the table does, in each of the three lines.
# Seen:
#   max(x): file 2.0, table nan
#   count(*) filter (x > 5): file 1, table 1
#   count(*) where x > 5: file 0, table 1
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check duckdb==2.0.1 pyarrow==26.0.1
cat > ask.py <<'END'
import math

import duckdb
import pyarrow
import pyarrow.parquet

pyarrow.parquet.write_table(pyarrow.table({"id": [1, 2, 3], "x": [1.0, math.nan, 2.0]}), "scores.parquet")
duckdb.sql("create table scores as select * from 'scores.parquet'")


def answer(what, source):
    return duckdb.sql(f"select {what} from {source}").fetchall()[0][0]


for what, rest in (("max(x)", ""), ("count(*) filter (x > 5)", ""), ("count(*)", " where x > 5")):
    of_file, of_table = (answer(what, source + rest) for source in ("'scores.parquet'", "scores"))
    print(f"{what}{rest}: file {of_file}, table {of_table}")
END
venv/bin/python ask.py > seen
cat > expected <<'END'
max(x): file 2.0, table nan
count(*) filter (x > 5): file 1, table 1
count(*) where x > 5: file 0, table 1
END
diff expected seen || { echo 'It changed: "<" was seen before.' >&2; exit 1; }
cat seen
