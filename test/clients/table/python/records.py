"""What every client in Python is given to send, and how it tells what it read."""

import base64
import json
import time
from contextlib import contextmanager

quiet_seconds = 60


def to_send(file):
    with open(file) as lines:
        for line in lines:
            record = json.loads(line)
            yield record["key"].encode(), base64.b64decode(record["value"]), record["timestamp"]


@contextmanager
def printed(count):
    """Takes each record read; is done a moment after `count` of them, or when nothing more comes."""
    lines = []
    last = [time.monotonic()]

    def take(partition, offset, headers):
        last[0] = time.monotonic()
        lines.append(f"{partition} {offset} {headers.get('recstream-sequence', b'none').decode()}")

    take.is_done = lambda: time.monotonic() - last[0] > (1 if len(lines) >= count else quiet_seconds)
    yield take
    print("\n".join(lines))
