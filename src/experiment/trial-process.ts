// A process that runs trials, one at a time, each when it is asked for.
import { RecstreamError } from '../errors.ts'
import { openRun } from './open-run.ts'
import { type Executor, inThisProcess } from './run-trials.ts'
import type { FromTrialProcess, RunSetup, ToTrialProcess } from './trial-messages.ts'

/** Progress is told this often, ms. */
const tellEvery = 200

// Ctrl-C reaches the whole process group; what it means is decided by the process that asks.
process.on('SIGINT', () => {})
// Nobody waits for the result any more.
process.on('disconnect', () => process.exit(1))

const never = new AbortController().signal
let opened: Promise<{ names: Map<string, Parameters<Executor>[0]>; execute: Executor }> | undefined

process.on('message', (message: ToTrialProcess) => {
  if (message.type === 'begin') opened = open(message.setup)
  else void run(message.name)
  // An error in opening is told with the first trial that asks for it.
  opened?.catch(() => {})
})

async function open(setup: RunSetup) {
  const { definition, trials, ratings } = await openRun(setup)
  const execute = inThisProcess({ definition, ratings: await ratings(), clock: () => performance.now() })
  return { names: new Map(trials.map(trial => [trial.name, trial])), execute }
}

async function run(name: string): Promise<void> {
  let told = Number.NEGATIVE_INFINITY
  try {
    const { names, execute } = await opened!
    const { result, seconds } = await execute(
      names.get(name)!,
      (share, words = '') => {
        const now = performance.now()
        if (now - told < tellEvery) return
        told = now
        say({ type: 'progress', share, words })
      },
      never,
    )
    say({ type: 'finished', result, seconds })
  } catch (error) {
    const code = error instanceof RecstreamError ? error.code : 'INTERNAL'
    const [message, stack] = error instanceof Error ? [error.message, error.stack ?? null] : [String(error), null]
    say({ type: 'failed', code, message, stack })
  }
}

function say(message: FromTrialProcess): void {
  // Whoever asked may be gone this very moment.
  if (process.connected) process.send?.(message, undefined, undefined, error => error && process.exit(1))
}
