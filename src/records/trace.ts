import { createHash } from 'node:crypto'
import type { Headers } from './header-text.ts'

/** Where something stands in a trace, as W3C Trace Context (level 1) writes it. */
export interface Trace {
  /** A sound traceparent: version, trace id, span id, flags. */
  parent: string
  /** A sound tracestate; '' for none. */
  state: string
}

/** Names of the headers, of a request as of a record. */
export const [parentHeader, stateHeader] = ['traceparent', 'tracestate'] as const

/** What a later version may add stands behind another hyphen. */
const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
const key = '(?:[a-z][a-z0-9_*/-]{0,255}|[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13})'
const member = new RegExp(`^${key}=[\\x20-\\x2b\\x2d-\\x3c\\x3e-\\x7e]{0,255}[\\x21-\\x2b\\x2d-\\x3c\\x3e-\\x7e]$`)
const [mostMembers, mostLetters] = [32, 512]

/**
 * The trace that two headers tell of; null where the first is missing or wrong. A wrong second one is left out.
 *
 *     traceFrom('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01')?.state   // ''
 *     traceFrom('of mine')                                                          // null
 */
export function traceFrom(parent: string | undefined, state = ''): Trace | null {
  const [, version, traceId, spanId, , more] = form.exec(parent ?? '') ?? []
  if (parent === undefined || version === undefined || version === 'ff') return null
  if (version === '00' && more !== undefined) return null
  if (/^0+$/.test(traceId!) || /^0+$/.test(spanId!)) return null
  return { parent: parent.slice(0, 55), state: isState(state) ? state : '' }
}

/** The trace that a record's headers tell of. */
export function traceIn(headers: Headers): Trace | null {
  const parent = headers[parentHeader]
  return parent === undefined ? null : traceFrom(parent.toString(), headers[stateHeader]?.toString())
}

/** The headers that tell of a trace. */
export function traceHeaders({ parent, state }: Trace): Record<string, string> {
  return { [parentHeader]: parent, ...(state === '' ? {} : { [stateHeader]: state }) }
}

/**
 * A span in the same trace, below where it stood: its id comes from a name, so that it is the same whenever it is made.
 *
 *     childOf(trace, 'shop-42').parent   // '00-4bf92f3577b34da6a3ce929d0e0e4736-…-01'
 */
export function childOf({ parent, state }: Trace, name: string): Trace {
  const [, , traceId, , flags] = form.exec(parent)!
  const spanId = createHash('sha256').update(name).digest('hex').slice(0, 16)
  // Flags of which this version knows nothing are not passed on.
  const sampled = Number.parseInt(flags!, 16) & 1
  return { parent: `00-${traceId}-${spanId}-0${sampled}`, state }
}

function isState(state: string): boolean {
  if (state.length > mostLetters) return false
  const members = state.split(',').flatMap(each => each.replace(/^[ \t]+|[ \t]+$/g, '') || [])
  const keys = new Set(members.map(each => each.slice(0, each.indexOf('='))))
  return members.length <= mostMembers && keys.size === members.length && members.every(each => member.test(each))
}
