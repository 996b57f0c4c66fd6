import { RecstreamError } from '../errors.ts'
import { isLoopback } from './address.ts'
import type { ServeOptions } from './options.ts'
import { createRate } from './rate.ts'
import type { Access } from './tokens.ts'
import { createTokenCheck, opens } from './tokens.ts'

/** What of a request decides whether it is let in. */
export interface Caller {
  /** The Host header. */
  host: string | undefined
  authorization: string | undefined
  /** Of the other end. */
  address: string
}

/** TOO_MANY_REQUESTS, with how long to wait, ms. */
export class TooMany extends RecstreamError {
  readonly waitMs: number

  constructor(waitMs: number) {
    super('TOO_MANY_REQUESTS', 'You ask more often than this service allows; wait as long as Retry-After says.')
    this.waitMs = waitMs
  }
}

/**
 * Who is let in: throws UNAUTHORIZED, FORBIDDEN or TOO_MANY_REQUESTS.
 *
 * Without tokens on loopback, only requests under a name of this machine are: a page from elsewhere may have its own name lead here.
 */
export function createGate({
  address,
  tokens,
  limits,
}: Pick<ServeOptions, 'address' | 'tokens' | 'limits'>): (caller: Caller, needed: Access, now: number) => void {
  const tokenOf = tokens === null ? null : createTokenCheck(tokens)
  const waitOf = createRate(limits.rate)
  const namesMatter = tokens === null && isLoopback(address.host)
  return ({ host, authorization, address: from }, needed, now) => {
    if (namesMatter && !isLoopback(hostOf(host))) {
      throw new RecstreamError('FORBIDDEN', 'This service answers under the names of this machine only.')
    }
    const token = tokenOf?.(authorization) ?? null
    const wait = waitOf(token?.sha256 ?? from, now)
    if (wait > 0) throw new TooMany(wait)
    if (tokenOf === null) return
    if (token === null) {
      throw new RecstreamError('UNAUTHORIZED', 'A token is needed: Authorization: Bearer <token>.')
    }
    if (!opens(token.access, needed)) {
      throw new RecstreamError('FORBIDDEN', `This token is for ${token.access}; ${needed} is needed here.`)
    }
  }
}

/** The name in a Host header, without its port. */
function hostOf(header = ''): string {
  return /^(\[[^\]]*\]|[^:]*)(:\d*)?$/.exec(header)?.[1] ?? ''
}
