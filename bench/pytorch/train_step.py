"""One training step of the benchmark's network for each line read: "lstm", "rlstm" or "nn" in, "milliseconds of the processor, loss" out.

Usage: train_step.py FOLDER, with sizes.json and one file of float32 numbers for each array, as networks.ts writes them.
"""
import json
import sys
import time
from pathlib import Path

import torch
import torch.nn.functional as F

torch.set_num_threads(1)
folder = Path(sys.argv[1])
sizes = json.loads((folder / "sizes.json").read_text())
batch, length, hidden, positions = (sizes[name] for name in ("batch", "length", "hidden", "positions"))


def array(name):
    return torch.frombuffer(bytearray((folder / name).read_bytes()), dtype=torch.float32).reshape(sizes["shapes"][name])


def weights():
    names = ["input", "hidden", "attention", "first", "firstBias", "second", "secondBias", "last", "lastBias"]
    return {name: array(name).clone().requires_grad_() for name in names}


records = array("records").reshape(length, batch, -1)  # [T, B, D]
goal = array("goal")  # [B, 1]
window = records[-positions:]  # [A, B, D]
share = torch.arange(1, positions + 1) / (positions * (positions + 1) / 2)


def lift(x):
    bounded = x.clamp(-1, 1)
    return bounded * (2 - bounded.abs())


def cell(w, enhance):
    """The cell by hand, [B, H]; gates in the order forget, input, output, content."""
    weight = torch.cat([w["input"], w["hidden"]])
    h = torch.zeros(batch, hidden)
    c = torch.zeros(batch, hidden)
    for t in range(length):
        f, i, o, g = (torch.cat([records[t], h], 1) @ weight).chunk(4, 1)
        c = enhance(torch.sigmoid(f) * c) + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
    return h


def attention(w):
    projected = torch.bmm(window, w["attention"].reshape(positions, -1, w["attention"].shape[1]))  # [A, B, 3S]
    query, key, value = projected.transpose(0, 1).chunk(3, 2)  # [B, A, S]
    shares = F.softmax(query @ key.transpose(1, 2) / query.shape[2] ** 0.5, -1)
    mixed = (shares * share[None, :, None]).sum(1, keepdim=True)  # [B, 1, A]
    return (mixed @ value).squeeze(1)  # [B, S]


def head(w, state):
    state = F.relu(state @ w["first"] + w["firstBias"])
    state = F.relu(state @ w["second"] + w["secondBias"])
    return state @ w["last"] + w["lastBias"]  # [B, 1]


def step_of(kind):
    w = weights()
    layer = torch.nn.LSTM(records.shape[2], hidden, bias=False) if kind == "nn" else None
    trained = [value for name, value in w.items() if layer is None or name not in ("input", "hidden")]
    optimiser = torch.optim.Adam([*trained, *(layer.parameters() if layer else [])], lr=sizes["rate"])

    def step():
        optimiser.zero_grad()
        if layer:
            long = layer(records)[0][-1]
        else:
            long = cell(w, lift if kind == "rlstm" else lambda x: x)
        loss = F.mse_loss(head(w, torch.cat([long, attention(w)], 1)), goal)
        loss.backward()
        optimiser.step()
        return loss.item()

    return step


steps = {}
print(torch.__version__, flush=True)
for line in sys.stdin:
    kind = line.strip()
    if kind not in steps:
        steps[kind] = step_of(kind)
    started = time.process_time()
    loss = steps[kind]()
    print((time.process_time() - started) * 1000, loss, flush=True)
