#!/usr/bin/env bash
# TensorFlow.js casts one half to true on its cpu backend and to false on wasm
#
# Versions: @tensorflow/tfjs-core 4.22.0, @tensorflow/tfjs-backend-cpu 4.22.0, @tensorflow/tfjs-backend-wasm 4.22.0
#   (npm)
# Expected: whatever is not 0 is true, on every backend.
# Behaviour: on wasm the number is cut to a byte first: .5 and 256 are false. A mask made by casting weights or
#   probabilities loses members on one backend alone.
# Guess: both lines are 1,1,1,0.
# Seen:
#   cpu 1,1,1,0
#   wasm 0,1,0,0
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
for (const backend of ['cpu', 'wasm']) {
  await tf.setBackend(backend)
  process.stdout.write(`${backend} ${tf.cast(tf.tensor1d([0.5, 1, 256, 0]), 'bool').dataSync()}\n`)
}
END
node ask.mjs > seen
cat > expected <<'END'
cpu 1,1,1,0
wasm 0,1,0,0
END
diff expected seen || { echo 'It changed: "<" was seen before.' >&2; exit 1; }
cat seen
