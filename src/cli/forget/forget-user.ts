import { existsSync } from 'node:fs'
import { commandOf } from '../../codec/output.ts'
import { RecstreamError } from '../../errors.ts'
import { readForgotten } from '../../ingest/forget/read-forgotten.ts'
import { MergeFeed } from '../../ingest/returning/merge-feed.ts'
import { MergedUsers } from '../../ingest/returning/merged-users.ts'
import type { Log } from '../../log/log.ts'
import type { Command, ForgetStage } from '../../records/command.ts'
import { type ForgetCommand, Forgotten } from '../../records/forgotten.ts'
import { pseudonyms } from '../../records/pseudonym.ts'
import { topicsOf } from '../../records/topics.ts'
import { plural } from '../../records/words.ts'
import { askControl } from '../../run/control.ts'
import { findPipeline } from '../../run/find-pipeline.ts'
import { checkForgetKey, forgetKey, forgetKeyVariable, makeForgetKey } from '../../run/forget-key.ts'
import type { Connection } from '../../run/messages.ts'
import { type Receipt, readReceipt, receiptOf } from '../../run/receipts.ts'
import { appendCommand } from '../append-command.ts'
import { type ChosenPipeline, choosePipeline } from '../choose-pipeline.ts'
import type { CommonOptions } from '../common-options.ts'
import type { ConnectionOptions } from '../connection-options.ts'
import { openPipelineLog } from '../open-pipeline-log.ts'
import { say, writeLines } from '../print/write-lines.ts'
import { exitCodeOf, stopSignal } from '../stop-signal.ts'

export interface ForgetUserOptions extends CommonOptions, ConnectionOptions {
  pipeline?: string
  reason?: string
}

const said: Record<ForgetStage, string> = {
  given: 'Given. Ingest takes it in with its next batch.',
  taken: 'Taken in: their rows are deleted, and what comes from now on is somebody new’s. The learner follows.',
  accepted: 'The learner has taken it in.',
  learned: 'The learner has forgotten, and no older checkpoint is kept. Topics and files are cleared.',
  done: 'Done.',
}

/** Give the command to forget somebody and wait until nothing of them is left. */
export async function forgetUser(user: string, connection: Connection, options: ForgetUserOptions): Promise<void> {
  if (user === '') throw new RecstreamError('CONFIG_INVALID', 'The user id is empty; give the id of the person.')
  const chosen = await choosePipeline(options.pipeline, options.data)
  const { name, layout } = chosen
  const { encoding } = await findPipeline(options.pipeline ?? name)
  const log = await openPipelineLog(chosen, connection)
  try {
    const { commands } = topicsOf(name)
    // A topic that is not there is an error of its own: the pipeline has never run.
    const [range] = await log.ranges(commands)
    const key = keyOf(chosen, connection)
    const forgotten = new Forgotten(() => key)
    await readForgotten(log, commands, forgotten)
    checkForgetKey(forgotten, layout)
    const people = (await idsOf(user, log, commands, forgotten)).map(pseudonyms(key))
    const forget = { people, stage: 'given' as const, upTo: null, until: {}, removed: {} }
    const given = await appendCommand({ kind: 'forget', forget, reason: options.reason ?? '' }, { log, name, encoding })
    const isHere = connection.brokers === undefined || existsSync(layout.root)
    if (isHere && !(await isRunning(chosen))) {
      const sentence = `Given. The pipeline ${name} is not running: it forgets them when it is started next.`
      await writeLines([options.json ? JSON.stringify({ pipeline: name, command: given, done: false }) : sentence])
      return
    }
    const done = await waitFor(given, { log, commands, from: range!.end })
    if (done === null) return
    const left = connection.brokers === undefined ? {} : done.forget.until
    const receipt = readReceipt(layout, given.commandId) ?? receiptOf(done, { pipeline: name, now: Date.now(), left })
    await writeLines(options.json ? [JSON.stringify({ ...receipt, done: true })] : receiptLines(receipt))
  } finally {
    await log.close()
  }
}

/** The key lies where the pipeline runs; one that is made elsewhere would be another one. */
function keyOf({ name, layout }: ChosenPipeline, { brokers }: Connection): Buffer {
  if (brokers === undefined || existsSync(layout.root)) return makeForgetKey(layout)
  const key = forgetKey(layout)
  if (key !== null) return key
  throw new RecstreamError(
    'CONFIG_INVALID',
    `The key to forget people with lies in the folder of ${name}, which is not here (${layout.root}); give the command there, or give --data or ${forgetKeyVariable}.`,
  )
}

/** The person's ids: that one, and whoever was said to be one with it. */
async function idsOf(user: string, log: Log, topic: string, forgotten: Forgotten): Promise<readonly string[]> {
  const merged = new MergedUsers()
  const feed = await MergeFeed.open(log, topic, forgotten)
  for (const { fromUser, toUser } of await feed.read()) merged.hear({ fromUser, toUser, since: 0 })
  await feed.close()
  return merged.ids(user)
}

async function isRunning({ layout }: ChosenPipeline): Promise<boolean> {
  try {
    await askControl(layout.control, 'status')
    return true
  } catch (error) {
    if (error instanceof RecstreamError && error.code === 'NOT_RUNNING') return false
    throw error
  }
}

/** The command as it is done; null where Ctrl-C ended the wait. What goes on is told on stderr. */
async function waitFor(
  given: Command,
  { log, commands, from }: { log: Log; commands: string; from: number },
): Promise<ForgetCommand | null> {
  const { stopped, received } = stopSignal(() => {
    say('The pipeline goes on with it by itself; its receipt will lie in the folder receipts.')
  })
  say(said.given)
  const reader = await log.reader([{ topic: commands, partition: 0, offset: from }], { name: 'forget' })
  try {
    while (!stopped.aborted) {
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

function receiptLines({ pipeline, commandId, people, done, fromRow, removed, left }: Receipt): string[] {
  const places = Object.entries(removed).filter(([, count]) => count > 0)
  const ids = people.length === 1 ? 'one id' : `${people.length} ids`
  const events = Object.entries(left).filter(([place]) => place.includes('.behaviour-events/'))
  return [
    `Forgotten in ${pipeline}: ${ids}, at ${done}. Events from row ${fromRow} on are somebody new’s.`,
    ...(places.length === 0 ? ['Nothing of them was found.'] : ['Removed:']),
    ...places.map(([place, count]) => `  ${place.padEnd(26)} ${count}`),
    `Receipt: receipts/${commandId}.json in the pipeline's folder; it holds keyed hashes and no id.`,
    ...(events.length === 0
      ? []
      : [
          `Your own topic of events still holds theirs, in ${plural(events.length, 'partition')} up to the end of then. recstream does not`,
          'delete what others may read: let its retention remove them, or copy it without them and delete up to there with kafka-delete-records.',
        ]),
  ]
}
