import { isUtf8 } from 'node:buffer'
import type { Headers } from '../../records/header-text.ts'

/**
 * Bytes as text where they are text, else as hex; null for no bytes.
 *
 *     shownBytes(Buffer.from('{}'))         // '{}'
 *     shownBytes(Buffer.from([0xff, 1]))    // '0xff01'
 */
export function shownBytes(bytes: Buffer | null): string | null {
  if (bytes === null) return null
  const text = isUtf8(bytes) ? bytes.toString() : null
  // Control characters would act on the terminal instead of being seen.
  return text !== null && !hasControl(text) ? text : `0x${bytes.toString('hex')}`
}

function hasControl(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if ((code < 32 && code !== 9 && code !== 10 && code !== 13) || (code >= 127 && code < 160)) return true
  }
  return false
}

/** A record's key, value and headers as they are shown. */
export function shownParts({ key, value, headers }: { key: Buffer | null; value: Buffer | null; headers: Headers }) {
  const shown = Object.entries(headers).map(([name, bytes]) => [name, shownBytes(bytes)] as const)
  return { key: shownBytes(key), value: shownBytes(value), headers: Object.fromEntries(shown) }
}
