import { setTimeout as delay } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import { isRecstreamError, RecstreamError } from '../../errors.ts'
import type { TopicFault, TopicSpec, TopicState } from '../log.ts'
import { checkTopicName, unknownTopic } from '../names.ts'
import { faultSentences } from '../topic-faults.ts'
import type { KafkaSettings } from './client.ts'
import type { Connection } from './connection.ts'
import { createTopics } from './create-topics.ts'
import { ranges } from './offsets.ts'
import { mendCommands } from './topic-commands.ts'
import { topicStates } from './topic-states.ts'

const spreadMs = 10_000

/** Create the topics that are missing, and refuse those that would lose records or stop the pipeline as they are. */
export async function ensureTopics(
  settings: KafkaSettings,
  admin: Admin,
  connection: Connection,
  specs: readonly TopicSpec[],
): Promise<TopicFault[]> {
  for (const { name } of specs) checkTopicName(name)
  const faults = (await allThere(settings, admin, connection, specs)).flatMap(state => state.faults)
  const refused = faults.filter(fault => fault.refused)
  if (refused.length === 0) return faults
  const lines = (texts: readonly string[]) => texts.map(text => `\n  ${text}`).join('')
  const mend = lines(mendCommands(connection.brokers, refused))
  throw new RecstreamError(
    'TOPIC_INVALID',
    `Topics as they are would lose or refuse records:${lines(faultSentences(refused))}\nMend them and start again:${mend}`,
  )
}

/** How the topics are, once none is missing; one that was being deleted may be gone at the second look. */
async function allThere(
  settings: KafkaSettings,
  admin: Admin,
  connection: Connection,
  specs: readonly TopicSpec[],
): Promise<TopicState[]> {
  const deadline = performance.now() + spreadMs
  for (;;) {
    const states = await topicStates(settings, admin, connection, specs)
    const missing = specs.filter((_, k) => states[k]!.partitions === 0)
    if (missing.length === 0) return states
    if (performance.now() > deadline) throw unknownTopic(missing[0]!.name)
    await createTopics(settings, connection, missing)
    for (const { name } of missing) await spread(connection, name)
  }
}

/** A topic is there once its leaders answer for it, which takes a moment after its creation. */
async function spread(connection: Connection, name: string): Promise<void> {
  const deadline = performance.now() + spreadMs
  for (;;) {
    try {
      await ranges(connection, name)
      return
    } catch (error) {
      if (!isRecstreamError(error, 'TOPIC_UNKNOWN') || performance.now() > deadline) throw error
      await delay(100)
    }
  }
}
