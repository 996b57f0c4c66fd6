// The processes under the supervisor start here; what they are to do comes as the first message.
import { thrownText } from '../errors.ts'
import { silenceNotices } from '../settings/notice.ts'
import type { Assignment, FromProcess, ToProcess } from './messages.ts'
import { failureOf } from './process-failure.ts'
import { ProcessLink } from './roles/process-link.ts'

// The process that runs the command has read the same definition.
silenceNotices()

// Each process loads what its role needs and nothing else.
const roles = {
  import: async () => (await import('./roles/import.ts')).runImport,
  ingest: async () => (await import('./roles/ingest.ts')).runIngest,
  learn: async () => (await import('./roles/learn.ts')).runLearn,
  serve: async () => (await import('./roles/serve.ts')).runServe,
  follow: async () => (await import('./roles/follow.ts')).runFollow,
}

// Ctrl-C reaches the whole process group; the supervisor decides what it means for each process.
process.on('SIGINT', () => {})
// Without a supervisor nobody would restart or stop this process: it ends as if it had been killed.
process.on('disconnect', () => process.exit(1))

let ready = false
const stop = new AbortController()
const link = new ProcessLink(stop.signal, message => {
  if (message.type === 'ready') ready = true
  process.send?.(message)
})
process.on('SIGTERM', stopped)
process.on('message', (message: ToProcess) => {
  if (message.type === 'begin') void run(message.assignment)
  else if (message.type === 'stop') stopped()
  else link.ask(message.type)
})

/** Before it is at work there is no batch to finish, and what it waits for may not come. */
function stopped(): void {
  stop.abort()
  if (!ready) void ended()
}

async function ended(): Promise<void> {
  await say({ type: 'stopped', peakRssMb: process.resourceUsage().maxRSS / 1024 })
  process.exit(0)
}

async function run(assignment: Assignment): Promise<void> {
  try {
    const work = await roles[assignment.role]()
    await work(assignment, link)
    await ended()
  } catch (error) {
    const { code, message } = failureOf(error)
    const stack =
      error instanceof Error ? `${error.stack}${error.cause ? `\ncaused by ${thrownText(error.cause)}` : ''}` : null
    await say({ type: 'failed', code, message, stack })
    process.exit(1)
  }
}

/** Resolves once the message has left this process, so that an exit cannot lose it. */
function say(message: FromProcess): Promise<void> {
  return new Promise(resolve => {
    if (process.send === undefined || !process.connected) resolve()
    else process.send(message, () => resolve())
  })
}
