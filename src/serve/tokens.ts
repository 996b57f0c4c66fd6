import { createHash, timingSafeEqual } from 'node:crypto'
import { RecstreamError } from '../errors.ts'

/** What a token opens; each opens what stands before it, too. */
export type Access = (typeof accesses)[number]
export const accesses = ['read', 'write', 'admin'] as const

/** A token as its hash: what travels between processes, and lies in memory. */
export interface Token {
  access: Access
  sha256: string
}

/** Shorter ones are guessed. */
const shortest = 16

/**
 * Tokens from lines such as `read 0f3c…`; empty lines and those that begin with # are passed over. `onSecret` is given each token
 * itself.
 *
 *     tokensFrom('write swordfish-swordfish', 'RECSTREAM_HTTP_TOKENS')
 */
export function tokensFrom(text: string, where: string, onSecret: (token: string) => void = () => {}): Token[] {
  const tokens: Token[] = []
  for (const [index, line] of text.split(/[\n,]/).entries()) {
    const words = line.trim().split(/\s+/)
    if (words[0] === '' || words[0]!.startsWith('#')) continue
    const [access, token = ''] = words as [Access, string?]
    // The line is not said again: it may hold the token in the wrong place.
    const wrong = (why: string) =>
      new RecstreamError('CONFIG_INVALID', `Line ${index + 1} of ${where} ${why}; write lines such as "read <token>".`)
    if (words.length !== 2 || !accesses.includes(access)) throw wrong('must be read, write or admin, and a token')
    if (token.length < shortest) throw wrong(`has a token of less than ${shortest} characters`)
    onSecret(token)
    tokens.push({ access, sha256: digest(token).toString('hex') })
  }
  if (tokens.length === 0) throw new RecstreamError('CONFIG_INVALID', `There is no token in ${where}; put one a line.`)
  return tokens
}

/** The token of a request's Authorization; null where it is none of ours. All are compared, each in constant time. */
export function createTokenCheck(tokens: readonly Token[]): (authorization: string | undefined) => Token | null {
  const known = tokens.map(token => ({ token, hash: Buffer.from(token.sha256, 'hex') }))
  return authorization => {
    const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
    if (given === undefined) return null
    const hash = digest(given)
    let found: Token | null = null
    for (const each of known) if (timingSafeEqual(each.hash, hash)) found = each.token
    return found
  }
}

/** Whether who has one access may do what needs another. */
export function opens(has: Access, needed: Access): boolean {
  return accesses.indexOf(has) >= accesses.indexOf(needed)
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
