import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { RecstreamError } from '../../errors.ts'
import { packageRoot } from '../../package-root.ts'

/** The page that figures are written into. */
export function resultsPage(): string {
  return join(packageRoot(), 'docs', 'results.md')
}

/**
 * Put a text between the marks of a name, in place of what stood there.
 *
 *     writeBetweenMarks(resultsPage(), 'latency', '| What | Measured |…')   // <!-- latency --> … <!-- /latency -->
 */
export function writeBetweenMarks(file: string, name: string, content: string): void {
  const text = readFileSync(file, 'utf8')
  const [begin, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`]
  const from = text.indexOf(begin)
  const to = text.indexOf(end, from)
  if (from < 0 || to < 0) {
    throw new RecstreamError(
      'FILE_UNUSABLE',
      `${file} has no place for this; put the lines ${begin.trim()} and ${end} where it belongs.`,
    )
  }
  writeFileSync(file, `${text.slice(0, from + begin.length)}\n${content}\n\n${text.slice(to)}`)
}
