#!/usr/bin/env bash
# MABWiser draws arms of its softmax policy more unevenly than its formula says
#
# Versions: mabwiser 2.7.4 (PyPI)
# Expected: with mean rewards 1 and 0 and tau 1 the first arm is drawn with probability e / (e + 1) = .731, the
#   figure that the policy is documented with.
# Behaviour: the probabilities of the formula become the parameters of a Dirichlet distribution; the arm with the
#   larger draw is chosen. So the better arm comes more often than the formula says, .763 in all,
#   predict_expectations tells the draw rather than the probabilities, and propensities worked out from the formula
#   are wrong.
# Guess: of 20,000 choices a share of .73 is the first arm, and predict_expectations says .731 twice.
# Seen:
#   formula 0.731
#   share of the first arm between 0.75 and 0.78: True
#   expectations the same when asked twice: False
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check mabwiser==2.7.4
cat > ask.py <<'END'
import math

from mabwiser.mab import MAB, LearningPolicy

print("formula", round(math.e / (math.e + 1), 3))
mab = MAB(["first", "second"], LearningPolicy.Softmax(tau=1), seed=1)
mab.fit(["first", "second"], [1, 0])
share = sum(mab.predict() == "first" for _ in range(20_000)) / 20_000
print("share of the first arm between 0.75 and 0.78:", 0.75 < share < 0.78)
print("expectations the same when asked twice:", mab.predict_expectations() == mab.predict_expectations())
END
venv/bin/python ask.py > seen
cat > expected <<'END'
formula 0.731
share of the first arm between 0.75 and 0.78: True
expectations the same when asked twice: False
END
diff expected seen || { echo 'It changed: "<" was seen before.' >&2; exit 1; }
cat seen
