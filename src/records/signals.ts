/** What an event says of its outcome beside the reward, each a number in [0, 1]. */
export const signalNames = ['click', 'longView', 'share', 'seconds'] as const

/** Signals of an event that says none. */
export const noSignals = -1

/** Properties that say whether somebody clicked, and whether they stayed to the end. */
const clicks = ['click', 'clicked', 'isClick', 'is_click']
const longViews = ['longView', 'long_view', 'completed', 'finished']
/** Seconds are told apart on a logarithmic scale up to this many. */
const longest = Math.log1p(150)
/** Seconds that are a whole view of anything that lasts longer: what is left of it says little. */
const wholeView = 18

/**
 * What an event says beside its reward, four bytes in one 32-bit integer: whether its item was clicked, and viewed for long,
 * the share of it that was watched (value by the property "duration", both in seconds, of at most 18), and how long that was, on a logarithmic scale.
 *
 *     signalOf(packSignals(9, { click: 1, duration: 12 }), 2)   // 0.75: share
 *     signalOf(packSignals(9, { click: 1, duration: 12 }), 1)   // NaN: it does not say whether that is long
 *
 * A share and a time are steps of 1/254.
 */
export function packSignals(value: number | null, properties: Readonly<Record<string, number>> | null): number {
  if (value === null && properties === null) return noSignals
  const duration = properties?.['duration'] ?? Number.NaN
  const share =
    value === null || Number.isNaN(duration)
      ? Number.NaN
      : value / (duration > 0 ? Math.min(duration, wholeView) : wholeView)
  return (
    byteOf(flag(properties, clicks)) |
    (byteOf(flag(properties, longViews)) << 8) |
    (byteOf(share) << 16) |
    (byteOf(value === null ? Number.NaN : Math.log1p(Math.max(0, value)) / longest) << 24)
  )
}

/** A signal by its place among `signalNames`; NaN where the event does not say. */
export function signalOf(packed: number, place: number): number {
  const byte = (packed >>> (8 * place)) & unknown
  return byte === unknown ? Number.NaN : byte / (unknown - 1)
}

const unknown = 255

function byteOf(share: number): number {
  return Number.isNaN(share) ? unknown : Math.round(Math.min(1, Math.max(0, share)) * (unknown - 1))
}

function flag(properties: Readonly<Record<string, number>> | null, names: readonly string[]): number {
  if (properties === null) return Number.NaN
  for (const name of names) if (properties[name] !== undefined) return properties[name]! > 0 ? 1 : 0
  return Number.NaN
}
