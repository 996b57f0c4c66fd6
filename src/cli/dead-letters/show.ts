import { RecstreamError } from '../../errors.ts'
import type { ReadDeadLetter } from '../../ingest/collect/dead-letter.ts'
import { plainLine } from '../../records/plain-text.ts'
import { bytes } from '../../records/words.ts'
import { readDeadLetters } from '../../run/dead-letters/read-dead-letters.ts'
import type { Connection } from '../../run/messages.ts'
import { choosePipeline } from '../choose-pipeline.ts'
import { openPipelineLog } from '../open-pipeline-log.ts'
import { inWords } from '../print/reason-words.ts'
import { shownParts } from '../print/shown-bytes.ts'
import { jsonLine, writeLines } from '../print/write-lines.ts'
import type { DeadLetterOptions } from './dead-letter-options.ts'

/** Print one dead letter with all that is known of it. */
export async function showDeadLetter(
  number: number,
  connection: Connection,
  options: DeadLetterOptions,
): Promise<void> {
  const chosen = await choosePipeline(options.pipeline, options.data)
  const log = await openPipelineLog(chosen, connection)
  try {
    for await (const letters of readDeadLetters(log, chosen.name)) {
      const letter = letters.find(each => each.number === number)
      if (letter !== undefined) return print(letter, options.json === true)
      if (letters.at(-1)!.number > number) break
    }
  } finally {
    await log.close()
  }
  throw new RecstreamError(
    'CONFIG_INVALID',
    `The pipeline ${chosen.name} has no dead letter ${number}; see \`recstream dead-letters\` for their numbers.`,
  )
}

function print(letter: ReadDeadLetter, json: boolean): void {
  const { key, value, headers } = shownParts(letter)
  if (json) {
    void writeLines([jsonLine({ ...letter, key, value, headers })])
    return
  }
  const shownHeaders = Object.entries(headers).map(
    ([name, text]) => `header     ${plainLine(name)}: ${plainLine(text ?? '')}\n`,
  )
  const { originalBytes } = letter
  const of = originalBytes === undefined ? '' : ` of ${bytes(originalBytes)}`
  const size = letter.value === null ? '' : ` (${bytes(letter.value.length)}${of})`
  void writeLines([
    `Dead letter ${letter.number} of ${letter.pipeline}

from       ${letter.topic}, partition ${letter.partition}, offset ${letter.offset}
timestamp  ${timeText(letter.timestamp)}
stage      ${letter.stage}
reason     ${letter.reason}: ${inWords(letter.reason)}
message    ${plainLine(letter.message)}
key        ${plainLine(key ?? '(none)')}
${shownHeaders.join('')}value${size}
${value ?? '(none)'}`,
  ])
}

function timeText(timestamp: number): string {
  const date = new Date(timestamp)
  return Number.isNaN(date.getTime()) ? String(timestamp) : date.toISOString()
}
