#!/usr/bin/env bash
# In ir_measures a cut-off can double a reciprocal rank, because ties fall the other way
#
# Versions: ir_measures 0.4.3 (PyPI)
# Expected: RR@10 looks at the first ten places of the ranking that RR looks at; with two results both are the same.
# Behaviour: measures are worked out by different libraries behind the same call, RR by one, RR@10 by another, and
#   these break ties of scores in opposite orders of the document ids. So in one call the relevant one of two equal
#   results stands first for RR@10 and second for RR, P@1 and Success@1.
# Guess: RR@10 is .5 like RR (ties by descending id, as in trec_eval), and RR@1 is 0 like P@1.
# Seen:
#   RR 0.5
#   RR@10 1.0
#   P@1 0.0
#   RR@1 1.0
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check ir_measures==0.4.3
cat > ask.py <<'END'
import ir_measures
from ir_measures import RR, P

measures = [RR, RR @ 10, P @ 1, RR @ 1]
run = {"query": {"d1": 0.5, "d2": 0.5}}
found = ir_measures.calc_aggregate(measures, {"query": {"d1": 1}}, run)
for measure in measures:
    print(measure, found[measure])
END
venv/bin/python ask.py > seen
cat > expected <<'END'
RR 0.5
RR@10 1.0
P@1 0.0
RR@1 1.0
END
diff expected seen || { echo 'It changed: "<" was seen before.' >&2; exit 1; }
cat seen
