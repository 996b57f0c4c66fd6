import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { MessageChannel, receiveMessageOnPort, SHARE_ENV, Worker } from 'node:worker_threads'
import type { Agent } from '../../agents/ddpg-la/residual/agent.ts'
import { RecstreamError } from '../../errors.ts'
import type { BackendName } from '../../nn/backend.ts'
import { packageRoot } from '../../package-root.ts'
import { Signal, type ThreadData, type ThreadFailure } from './signals.ts'
import type { Trainer } from './trainer.ts'

/** A thread that finishes no mini-batch in this time is taken for dead; loading the backend counts as one. */
const patienceMs = 60_000

/**
 * Trains in a thread of its own, on the memory that it shares with the learner.
 *
 * The learner goes on meanwhile and waits only in `settle`. Weights, moments and random state are the same bits as those
 * of `inlineTrainer` on the same backend: a step reads nothing that is written while it lasts.
 */
export function workerTrainer(agent: Agent, backend: BackendName): Trainer {
  const signals = new Int32Array(new SharedArrayBuffer(4 * Int32Array.BYTES_PER_ELEMENT))
  const until = new Float64Array(new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT))
  const { port1: failures, port2: failuresOut } = new MessageChannel()
  const data: ThreadData = {
    options: agent.options,
    shared: agent.shared,
    signals: signals.buffer as SharedArrayBuffer,
    until: until.buffer as SharedArrayBuffer,
    failures: failuresOut,
    backend,
  }
  // The native library reads its number of threads from the environment of the process, not from a copy.
  const thread = new Worker(threadPath(), { workerData: data, transferList: [failuresOut], env: SHARE_ENV })
  thread.unref()
  failures.unref()
  let failure: RecstreamError | null = null
  let disposed = false
  const fail = (reason: string, cause?: unknown): RecstreamError => {
    failure ??= new RecstreamError(
      'TRAINING_FAILED',
      `The training thread ended (${reason}); start again from the newest checkpoint.`,
      { cause },
    )
    return failure
  }
  const lastWords = () => (receiveMessageOnPort(failures)?.message as ThreadFailure | undefined)?.message
  thread.on('error', error => fail(error.message, error))
  thread.on('exit', code => {
    if (!disposed) fail(lastWords() ?? `exit code ${code}`)
  })

  return {
    begin(number) {
      until[0] = number
      Atomics.add(signals, Signal.begun, 1)
      Atomics.notify(signals, Signal.begun)
    },
    settle() {
      for (;;) {
        if (failure !== null) throw failure
        const ended = Atomics.load(signals, Signal.ended)
        if (ended === Atomics.load(signals, Signal.begun)) return
        if (ended < 0) throw fail(lastWords() ?? 'without a word')
        const batches = Atomics.load(signals, Signal.batches)
        const outcome = Atomics.wait(signals, Signal.ended, ended, patienceMs)
        if (outcome === 'timed-out' && Atomics.load(signals, Signal.batches) === batches) {
          throw fail(`no sign of life for ${patienceMs / 1000} s`)
        }
      }
    },
    dispose() {
      disposed = true
      Atomics.store(signals, Signal.stop, 1)
      Atomics.add(signals, Signal.begun, 1)
      Atomics.notify(signals, Signal.begun)
      failures.close()
    },
  }
}

/** A thread starts from a compiled file; run from the sources, that is the one that was built from them. */
function threadPath(): string {
  const path = join(packageRoot(), 'dist', 'src', 'learner', 'training', 'training-thread.js')
  if (existsSync(path)) return path
  throw new RecstreamError('TOOL_MISSING', 'The program is not built; run `npm run build` first.')
}
