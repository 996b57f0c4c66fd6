// The training thread: waits for steps to be begun, trains on the memory it shares with the learner.
import { workerData } from 'node:worker_threads'
import { createAgent } from '../../agents/ddpg-la/residual/agent.ts'
import { agentTraining } from '../../agents/ddpg-la/residual/training.ts'
import { openBackend } from '../../nn/backend.ts'
import { Signal, type ThreadData, type ThreadFailure } from './signals.ts'

const { options, shared, backend, failures, ...buffers } = workerData as ThreadData
const signals = new Int32Array(buffers.signals)
const until = new Float64Array(buffers.until)

const end = (value: number) => {
  Atomics.store(signals, Signal.ended, value)
  Atomics.notify(signals, Signal.ended)
}

try {
  const { tf } = await openBackend(backend)
  const training = agentTraining(tf, createAgent(options, shared))
  for (let ended = 0; ; ended++) {
    // Returns at once when the next step was begun while this one was at work.
    Atomics.wait(signals, Signal.begun, ended)
    if (Atomics.load(signals, Signal.stop) === 1) break
    training.train(until[0]!, () => Atomics.add(signals, Signal.batches, 1))
    end(ended + 1)
  }
} catch (error) {
  const failure: ThreadFailure = { message: error instanceof Error ? error.message : String(error) }
  failures.postMessage(failure)
  end(-1)
}
