#!/usr/bin/env bash
# safetensors saves a transposed NumPy array with its numbers in other places
#
# Versions: safetensors 0.8.0, numpy 2.4.6 (PyPI)
# Expected: what is loaded is what was saved, or saving it is an error. Pickle and numpy.save keep any array.
# Behaviour: the new shape is written with the bytes as they lie in memory, and transposing does not move those. So a
#   matrix of factors that was turned, or that came in the order of Fortran, has the right shape and its numbers mixed
#   up; nothing is raised. That tensors have to be contiguous stands in the text on the argument. Save
#   numpy.ascontiguousarray(x).
# Guess: True in each line.
# Seen:
#   as it is: True [[0, 1, 2], [3, 4, 5]]
#   transposed: False [[0, 1], [2, 3], [4, 5]]
#   in the order of Fortran: False [[0, 3, 1], [4, 2, 5]]
#   transposed, ascontiguousarray: True [[0, 3], [1, 4], [2, 5]]
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check safetensors==0.8.0 numpy==2.4.6
cat > ask.py <<'END'
import numpy
from safetensors.numpy import load_file, save_file

matrix = numpy.arange(6, dtype=numpy.float32).reshape(2, 3)
arrays = {
    "as it is": matrix,
    "transposed": matrix.T,
    "in the order of Fortran": numpy.asfortranarray(matrix),
    "transposed, ascontiguousarray": numpy.ascontiguousarray(matrix.T),
}
for name, array in arrays.items():
    save_file({"factors": array}, "factors.safetensors")
    loaded = load_file("factors.safetensors")["factors"]
    print(f"{name}: {numpy.array_equal(array, loaded)} {loaded.astype(int).tolist()}")
END
venv/bin/python ask.py > seen
cat > expected <<'END'
as it is: True [[0, 1, 2], [3, 4, 5]]
transposed: False [[0, 1], [2, 3], [4, 5]]
in the order of Fortran: False [[0, 3, 1], [4, 2, 5]]
transposed, ascontiguousarray: True [[0, 3], [1, 4], [2, 5]]
END
diff expected seen || { echo 'It changed: "<" was seen before.' >&2; exit 1; }
cat seen
