import { dirname } from 'node:path'
import { RecstreamError } from '../errors.ts'
import { note, noted } from './noted.ts'

/**
 * Bind a pipeline's folder to the log that fills it: the positions in it mean nothing in another log.
 *
 *     bindFolder(layout.logIdentity, 'the embedded log')        // the first time: noted
 *     bindFolder(layout.logIdentity, 'the Kafka cluster xyz')   // CONFIG_INVALID
 */
export function bindFolder(file: string, identity: string): void {
  const bound = noted(file)
  if (bound === identity) return
  if (bound !== null) {
    throw new RecstreamError(
      'CONFIG_INVALID',
      `The folder ${dirname(file)} belongs to ${bound}, and this is ${identity}; give another folder with --data.`,
    )
  }
  note(file, identity)
}
