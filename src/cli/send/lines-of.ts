import { RecstreamError } from '../../errors.ts'

/** A line longer than this, in characters, is no record: the producer forgot its line ends. */
const maxLine = 16 * 1024 * 1024

/**
 * Lines of a text stream in batches as they arrive, so that what comes slowly is not held back.
 *
 *     for await (const lines of linesOf(process.stdin)) …
 */
export async function* linesOf(input: NodeJS.ReadableStream): AsyncGenerator<string[]> {
  input.setEncoding('utf8')
  let rest = ''
  for await (const text of input as AsyncIterable<string>) {
    const lines = (rest + text).split('\n')
    rest = lines.pop()!
    if (rest.length > maxLine) {
      throw new RecstreamError('RECORD_TOO_LARGE', 'A line is longer than 16 MiB; send one JSON object a line.')
    }
    if (lines.length > 0) yield lines
  }
  if (rest !== '') yield [rest]
}
