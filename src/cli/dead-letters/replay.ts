import { plural } from '../../records/words.ts'
import { replayDeadLetters } from '../../run/dead-letters/replay-dead-letters.ts'
import type { Connection } from '../../run/messages.ts'
import { choosePipeline } from '../choose-pipeline.ts'
import { openPipelineLog } from '../open-pipeline-log.ts'
import { jsonLine, writeLines } from '../print/write-lines.ts'
import type { DeadLetterOptions } from './dead-letter-options.ts'

export interface ReplayOptions extends DeadLetterOptions {
  reason?: string
  yes?: true
}

/** Send dead letters to the topics that they came from; without --yes only say which. */
export async function sendDeadLettersAgain(connection: Connection, options: ReplayOptions): Promise<void> {
  const chosen = await choosePipeline(options.pipeline, options.data)
  const log = await openPipelineLog(chosen, connection)
  try {
    const counts = await replayDeadLetters(log, chosen.name, { reason: options.reason, send: options.yes === true })
    const total = Object.values(counts).reduce((sum, number) => sum + number, 0)
    if (options.json) {
      const report = { pipeline: chosen.name, replayed: options.yes === true, total, byTopic: counts }
      void writeLines([jsonLine(report)])
      return
    }
    if (total === 0) void writeLines(['There is nothing to replay.'])
    for (const [topic, number] of Object.entries(counts)) {
      const said = options.yes ? 'Sent' : 'Would send'
      void writeLines([`${said} ${plural(number, 'record')} to ${topic} again.`])
    }
    if (total > 0 && !options.yes) void writeLines(['Nothing was sent; say --yes to do it.'])
  } finally {
    await log.close()
  }
}
