import { askBroker, takes } from './ask-broker.ts'
import type { ClusterBroker } from './client.ts'
import { type Cursor, Writer } from './produce/wire.ts'

/** From this version on it is told where the broker's own disk begins; brokers with tiered storage take it. */
const listOffsets = { key: 2, version: 8, name: 'ListOffsets' }
/** In place of a time: the first offset on the broker's own disk. What lies before it is kept elsewhere. */
const earliestLocal = -4

/**
 * The first offset of a partition that its broker has on its own disk, null where a broker keeps nothing elsewhere.
 *
 * A broker that waits for another store answers a fetch with nothing, as it does where there is nothing.
 */
export async function localStart(broker: ClusterBroker, topic: string, partition: number): Promise<number | null> {
  if (!takes(broker, listOffsets)) return null
  const body = new Writer().byte(0).int(-1).byte(0)
  const asked = () => body.int(partition).int(-1).long(earliestLocal)
  body.compactArray([topic], () => body.compactText(topic).compactArray([partition], asked))
  return askBroker(broker, { ...listOffsets, body: body.byte(0).done(), read: startIn })
}

function startIn(answer: Cursor): number | null {
  // The head's tags, and how long to wait.
  answer.skip(1 + 4)
  const [found] = answer
    .compactArray(() => {
      answer.compactText()
      return answer.compactArray(() => {
        answer.skip(4)
        const error = answer.short()
        answer.skip(8)
        const offset = answer.long()
        answer.skip(4)
        return error === 0 && offset >= 0 ? offset : null
      })
    })
    .flat()
  return found ?? null
}
