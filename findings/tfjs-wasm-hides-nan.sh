#!/usr/bin/env bash
# Clipping on the wasm backend of TensorFlow.js turns NaN into the lower bound
#
# Versions: @tensorflow/tfjs-core 4.22.0, @tensorflow/tfjs-backend-cpu 4.22.0, @tensorflow/tfjs-backend-wasm 4.22.0
#   (npm)
# Expected: NaN stays NaN through clipByValue, relu6 and maximum, so that a loss that went wrong is seen at the end.
# Behaviour: on wasm clipByValue and relu6 give the lower bound, and maximum keeps NaN only where it stands first. A
#   check for NaN behind a clip never strikes there; on the cpu backend it does.
# Guess: NaN everywhere, on both.
# Seen:
#   cpu clip NaN relu6 NaN maximum(NaN, 1) NaN maximum(1, NaN) NaN
#   wasm clip -1 relu6 0 maximum(NaN, 1) NaN maximum(1, NaN) 1
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
const nan = () => tf.tensor1d([Number.NaN])
const one = () => tf.tensor1d([1])
for (const backend of ['cpu', 'wasm']) {
  await tf.setBackend(backend)
  const said = {
    clip: tf.clipByValue(nan(), -1, 1),
    relu6: tf.relu6(nan()),
    'maximum(NaN, 1)': tf.maximum(nan(), one()),
    'maximum(1, NaN)': tf.maximum(one(), nan()),
  }
  const parts = Object.entries(said).map(([name, tensor]) => `${name} ${tensor.dataSync()[0]}`)
  process.stdout.write(`${backend} ${parts.join(' ')}\n`)
}
END
node ask.mjs > seen
cat > expected <<'END'
cpu clip NaN relu6 NaN maximum(NaN, 1) NaN maximum(1, NaN) NaN
wasm clip -1 relu6 0 maximum(NaN, 1) NaN maximum(1, NaN) 1
END
diff expected seen || { echo 'It changed: "<" was seen before.' >&2; exit 1; }
cat seen
