import { fileURLToPath } from 'node:url'
import { RecstreamError, thrownText } from '../errors.ts'

/** Frames of the program itself: whoever wrote a source looks for a line of their own. */
const own = new URL('..', import.meta.url).href

/**
 * The error of a source whose module threw; what the program itself throws on purpose stays as it is.
 *
 *     sourceFailed('shop', 'events, row 3', error).message
 *     // 'The source of shop failed at /home/ada/shop.js:12 (events, row 3): TypeError: x is not a function.'
 */
export function sourceFailed(pipeline: string, what: string, error: unknown): RecstreamError {
  if (error instanceof RecstreamError) return error
  const place = placeOf(error)
  const at = place === null ? '' : ` at ${place}`
  return new RecstreamError('SOURCE_FAILED', `The source of ${pipeline} failed${at} (${what}): ${thrownText(error)}.`, {
    cause: error,
  })
}

/** File and line of the innermost frame that is neither Node's nor ours; null where the error has none. */
function placeOf(error: unknown): string | null {
  for (const line of stackOf(error).split('\n')) {
    const [, file, number] = /^\s+at (?:.* \()?(.+?):(\d+):\d+\)?$/.exec(line) ?? []
    if (file === undefined || file.startsWith('node:') || file.startsWith(own)) continue
    return `${file.startsWith('file:') ? fileURLToPath(file) : file}:${number}`
  }
  return null
}

/** Anything may be thrown, also an error whose stack cannot be read. */
function stackOf(error: unknown): string {
  try {
    return error instanceof Error ? String(error.stack) : ''
  } catch {
    return ''
  }
}
