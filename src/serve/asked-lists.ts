import type { Encoding } from '../codec/output.ts'
import { encodeRecommendation } from '../codec/output.ts'
import { askedHeader, type Recommendation } from '../records/recommendation.ts'
import { BoundedMap } from '../state/bounded-map.ts'
import type { AppendQueue } from './append-queue.ts'

/** Ids of lists that were just published. */
const ids = 20_000

export interface AskedListsOptions {
  queue: AppendQueue
  topic: string
  encoding: Encoding
  onPublished: () => void
  /** It is on no topic: an event that answers it answers nothing that is known. */
  onDropped: (error: unknown) => void
}

/**
 * Publishes lists that were asked for, behind the answer: each once, whoever asked how often.
 *
 *     const publish = askedLists({ queue, topic: 'shop.recommendations', encoding: 'avro', … })
 *     publish(answer.list, now)
 */
export function askedLists(options: AskedListsOptions): (list: Recommendation, now: number) => void {
  const { queue, topic, encoding, onPublished, onDropped } = options
  const published = new BoundedMap<true>(ids)
  return (list, now) => {
    const { recommendationId, userId, time } = list
    if (published.get(recommendationId) !== undefined) return
    published.set(recommendationId, true)
    published.trim()
    const value = encodeRecommendation(list, encoding)
    const record = { key: userId, timestamp: time, value, headers: { [askedHeader]: String(now) } }
    queue.append(topic, [record]).then(onPublished, (error: unknown) => {
      published.delete(recommendationId)
      onDropped(error)
    })
  }
}
