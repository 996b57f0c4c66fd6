// Learns what is on the log of a folder and ends; a failpoint may kill it before.
import { join } from 'node:path'
import { openCheckpoints } from '../../../dist/src/learner/checkpoint.js'
import { createLearner } from '../../../dist/src/learner/create-learner.js'
import { Learn } from '../../../dist/src/learner/process/learn.js'
import { openEmbeddedLog } from '../../../dist/src/log/embedded/embedded-log.js'
import { openBackend } from '../../../dist/src/nn/backend.js'
import small from './small-arms.mjs'

const [, , , folder, parts = '1'] = process.argv
const definition = { ...small, parts: Number(parts) }
const log = await openEmbeddedLog({ folder: join(folder, 'log') })
const learn = await Learn.open({
  definition,
  log,
  learner: createLearner({ definition, backend: await openBackend('wasm') }),
  checkpoints: openCheckpoints({ folder: join(folder, 'checkpoints'), definition, onDamaged: console.error }),
  clock: () => 0,
  onNotice: console.log,
})
while ((await learn.step(100, async () => {})) || !(await learn.caughtUp()));
await learn.checkpoint()
await learn.close()
await log.close()
