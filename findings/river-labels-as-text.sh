#!/usr/bin/env bash
# River's precision of labels in text is 0 whatever is predicted
#
# Versions: river 0.26.1 (PyPI)
# Expected: pos_val says which value is the positive one, so Precision(pos_val='watched') counts where 'watched' was
#   predicted.
# Behaviour: binary metrics turn each label into a boolean before they count, and every text but the empty one is
#   true. So the value named by pos_val never comes up, precision and recall stay 0 and nothing is raised. Accuracy,
#   which knows more than two classes, is right.
# Guess: precision and recall are 2/3 and 1, as they are with True for watched; accuracy is .75.
# Seen:
#   text: precision 0.0 recall 0.0 accuracy 0.75
#   booleans: precision 0.6667 recall 1.0 accuracy 0.75
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check river==0.26.1
cat > ask.py <<'END'
from river import metrics

events = [("watched", "watched"), ("skipped", "watched"), ("watched", "watched"), ("skipped", "skipped")]
for name, positive, seen in (("text", "watched", str), ("booleans", True, lambda label: label == "watched")):
    chosen = [metrics.Precision(pos_val=positive), metrics.Recall(pos_val=positive), metrics.Accuracy()]
    for metric in chosen:
        for truth, predicted in events:
            metric.update(seen(truth), seen(predicted))
    precision, recall, accuracy = (round(metric.get(), 4) for metric in chosen)
    print(name + ":", "precision", precision, "recall", recall, "accuracy", accuracy)
END
venv/bin/python ask.py > seen
cat > expected <<'END'
text: precision 0.0 recall 0.0 accuracy 0.75
booleans: precision 0.6667 recall 1.0 accuracy 0.75
END
diff expected seen || { echo 'It changed: "<" was seen before.' >&2; exit 1; }
cat seen
