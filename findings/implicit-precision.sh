#!/usr/bin/env bash
# Precision at K of implicit is recall where users have few test items
#
# Versions: implicit 0.7.3, numpy 2.4.2, scipy 1.17.0 (PyPI)
# Expected: precision at 5 of two users with one test item each, of whom one finds it among the five: (1/5 + 0/5) / 2,
#   as every other library of measures says.
# Behaviour: hits are counted over all users and divided by the sum of min(K, a user's test items), not of K. With one
#   item held out, which is how such models are compared, that is the hit rate, five times as much; and users with
#   many test items weigh more than others.
# Guess: "precision at 5: 0.1" and, with five test items for the first user of whom all are found, "0.5".
# Seen:
#   one test item each, one found: precision at 5: 0.5
#   five and one test items, the five found: precision at 5: 0.83
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check implicit==0.7.3 numpy==2.4.2 scipy==1.17.0
cat > ask.py <<'END'
import warnings

import numpy
import scipy.sparse

warnings.simplefilter("ignore")
from implicit.evaluation import ranking_metrics_at_k
from implicit.nearest_neighbours import CosineRecommender

items = 20


def rows(*held):
    table = numpy.zeros((len(held), items))
    for user, liked in enumerate(held):
        table[user, liked] = 1
    return scipy.sparse.csr_matrix(table)


# Whoever likes item 0 likes items 1 to 5, whoever likes item 10 likes items 11 to 15.
train = rows([0], [10], *[[0, 1, 2, 3, 4, 5]] * 3, *[[10, 11, 12, 13, 14, 15]] * 3)
model = CosineRecommender(K=20)
model.fit(train, show_progress=False)
nobody = [[]] * 6


def precision(first, second):
    test = rows(first, second, *nobody)
    return round(float(ranking_metrics_at_k(model, train, test, K=5, show_progress=False)["precision"]), 2)


print("one test item each, one found: precision at 5:", precision([1], [19]))
print("five and one test items, the five found: precision at 5:", precision([1, 2, 3, 4, 5], [19]))
END
venv/bin/python ask.py > seen
cat > expected <<'END'
one test item each, one found: precision at 5: 0.5
five and one test items, the five found: precision at 5: 0.83
END
diff expected seen || { echo 'It changed: "<" was seen before.' >&2; exit 1; }
cat seen
