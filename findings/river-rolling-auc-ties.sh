#!/usr/bin/env bash
# River's exact rolling AUC is 0 for one pair of equal scores, and .5 for two
#
# Versions: river 0.26.1, scikit-learn 1.9.1 (PyPI)
# Expected: a positive and a negative of the same score count one half, in any number: the AUC of constant scores is
#   .5.
# Behaviour: the metric whose text promises the exact value counts a tie as lost where a score has one positive and
#   one negative in the window, and as half where it has two of each. Models that give few different scores look
#   worse than they are.
# Guess: the two columns are the same.
# Seen:
#   1 pair of ties 0.0 exact 0.5
#   2 pairs of ties 0.5 exact 0.5
#   a tie among others 0.75 exact 0.875
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check river==0.26.1 scikit-learn==1.9.1
cat > ask.py <<'END'
from river import metrics
from sklearn.metrics import roc_auc_score

cases = {
    "1 pair of ties": [(1, 0.5), (0, 0.5)],
    "2 pairs of ties": [(1, 0.5), (0, 0.5), (1, 0.5), (0, 0.5)],
    "a tie among others": [(1, 0.7), (0, 0.5), (1, 0.5), (0, 0.3)],
}
for name, events in cases.items():
    metric = metrics.RollingROCAUC(window_size=10)
    for label, score in events:
        metric.update(label, score)
    exact = roc_auc_score([label for label, _ in events], [score for _, score in events])
    print(name, metric.get(), "exact", float(exact))
END
venv/bin/python ask.py > seen
cat > expected <<'END'
1 pair of ties 0.0 exact 0.5
2 pairs of ties 0.5 exact 0.5
a tie among others 0.75 exact 0.875
END
diff expected seen || { echo 'It changed: "<" was seen before.' >&2; exit 1; }
cat seen
