#!/usr/bin/env bash
# sign on the wasm backend of TensorFlow.js takes small numbers for 0
#
# Versions: @tensorflow/tfjs-core 4.22.0, @tensorflow/tfjs-backend-cpu 4.22.0, @tensorflow/tfjs-backend-wasm 4.22.0
#   (npm)
# Expected: sign(x) is 1 for every x above 0 and -1 for every x below, however small, on every backend.
# Behaviour: wasm says 0 for all that lies between -2^-23 and 2^-23, the distance from 1 to the next number, though nothing
#   is added to 1 here. Gradients are that small every day: an optimiser that goes by their sign (signSGD, Lion) leaves such
#   weights where they are, on this backend alone. tf.step is right on both.
# Guess: both lines are alike, with 1 or -1 everywhere.
# Seen:
#   cpu 2e-7: 1, 1.2e-7: 1, 1.1e-7: 1, -1e-8: -1, 1e-30: 1
#   wasm 2e-7: 1, 1.2e-7: 1, 1.1e-7: 0, -1e-8: 0, 1e-30: 0
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
  const parts = ['2e-7', '1.2e-7', '1.1e-7', '-1e-8', '1e-30'].map(
    text => `${text}: ${tf.sign(tf.scalar(Number(text))).dataSync()[0]}`,
  )
  process.stdout.write(`${backend} ${parts.join(', ')}\n`)
}
END
node ask.mjs > seen
cat > expected <<'END'
cpu 2e-7: 1, 1.2e-7: 1, 1.1e-7: 1, -1e-8: -1, 1e-30: 1
wasm 2e-7: 1, 1.2e-7: 1, 1.1e-7: 0, -1e-8: 0, 1e-30: 0
END
diff expected seen || { echo 'It changed: "<" was seen before.' >&2; exit 1; }
cat seen
