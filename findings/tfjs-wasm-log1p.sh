#!/usr/bin/env bash
# log1p on the wasm backend of TensorFlow.js loses small numbers, for which alone it is there
#
# Versions: @tensorflow/tfjs-core 4.22.0, @tensorflow/tfjs-backend-cpu 4.22.0, @tensorflow/tfjs-backend-wasm 4.22.0
#   (npm)
# Expected: log1p(x) is about x where x is small, on every backend; that is why it is written in place of log(1 + x).
# Behaviour: wasm adds 1 first, in 32 bits: log1p(1e-7) is a fifth too large, and from 6e-8 down it is 0. So a loss such
#   as -log1p(-p) of rare clicks has no value and counts no mistake. expm1 is right on both backends.
# Guess: both lines are alike. Each number is log1p(x) / x.
# Seen:
#   cpu 0.001: 0.9995 0.00001: 1.0000 1e-7: 1.0000 1e-8: 1.0000
#   wasm 0.001: 0.9995 0.00001: 1.0014 1e-7: 1.1921 1e-8: 0.0000
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
  const parts = ['0.001', '0.00001', '1e-7', '1e-8'].map(
    x => `${x}: ${(tf.log1p(tf.scalar(Number(x))).dataSync()[0] / Number(x)).toFixed(4)}`,
  )
  process.stdout.write(`${backend} ${parts.join(' ')}\n`)
}
END
node ask.mjs > seen
cat > expected <<'END'
cpu 0.001: 0.9995 0.00001: 1.0000 1e-7: 1.0000 1e-8: 1.0000
wasm 0.001: 0.9995 0.00001: 1.0014 1e-7: 1.1921 1e-8: 0.0000
END
diff expected seen || { echo 'It changed: "<" was seen before.' >&2; exit 1; }
cat seen
