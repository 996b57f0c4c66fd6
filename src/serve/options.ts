import type { Address } from './address.ts'
import type { Token } from './tokens.ts'

/** How a service listens, and what it lets in. */
export interface ServeOptions {
  address: Address
  /** Another free port will do where this one is taken. */
  anyPort: boolean
  /** Null: everybody may do everything. */
  tokens: readonly Token[] | null
  /** PEM. */
  tls: { cert: string; key: string } | null
  /** Pages of these origins may ask from a browser. */
  origins: readonly string[]
  /** Of this package, for the document. */
  version: string
  limits: Limits
}

export interface Limits {
  /** Longest body, bytes. */
  body: number
  /** Requests a second of one client: of a token, or of an address where there are none. */
  rate: number
  /** Requests at once; connections are twice as many. */
  concurrency: number
  /** How long a list waits for the newest event that its user sent here to be known, ms. */
  waitMs: number
  /** A request that takes longer is answered without, ms. */
  requestMs: number
  /** How long a request may take to arrive, ms; its headers half of it. */
  arrivalMs: number
  /** How long what is in flight may take once the service is asked to stop, ms. */
  drainMs: number
}

export const defaultLimits: Limits = {
  body: 1024 * 1024,
  rate: 2_000,
  concurrency: 512,
  waitMs: 500,
  requestMs: 10_000,
  arrivalMs: 20_000,
  drainMs: 5_000,
}
