import { createHash, createHmac } from 'node:crypto'

/** What stands for an id where the id may not stand: the same for the same id and key, and of no use without the key. */
export type PseudonymOf = (id: string) => string

/**
 * Ids as keyed hashes (HMAC-SHA-256), each behind the name of its key, so that a hash of another key is known as such.
 *
 *     const pseudonymOf = pseudonyms(key)
 *     pseudonymOf('ann')   // '5f1c09ab:4b7e…'
 */
export function pseudonyms(key: Buffer): PseudonymOf {
  const name = keyName(key)
  return id => `${name}:${createHmac('sha256', key).update(id).digest('hex')}`
}

/** A name of a key, by which nobody finds the key. */
export function keyName(key: Buffer): string {
  return createHash('sha256').update('recstream forget ').update(key).digest('hex').slice(0, 8)
}

/** The name of the key that a pseudonym was made with. */
export function keyNameOf(pseudonym: string): string {
  return pseudonym.slice(0, pseudonym.indexOf(':'))
}
