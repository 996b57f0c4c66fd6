// Started by networks.ts: one training step on the backend named by the argument for each line read, "lstm" or "rlstm".
import { createInterface } from 'node:readline'
import { type BackendName, openBackend } from '../src/nn/backend.ts'
import { trainStep } from './network-step.ts'

const { name, tf } = await openBackend(process.argv[2] as BackendName)
const steps: Record<string, () => number> = { lstm: trainStep(tf, 'lstm'), rlstm: trainStep(tf, 'rlstm') }
console.log(name)
for await (const line of createInterface({ input: process.stdin })) {
  const started = process.cpuUsage()
  const loss = steps[line]!()
  const { user, system } = process.cpuUsage(started)
  console.log((user + system) / 1000, loss)
}
