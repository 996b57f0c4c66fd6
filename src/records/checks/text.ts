/** Every text of an input record is at most this long, in UTF-16 code units. */
export const maxTextLength = 1_024
/** A record has at most this many properties, attributes or tags. */
export const maxEntries = 64

/** What an id must be, in words. */
export const idRule = 'must be a text of 1 to 1,024 characters'

const loneSurrogate = /\p{Surrogate}/u

/** Whether a value is a text of 1 to 1,024 characters that UTF-8 can hold, without U+0000. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && isSound(value)
}

/** The same, but it may be empty. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && isSound(value)
}

function isSound(text: string): boolean {
  const { length } = text
  if (length > maxTextLength) return false
  for (let at = 0; at < length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === 0) return false
    if ((unit & 0xf800) === 0xd800) return !loneSurrogate.test(text) && !text.includes('\0')
  }
  return true
}
