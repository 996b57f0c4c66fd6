import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { RecstreamError } from '../../errors.ts'
import { packageRoot } from '../../package-root.ts'

/** The folder whose pages figures are written into; plots lie in `plots` beneath it. */
export function resultsFolder(): string {
  return join(packageRoot(), 'docs', 'results')
}

/**
 * Put a text between the marks of a name, in place of what stood there, on the page of a folder that has these marks.
 *
 *     writeBetweenMarks(resultsFolder(), 'latency', '| What | Measured |…')   // <!-- latency --> … <!-- /latency -->
 */
export function writeBetweenMarks(folder: string, name: string, content: string): void {
  const [begin, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`]
  for (const page of readdirSync(folder).filter(file => file.endsWith('.md'))) {
    const file = join(folder, page)
    const text = readFileSync(file, 'utf8')
    const from = text.indexOf(begin)
    const to = text.indexOf(end, from)
    if (from < 0 || to < 0) continue
    writeFileSync(file, `${text.slice(0, from + begin.length)}\n${content}\n\n${text.slice(to)}`)
    return
  }
  throw new RecstreamError(
    'FILE_UNUSABLE',
    `No page of ${folder} has a place for this; put the lines ${begin.trim()} and ${end} where it belongs.`,
  )
}
