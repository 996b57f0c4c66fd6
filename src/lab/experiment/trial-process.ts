// A process that runs trials, one at a time, each when it is asked for.
import { RecstreamError } from '../../errors.ts'
import { silenceNotices } from '../../settings/notice.ts'
import type { FromTrialProcess, OpenedTrials, OpenTrials, ToTrialProcess, TrialsFrom } from './trial-messages.ts'

/** Progress is reported this often, ms. */
const reportEvery = 200

// The process that runs the command has read the same definition and options.
silenceNotices()

// Ctrl-C reaches the whole process group; what it means is decided by the process that asks.
process.on('SIGINT', () => {})
// Nobody waits for the result any more.
process.on('disconnect', () => process.exit(1))

const never = new AbortController().signal
let opened: Promise<OpenedTrials> | undefined

process.on('message', (message: ToTrialProcess) => {
  if (message.type === 'begin') opened = open(message.from)
  else void run(message.name)
  // An error in opening is reported with the first trial that asks for it.
  opened?.catch(() => {})
})

async function open({ module, setup }: TrialsFrom): Promise<OpenedTrials> {
  const { openTrials } = (await import(module)) as { openTrials: OpenTrials<unknown> }
  return openTrials(setup)
}

async function run(name: string): Promise<void> {
  let reported = Number.NEGATIVE_INFINITY
  try {
    const { trials, execute } = await opened!
    const { result, seconds } = await execute(
      trials.find(trial => trial.name === name)!,
      (share, words = '') => {
        const now = performance.now()
        if (now - reported < reportEvery) return
        reported = now
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
