import { commandOf } from '../../codec/output.ts'
import { RecstreamError } from '../../errors.ts'
import type { Log } from '../../log/log.ts'
import type { Command, ForgetStage } from '../../records/command.ts'
import type { ForgetCommand } from '../../records/forgotten.ts'
import { askControl } from '../../run/control.ts'
import { say } from '../print/write-lines.ts'
import { exitCodeOf, stopSignal } from '../stop-signal.ts'

const said: Record<ForgetStage, string> = {
  given: 'Given. Ingest takes it in with its next batch.',
  taken: 'Taken in: their rows are deleted, and what comes from now on is somebody new’s. The learner follows.',
  accepted: 'The learner has taken it in.',
  learned: 'The learner has forgotten, and no older checkpoint is kept. Topics and files are cleared.',
  done: 'Done.',
}

/** Looks at the topic between two questions to the pipeline, a quarter of a second each. */
const looks = 8

/** The command as it is done; null where Ctrl-C ended the wait. What goes on is told on stderr. */
export async function waitUntilDone(
  given: Command,
  { log, commands, from, control }: { log: Log; commands: string; from: number; control: string | null },
): Promise<ForgetCommand | null> {
  const { stopped, received } = stopSignal(() => {
    say('The pipeline goes on with it by itself; its receipt will lie in the folder receipts.')
  })
  say(said.given)
  const reader = await log.reader([{ topic: commands, partition: 0, offset: from }], { name: 'forget' })
  try {
    const told = new Set<string>()
    const ask = control === null ? async () => null : obstacles(control)
    for (let look = 1; !stopped.aborted; look++) {
      const waits = look % looks === 0 ? await ask() : null
      if (waits !== null && !told.has(waits)) say(waits)
      if (waits !== null) told.add(waits)
      for (const record of await reader.read(250)) {
        const command = commandOf(record)
        if (command?.commandId !== given.commandId || command.forget === undefined) continue
        const { forget } = command
        if (forget.stage !== 'given') say(said[forget.stage])
        if (forget.stage === 'done') return { ...command, forget, offset: record.offset }
      }
    }
  } finally {
    await reader.close()
  }
  process.exitCode = exitCodeOf(received() ?? 'SIGINT')
  return null
}

/** What keeps it from going on, in one sentence, asked for now and then; null where nothing does, or is known to. */
function obstacles(control: string): () => Promise<string | null> {
  let wasRunning = true
  return async () => {
    const status = await statusOf(control).catch(() => undefined)
    // A process that is started again is back in a moment.
    const isGone = status === null && !wasRunning
    wasRunning = status !== null
    if (isGone) return 'It waits: the pipeline is not running, and forgets them when it is started next.'
    return status?.forgetWaits ? `It waits: ${status.forgetWaits}.` : null
  }
}

/** What the running pipeline says of itself; null where none runs. */
export async function statusOf(control: string): Promise<{ forgetWaits: string | null } | null> {
  try {
    return (await askControl(control, 'status')) as { forgetWaits: string | null }
  } catch (error) {
    if (error instanceof RecstreamError && error.code === 'NOT_RUNNING') return null
    throw error
  }
}
