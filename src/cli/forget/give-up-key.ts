import { RecstreamError } from '../../errors.ts'
import { readForgotten } from '../../ingest/forget/read-forgotten.ts'
import { Forgotten, givenUp } from '../../records/forgotten.ts'
import { topicsOf } from '../../records/topics.ts'
import { plural } from '../../records/words.ts'
import { askParts } from '../../run/ask-parts.ts'
import { findPipeline } from '../../run/find-pipeline.ts'
import { forgetKey } from '../../run/forget-key.ts'
import type { Connection } from '../../run/messages.ts'
import { appendCommand } from '../append-command.ts'
import { choosePipeline } from '../choose-pipeline.ts'
import { openPipelineLog } from '../open-pipeline-log.ts'
import { writeLines } from '../print/write-lines.ts'
import type { ForgetUserOptions } from './forget-user.ts'

/** Go on without a key that is lost: nobody is passed over any more of whom only that key could say who it is. */
export async function giveUpKey(connection: Connection, options: ForgetUserOptions): Promise<void> {
  const chosen = await choosePipeline(options.pipeline, options.data)
  const { name, layout } = chosen
  const { encoding } = await findPipeline(options.pipeline ?? name)
  const log = await openPipelineLog(chosen, connection)
  try {
    if ((await askParts(layout, 'status')).some(({ answer }) => answer !== null))
      throw new RecstreamError(
        'ALREADY_RUNNING',
        `The pipeline ${name} is running; stop it before its key is given up.`,
      )
    const forgotten = new Forgotten(() => forgetKey(layout))
    await readForgotten(log, topicsOf(name).commands, forgotten)
    const commands = forgotten.underOtherKeys
    for (const { offset: _, ...command } of commands.map(givenUp)) {
      await appendCommand(command, { log, name, encoding })
    }
    const count = commands.length
    const sentences = [
      `${plural(count, 'command')} to forget somebody cannot be followed without that key, and will not be: start the pipeline.`,
      ...(log.kind === 'kafka'
        ? [
            'Events of theirs that are still on your input topics come back when tables are built again: forget these people once more.',
          ]
        : []),
    ]
    const line = count === 0 ? 'No key is missing here: nothing is given up.' : sentences.join(' ')
    await writeLines([options.json ? JSON.stringify({ pipeline: name, givenUp: count }) : line])
  } finally {
    await log.close()
  }
}
