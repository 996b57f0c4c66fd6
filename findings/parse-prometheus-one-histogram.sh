#!/usr/bin/env bash
# parse-prometheus-text-format makes one histogram of all that have the same name, and leaves out sum and count
#
# Versions: parse-prometheus-text-format 1.1.1, prom-client 15.1.3 (npm)
# Expected: histograms and summaries with different labels stay apart, as counters do, and as they do in the example of
#   its own page for a summary that has no quantiles.
# Behaviour: their buckets go into one list, in which the last with a bound wins; labels, sums and counts are gone. Of a
#   route that is fast 100 times and one that was slow 5 times the second is all that is seen, without its name.
# Guess: two histograms, each with its labels, buckets, sum and count.
# Seen:
#   counter: {"value":"100","labels":{"route":"/fast"}} {"value":"5","labels":{"route":"/slow"}}
#   histogram: {"buckets":{"1":"0","+Inf":"5"}}
#   histogram without labels: {"buckets":{"1":"100","+Inf":"100"},"count":"100","sum":"50"}
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund --ignore-scripts parse-prometheus-text-format@1.1.1 prom-client@15.1.3 >> npm.log 2>&1
cat > ask.cjs <<'END'
const parse = require('parse-prometheus-text-format')
const { Counter, Histogram, register } = require('prom-client')

const labelNames = ['route']
const counter = new Counter({ name: 'requests_total', help: 'counter', labelNames })
const histogram = new Histogram({ name: 'seconds', help: 'histogram', buckets: [1], labelNames })
const plain = new Histogram({ name: 'all_seconds', help: 'histogram without labels', buckets: [1] })
for (const [route, times, seconds] of [['/fast', 100, 0.5], ['/slow', 5, 8]]) {
  counter.inc({ route }, times)
  for (let time = 0; time < times; time += 1) histogram.observe({ route }, seconds)
}
for (let time = 0; time < 100; time += 1) plain.observe(0.5)
register.metrics().then(text => {
  for (const { help, metrics } of parse(text)) {
    console.log(`${help}: ${metrics.map(metric => JSON.stringify(metric)).join(' ')}`)
  }
})
END
node ask.cjs > seen
cat > expected <<'END'
counter: {"value":"100","labels":{"route":"/fast"}} {"value":"5","labels":{"route":"/slow"}}
histogram: {"buckets":{"1":"0","+Inf":"5"}}
histogram without labels: {"buckets":{"1":"100","+Inf":"100"},"count":"100","sum":"50"}
END
diff expected seen || { echo 'It changed: "<" was seen before.' >&2; exit 1; }
cat seen
