import type { LogRecord, Position } from '../log/log.ts'
import type { Reached } from '../records/question.ts'

/** The next offset of every partition that stands in the records. */
export function positionsAfter(records: readonly LogRecord[]): Position[] {
  const next = new Map<string, Position>()
  for (const { topic, partition, offset } of records) {
    const known = next.get(placeOf({ topic, partition }))
    if (known === undefined) next.set(placeOf({ topic, partition }), { topic, partition, offset: offset + 1 })
    else if (offset >= known.offset) known.offset = offset + 1
  }
  return [...next.values()]
}

/**
 * Positions that were handed to a commit, so that only those that moved are handed again.
 *
 *     const handed = new HandedPositions([{ topic: 'shop.items', partition: 0, offset: 5 }])
 *     handed.moved([{ topic: 'shop.items', partition: 0, offset: 6 }])   // that one; asked again: none
 */
export class HandedPositions {
  readonly #handed: Map<string, number>

  constructor(from: readonly Position[]) {
    this.#handed = new Map(from.map(position => [placeOf(position), position.offset]))
  }

  moved(positions: readonly Position[]): Position[] {
    return positions.filter(position => {
      const place = placeOf(position)
      if (position.offset <= (this.#handed.get(place) ?? -1)) return false
      this.#handed.set(place, position.offset)
      return true
    })
  }

  /** Those of a topic. */
  of(topic: string): Reached[] {
    return [...this.#handed]
      .filter(([place]) => place.slice(0, place.lastIndexOf('/')) === topic)
      .map(([place, offset]) => ({ partition: Number(place.slice(topic.length + 1)), offset }))
  }
}

function placeOf({ topic, partition }: Pick<Position, 'topic' | 'partition'>): string {
  return `${topic}/${partition}`
}
