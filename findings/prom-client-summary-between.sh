#!/usr/bin/env bash
# Quantiles of a prom-client Summary lie where nothing was observed
#
# Versions: prom-client 15.1.3, which takes quantiles from tdigest 0.1.3 (npm)
# Expected: of 10,000 requests that took 8, 9, 10, 11 or 12 ms, but for every thousandth, which took 1,000, the quantiles up to
#   0.99 are 12 ms at most.
# Behaviour: 0.95 is 511 ms and 0.99 is 906, and of 9,990 observations of 10 and ten of 1,000, 0.9 is 803. Equal values are one
#   centroid each, and between two centroids the digest draws a line, however many observations stand behind them and few
#   between. Whoever observes whole milliseconds, counts or sizes has few values that repeat, and one rare long one lifts
#   all upper quantiles. Sum and count are right, and so are the buckets of a Histogram.
# Guess: 10, 12, 12, 12 and 1000; and 10, 10, 10, 10 and 1000.
# Seen:
#   8 to 12: 0.5 10.00, 0.9 16.94, 0.95 510.94, 0.99 906.14, 0.999 995.06
#   10 alone: 0.5 10.99, 0.9 802.99, 0.95 901.99, 0.99 981.19, 0.999 999.01
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund --ignore-scripts prom-client@15.1.3 tdigest@0.1.3 >> npm.log 2>&1
cat > ask.mjs <<'END'
import { Summary } from 'prom-client'

const percentiles = [0.5, 0.9, 0.95, 0.99, 0.999]
const tell = async (what, name, took) => {
  const summary = new Summary({ name, help: 'Milliseconds that requests took.', percentiles })
  for (let k = 0; k < 10_000; k++) summary.observe(k % 1_000 === 999 ? 1_000 : took(k))
  const { values } = await summary.get()
  const parts = values.slice(0, 5).map(({ labels, value }) => `${labels.quantile} ${value.toFixed(2)}`)
  console.log(`${what}: ${parts.join(', ')}`)
}
await tell('8 to 12', 'spread_ms', k => 8 + (k % 5))
await tell('10 alone', 'same_ms', () => 10)
END
node ask.mjs > seen
cat > expected <<'END'
8 to 12: 0.5 10.00, 0.9 16.94, 0.95 510.94, 0.99 906.14, 0.999 995.06
10 alone: 0.5 10.99, 0.9 802.99, 0.95 901.99, 0.99 981.19, 0.999 999.01
END
diff expected seen || { echo 'It changed: "<" was seen before.' >&2; exit 1; }
cat seen
