"""Learns a shop's tastes in one batch, by implicit's ALS, for serve.py.

Usage: train.py FOLDER, with events.csv (user, item, behaviour), items.csv (item, price, stock) and users.csv (user, segment).
"""
import csv
import json
import os
import sys
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # implicit has threads of its own

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix, save_npz

folder = Path(sys.argv[1])
weights = {"view": 0.05, "cart": 0.3, "buy": 1}


def rows(name):
    with open(folder / name, newline="") as file:
        yield from csv.reader(file)


items = {item: (float(price), int(stock)) for item, price, stock in rows("items.csv")}
users = dict(rows("users.csv"))
events = list(rows("events.csv"))

# Items that have gone say something of tastes still.
columns = {item: k for k, item in enumerate(dict.fromkeys([*items, *(item for _, item, _ in events)]))}
lines = {user: k for k, user in enumerate(users)}
confidence = csr_matrix(  # [users, items]; what stands in one place twice is added up
    (
        np.array([weights[behaviour] for _, _, behaviour in events], dtype=np.float32),
        ([lines[user] for user, _, _ in events], [columns[item] for _, item, _ in events]),
    ),
    shape=(len(lines), len(columns)),
)

model = AlternatingLeastSquares(factors=64, random_state=1)
model.fit(confidence, show_progress=False)
model.save(str(folder / "model.npz"))
save_npz(folder / "confidence.npz", confidence)
(folder / "facts.json").write_text(
    json.dumps({"columns": list(columns), "lines": list(lines), "items": items, "users": users})
)
known = int((np.diff(confidence.indptr) > 0).sum())
met = int((np.diff(confidence.tocsc().indptr)[: len(items)] > 0).sum())
print(f"learned from {len(events):,} events of {known:,} users; they met {met:,} of the {len(items):,} items")
