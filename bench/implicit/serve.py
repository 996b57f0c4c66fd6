"""Lists from what train.py learned, over HTTP by FastAPI and uvicorn, until a signal ends it; learns nothing.

Usage: serve.py FOLDER WORKERS; says its address, and then "ready" for each worker.
"""
import copy
import json
import os
import socket
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # one request is one thread's work

import numpy as np
import uvicorn
from fastapi import FastAPI, HTTPException, Query
from implicit.cpu.als import AlternatingLeastSquares
from pydantic import BaseModel
from scipy.sparse import csr_matrix, load_npz


class Place(BaseModel):
    itemId: str
    score: float


class List(BaseModel):
    userId: str
    items: list[Place]


@dataclass
class Shelf:
    """What some people may see: the model with these items alone, so that the rules cost a request nothing."""

    items: list[str]
    model: AlternatingLeastSquares
    seen: dict[str, csr_matrix]
    """Of each user with events, the items that are left out."""
    popular: list[Place]
    """For those without, the most wanted first."""


shelves: dict[bool, Shelf] = {}
premium: dict[str, bool] = {}
lines: dict[str, int] = {}


def load(folder):
    facts = json.loads((folder / "facts.json").read_text())
    confidence = load_npz(folder / "confidence.npz")
    model = AlternatingLeastSquares.load(str(folder / "model.npz"))
    lines.update({user: k for k, user in enumerate(facts["lines"])})
    premium.update({user: segment == "premium" for user, segment in facts["users"].items()})
    price, stock = np.array([facts["items"].get(item, (0, 0)) for item in facts["columns"]]).T
    wanted = np.asarray(confidence.sum(axis=0)).ravel()
    for of_premium in (False, True):
        # The first rule is a mask over the items; the second, being by a factor, goes into the items' own factors.
        mask = np.flatnonzero((stock > 0) & ((price < 150) | of_premium))
        shown = copy.copy(model)
        shown.item_factors = model.item_factors[mask] * np.where(price[mask] < 20, 1.3, 1).astype(np.float32)[:, None]
        items = [facts["columns"][k] for k in mask]
        left_out = confidence[:, mask]
        seen = {
            user: left_out[lines[user]]
            for user, of_user in premium.items()
            if of_user == of_premium and confidence.indptr[lines[user]] < confidence.indptr[lines[user] + 1]
        }
        best = np.argsort(-wanted[mask])[:100]
        popular = [Place(itemId=items[k], score=wanted[mask[k]]) for k in best]
        shelves[of_premium] = Shelf(items, shown, seen, popular)


@asynccontextmanager
async def lifespan(_):
    load(Path(sys.argv[1]))
    print("ready", flush=True)
    yield


app = FastAPI(lifespan=lifespan)


# Not in a thread: a list is the processor's work alone, and shorter than the way to a thread under load.
@app.get("/users/{user}/recommendations")
async def recommendations(user: str, count: Annotated[int, Query(ge=1, le=100)] = 10) -> List:
    if user not in premium:
        raise HTTPException(404)
    shelf = shelves[premium[user]]
    if user not in shelf.seen:
        return List(userId=user, items=shelf.popular[:count])
    best, scores = shelf.model.recommend(lines[user], shelf.seen[user], N=count)
    places = zip(best.tolist(), scores.tolist())
    return List(userId=user, items=[Place(itemId=shelf.items[k], score=score) for k, score in places])


if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    print(f"http://127.0.0.1:{port}", flush=True)
    uvicorn.run(
        "serve:app",
        port=port,
        workers=int(sys.argv[2]),
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
        timeout_keep_alive=72,  # as long as Fastify keeps a connection that is not used
    )
