import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { RecstreamError } from '../errors.ts'

/**
 * Bind a pipeline's folder to the log that fills it: the positions in it mean nothing in another log.
 *
 *     bindFolder(layout.logIdentity, 'the embedded log')        // the first time: noted
 *     bindFolder(layout.logIdentity, 'the Kafka cluster xyz')   // CONFIG_INVALID
 */
export function bindFolder(file: string, identity: string): void {
  const bound = read(file)
  if (bound === identity) return
  if (bound !== null) {
    throw new RecstreamError(
      'CONFIG_INVALID',
      `The folder ${dirname(file)} belongs to ${bound}, and this is ${identity}; give another folder with --data.`,
    )
  }
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${identity}\n`)
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim() || null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
