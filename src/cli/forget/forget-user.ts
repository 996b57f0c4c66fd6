import { existsSync } from 'node:fs'
import { RecstreamError } from '../../errors.ts'
import { readMerges, withMerged } from '../../ingest/forget/merges.ts'
import { readForgotten } from '../../ingest/forget/read-forgotten.ts'
import { Forgotten } from '../../records/forgotten.ts'
import { pseudonyms } from '../../records/pseudonym.ts'
import { topicsOf } from '../../records/topics.ts'
import { firstControl } from '../../run/ask-parts.ts'
import { findPipeline } from '../../run/find-pipeline.ts'
import { checkForgetKey, forgetKey, forgetKeyVariable, makeForgetKey } from '../../run/forget-key.ts'
import type { Connection } from '../../run/messages.ts'
import { readReceipt, receiptOf } from '../../run/receipts.ts'
import { appendCommand } from '../append-command.ts'
import { type ChosenPipeline, choosePipeline } from '../choose-pipeline.ts'
import type { CommonOptions } from '../common-options.ts'
import type { ConnectionOptions } from '../connection-options.ts'
import { openPipelineLog } from '../open-pipeline-log.ts'
import { writeLines } from '../print/write-lines.ts'
import { receiptLines } from './receipt-lines.ts'
import { statusOf, waitUntilDone } from './wait-until-done.ts'

export interface ForgetUserOptions extends CommonOptions, ConnectionOptions {
  pipeline?: string
  reason?: string
}

/** Give the command to forget somebody and wait until nothing of them is left. */
export async function forgetUser(user: string, connection: Connection, options: ForgetUserOptions): Promise<void> {
  if (user === '') throw new RecstreamError('CONFIG_INVALID', 'The user id is empty; give the id of the person.')
  if (options.reason?.includes(user))
    throw new RecstreamError(
      'CONFIG_INVALID',
      'The reason names the person, and would stand on a topic; leave the id out.',
    )
  const chosen = await choosePipeline(options.pipeline, options.data)
  const { name, layout } = chosen
  const { encoding } = await findPipeline(options.pipeline ?? name)
  const log = await openPipelineLog(chosen, connection)
  try {
    const { commands } = topicsOf(name)
    // A topic that is not there is an error of its own: the pipeline has never run.
    const [range] = await log.ranges(commands)
    const forgotten = new Forgotten(() => forgetKey(layout))
    await readForgotten(log, commands, forgotten)
    await checkForgetKey(forgotten, { layout, log })
    const key = keyOf(chosen, connection)
    const merged = withMerged([user], await readMerges(log, commands, forgotten))
    const people = [...merged].map(pseudonyms(key))
    const forget = { people, stage: 'given' as const, upTo: null, until: {}, removed: {} }
    const given = await appendCommand({ kind: 'forget', forget, reason: options.reason ?? '' }, { log, name, encoding })
    const isHere = connection.brokers === undefined || existsSync(layout.root)
    if (isHere && (await statusOf(firstControl(layout))) === null) {
      const sentence = `Given. The pipeline ${name} is not running: it forgets them when it is started next.`
      await writeLines([options.json ? JSON.stringify({ pipeline: name, command: given, done: false }) : sentence])
      return
    }
    const done = await waitUntilDone(given, {
      log,
      commands,
      from: range!.end,
      control: isHere ? firstControl(layout) : null,
    })
    if (done === null) return
    const left = connection.brokers === undefined ? {} : done.forget.until
    const receipt = readReceipt(layout, given.commandId) ?? receiptOf(done, { pipeline: name, now: Date.now(), left })
    await writeLines(options.json ? [JSON.stringify({ ...receipt, done: true })] : receiptLines(receipt, connection))
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
    'FORGET_KEY_MISSING',
    `The key to forget people with lies in the folder of ${name}, which is not here (${layout.root}); give the command there, or give --data or ${forgetKeyVariable}.`,
  )
}
