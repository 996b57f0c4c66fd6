import { plural } from '../../records/words.ts'
import type { Connection } from '../../run/messages.ts'
import type { Receipt } from '../../run/receipts.ts'

/** What was removed, and what an operator of Kafka may still do, for people. */
export function receiptLines(receipt: Receipt, { brokers }: Pick<Connection, 'brokers'>): string[] {
  const { pipeline, commandId, people, done, fromRow, removed, left } = receipt
  const places = Object.entries(removed).filter(([, count]) => count > 0)
  const ids = people.length === 1 ? 'one id' : `${people.length} ids`
  return [
    `Forgotten in ${pipeline}: ${ids}, at ${done}. Events from row ${fromRow} on are somebody new’s.`,
    ...(places.length === 0 ? ['Nothing of them was found.'] : ['Removed:']),
    ...places.map(([place, count]) => `  ${place.padEnd(26)} ${count}`),
    `Receipt: receipts/${commandId}.json in the pipeline's folder; it holds keyed hashes and no id.`,
    ...(brokers === undefined ? [] : inputLines(left, brokers)),
  ]
}

/**
 * What is left on an input topic of Kafka, and the commands of Kafka's own tools that remove it: a broker changes no record, so
 * all goes that came before.
 */
function inputLines(left: Readonly<Record<string, number>>, brokers: readonly string[]): string[] {
  const places = Object.entries(left).map(([place, offset]) => {
    const at = place.lastIndexOf('/')
    return { topic: place.slice(0, at), partition: Number(place.slice(at + 1)), offset }
  })
  const events = places.filter(({ topic, offset }) => topic.endsWith('.behaviour-events') && offset > 0)
  if (events.length === 0) return []
  const json = JSON.stringify({ version: 1, partitions: events })
  const tool = `kafka-delete-records --bootstrap-server ${brokers.join(',')} --offset-json-file forget.json`
  return [
    `Your own topic of events still holds theirs, in ${plural(events.length, 'partition')}, until its retention removes them. To be rid of them now,`,
    'delete everybody’s events of before, once ingest has read them. Tables and learner keep what they have, and cannot be built again from that part:',
    `  echo '${json}' > forget.json && ${tool}`,
  ]
}
