import type { Explanation } from '../../log/explain-places.ts'
import type { Partitioner } from '../../log/partitioners.ts'
import { count, plural } from '../../records/words.ts'
import type { SpreadUsers } from '../../warehouse/spread-users.ts'

/** A rule as people know it: by its hash, and by who goes by it. */
const known: Record<Partitioner, string> = {
  'murmur2, as Java': 'murmur2 (Java, kafkajs, kafka-python, franz-go)',
  CRC32: 'CRC32 (librdkafka)',
  'FNV-1a': 'FNV-1a (sarama)',
  'murmur2, unsigned': 'murmur2 without its sign cut off (@platformatic/kafka)',
}

/** The setting with which its clients place keys as Java does. */
const settings: Record<Partitioner, string | null> = {
  'murmur2, as Java': null,
  CRC32: "librdkafka (confluent-kafka, node-rdkafka, rust-rdkafka): set partitioner=murmur2_random, which is Java's.",
  'FNV-1a':
    "sarama: set config.Producer.Partitioner = sarama.NewMurmur2Partitioner, which is Java's; kafka-go: Balancer: kafka.Murmur2Balancer{}.",
  'murmur2, unsigned': "@platformatic/kafka: set partitioner: compatibilityPartitioner, which is Java's.",
}

/**
 * What is said of users whose events lie on more than one partition.
 *
 *     spreadWords(found, null)
 *     // 'Events of 2 of 40 users lie on more than one partition of behaviour-events in the newest week, so …'
 */
export function spreadWords(found: SpreadUsers, why: Explanation | null): string {
  const { spread, active, until } = found
  const { key, places } = found.sample[0]!
  const numbers = places.map(({ partition }) => partition)
  const such = `such as those of ${JSON.stringify(key)} on ${numbers.slice(0, -1).join(', ')} and ${numbers.at(-1)}`
  const what = `Events of ${count(spread)} of ${plural(active, 'user')} lie on more than one partition of behaviour-events in the newest week`
  const last = `The last of them changed partition after ${new Date(until).toISOString()}.`
  const told = `${what}, ${such}, so their order is only that of arrival. ${last}`
  return why === null ? told : `${told} ${whyWords(why, found.partitions)}`
}

function whyWords({ partitioners, before, shares }: Explanation, partitions: number): string {
  const moved = `users moved when ${before} partitions became ${partitions}`
  if (partitioners.length === 1) return `Nothing is wrong: ${moved}; keys go by ${known[partitioners[0]!]}.`
  const rules = partitioners.map((each, k) => `${Math.round(100 * shares[k]!)}% by ${known[each]}`).join(', ')
  return `Producers place keys by different rules: ${rules}${before === null ? '' : `; and ${moved}`}.`
}

/** What to do about it: a line for each kind of client that is meant; where nothing is known, for each kind there is. */
export function mendWords(why: Explanation | null): string {
  const meant = why?.partitioners ?? (Object.keys(settings) as Partitioner[])
  const lines = meant.map(each => settings[each]).filter(line => line !== null)
  return [
    ...(why === null
      ? ['Use the userId as the key of each event, as plain text, and place keys as Java does in all producers.']
      : []),
    ...lines,
  ].join('\n')
}
