import { setTimeout as delay } from 'node:timers/promises'
import type { Admin, ITopicConfig } from 'kafkajs'
import { RecstreamError } from '../../errors.ts'
import type { TopicSpec } from '../log.ts'
import { checkTopicName } from '../names.ts'
import type { Connection } from './connection.ts'
import { ranges } from './offsets.ts'

const spreadMs = 10_000

/** Create the topics that are missing, kept for ever unless their spec says otherwise. */
export async function ensureTopics(admin: Admin, connection: Connection, specs: readonly TopicSpec[]): Promise<void> {
  for (const { name } of specs) checkTopicName(name)
  const present = new Set(await admin.listTopics())
  const missing = specs.filter(({ name }) => !present.has(name))
  if (missing.length > 0) await admin.createTopics({ topics: missing.map(configOf), waitForLeaders: false })
  for (const { name, partitions } of specs) {
    const found = await knownPartitions(connection, name)
    if (found >= partitions) continue
    throw new RecstreamError(
      'TOPIC_INVALID',
      `${name} has ${found} partitions and ${partitions} are asked for; add partitions to it, or ask for ${found}.`,
    )
  }
}

/** A topic is there once its leaders answer for it, which takes a moment after its creation. */
async function knownPartitions(connection: Connection, name: string): Promise<number> {
  const deadline = performance.now() + spreadMs
  for (;;) {
    try {
      return (await ranges(connection, name)).length
    } catch (error) {
      const unknown = error instanceof RecstreamError && error.code === 'TOPIC_UNKNOWN'
      if (!unknown || performance.now() > deadline) throw error
      await delay(100)
    }
  }
}

function configOf({ name, partitions, compacted = false, retentionMs = -1, maxMessageBytes }: TopicSpec): ITopicConfig {
  return {
    topic: name,
    numPartitions: partitions,
    // What the cluster's administrator decided.
    replicationFactor: -1,
    configEntries: [
      { name: 'cleanup.policy', value: compacted ? 'compact' : 'delete' },
      // Record times are event times, years old in a replay: the broker's default of a week would delete them at once.
      { name: 'retention.ms', value: String(retentionMs) },
      { name: 'retention.bytes', value: '-1' },
      { name: 'message.timestamp.type', value: 'CreateTime' },
      { name: 'message.timestamp.before.max.ms', value: longest },
      { name: 'message.timestamp.after.max.ms', value: longest },
      ...(maxMessageBytes === undefined ? [] : [{ name: 'max.message.bytes', value: String(maxMessageBytes) }]),
    ],
  }
}

// Java's largest long: no limit. What is too far in the future is a dead letter, and that is decided by cleaning.
const longest = '9223372036854775807'
