#!/usr/bin/env bash
# Items barred by -Infinity come out of tf.topk in another order on one backend of TensorFlow.js
#
# Versions: @tensorflow/tfjs-core 4.22.0, @tensorflow/tfjs-backend-cpu 4.22.0, @tensorflow/tfjs-backend-wasm 4.22.0
#   (npm)
# Expected: of equal elements the one with the lower index comes first, as the documentation of topk says, on every
#   backend; items that may not be shown are given -Infinity before the best are taken.
# Behaviour: on the cpu backend elements that are -Infinity come in an order of their own, while those that are -1e9 keep
#   the promise. Where fewer items are left than are asked for, two machines fill up a list with other items.
# Guess: "2,0" for both bars and "0,1" for equal scores, on both backends.
# Seen:
#   cpu bars as -Infinity 2,1 bars as -1e9 2,0 alike 0,1
#   wasm bars as -Infinity 2,0 bars as -1e9 2,0 alike 0,1
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund --ignore-scripts @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-backend-cpu@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0 >> npm.log 2>&1
cat > ask.mjs <<'END'
import { dirname } from 'node:path'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const tf = require('@tensorflow/tfjs-core')
require('@tensorflow/tfjs-backend-cpu')
const wasm = require('@tensorflow/tfjs-backend-wasm')
console.info = console.warn = () => {}
tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false)
wasm.setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm'))}/`)
const best = scores => [...tf.topk(tf.tensor1d(scores), 2).indices.dataSync()].join()
for (const backend of ['cpu', 'wasm']) {
  await tf.setBackend(backend)
  const barred = [-Infinity, -1e9].map(bar => `bars as ${bar === -1e9 ? '-1e9' : bar} ${best([bar, bar, 4])}`)
  process.stdout.write(`${backend} ${barred.join(' ')} alike ${best([3, 3, 3])}\n`)
}
END
node ask.mjs > seen
cat > expected <<'END'
cpu bars as -Infinity 2,1 bars as -1e9 2,0 alike 0,1
wasm bars as -Infinity 2,0 bars as -1e9 2,0 alike 0,1
END
diff expected seen || { echo 'It changed: "<" was seen before.' >&2; exit 1; }
cat seen
