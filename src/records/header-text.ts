import { isUtf8 } from 'node:buffer'

/** A record's headers, by name. */
export type Headers = Readonly<Record<string, Buffer>>

/**
 * Headers as a JSON object, for a column: what is UTF-8 as text, other bytes as { "base64": … }; null for none.
 *
 *     headersText({ trace: Buffer.from('a1'), id: Buffer.from([0xff]) })   // '{"trace":"a1","id":{"base64":"/w=="}}'
 */
export function headersText(headers: Headers): string | null {
  const entries = Object.entries(headers)
  if (entries.length === 0) return null
  // Entries, not assignments: a header may be called __proto__.
  return JSON.stringify(
    Object.fromEntries(
      entries.map(([name, value]) => [name, isUtf8(value) ? value.toString() : { base64: value.toString('base64') }]),
    ),
  )
}

/** The headers that `headersText` wrote. */
export function headersOfText(text: string | null): Headers {
  if (text === null) return {}
  const values = JSON.parse(text) as Record<string, string | { base64: string }>
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? Buffer.from(value) : Buffer.from(value.base64, 'base64'),
    ]),
  )
}
