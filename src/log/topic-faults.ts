import type { TopicFault } from './log.ts'

/** Faults that several topics share stand together. */
export function sharedFaults(faults: readonly TopicFault[]): TopicFault[][] {
  const shared = new Map<string, TopicFault[]>()
  for (const fault of faults) {
    const { setting, value, wanted, why, refused } = fault
    const what = JSON.stringify([setting, value, wanted, why, refused])
    shared.set(what, [...(shared.get(what) ?? []), fault])
  }
  return [...shared.values()]
}

/**
 * Faults of topics as sentences, one for all topics that share one.
 *
 *     faultSentences([{ topic: 'shop.commands', setting: 'partitions', value: '3', why: 'only the first would be read', … }])
 *     // ['shop.commands has partitions=3: only the first would be read.']
 */
export function faultSentences(faults: readonly TopicFault[]): string[] {
  return sharedFaults(faults).map(same => {
    const [{ setting, value, why }] = same as [TopicFault]
    const topics = same.map(({ topic }) => topic).join(', ')
    return `${topics} ${same.length === 1 ? 'has' : 'have'} ${setting}=${value}: ${why}.`
  })
}
