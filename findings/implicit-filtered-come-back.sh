#!/usr/bin/env bash
# Lists of implicit are filled up with the very items that were filtered out
#
# Versions: implicit 0.7.3, numpy 2.4.2, scipy 1.17.0 (PyPI)
# Expected: recommend leaves out what a user liked already (its default) and what filter_items names, and is shorter
#   where nothing else is left; similar_items names each item once.
# Behaviour: a list is always as long as was asked for. Behind what is left come the filtered items themselves; the
#   neighbour models score them 0, as they do an item that nobody has rated, so no score tells them apart.
#   similar_items of the factor models fills up with item 0, again and again. A shop whose users know most of its items, or a filter of
#   what is sold out, shows what it forbade.
# Guess: "[4]" of the user, "[4]" with the filter, and item 0 once.
# Seen:
#   knows items 0 to 3 of 5: [4, 3, 2, 1] scores [1.15, 0.0, 0.0, 0.0]
#   knows items 0 to 2, item 3 is sold out: [4, 2, 1, 0] scores [0.58, 0.0, 0.0, 0.0]
#   nine items similar to item 0, of five that there are, name item 0 times: 5
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
from implicit.als import AlternatingLeastSquares
from implicit.nearest_neighbours import CosineRecommender

users = scipy.sparse.csr_matrix(
    numpy.array([[1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [1, 0, 0, 1, 1], [1, 1, 1, 1, 0]], dtype=float)
)
model = CosineRecommender(K=5)
model.fit(users, show_progress=False)


def show(what, answer):
    items, scores = answer
    print(f"{what}: {items.tolist()} scores {[round(float(score), 2) for score in scores]}")


show("knows items 0 to 3 of 5", model.recommend(3, users[3], N=4))
show("knows items 0 to 2, item 3 is sold out", model.recommend(0, users[0], N=4, filter_items=[3]))
factors = AlternatingLeastSquares(factors=4, iterations=3, random_state=0)
factors.fit(users, show_progress=False)
named = factors.similar_items(0, N=9)[0].tolist()
print("nine items similar to item 0, of five that there are, name item 0 times:", named.count(0))
END
venv/bin/python ask.py > seen
cat > expected <<'END'
knows items 0 to 3 of 5: [4, 3, 2, 1] scores [1.15, 0.0, 0.0, 0.0]
knows items 0 to 2, item 3 is sold out: [4, 2, 1, 0] scores [0.58, 0.0, 0.0, 0.0]
nine items similar to item 0, of five that there are, name item 0 times: 5
END
diff expected seen || { echo 'It changed: "<" was seen before.' >&2; exit 1; }
cat seen
