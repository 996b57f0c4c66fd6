import { createCommand, settingsCommand } from '../../log/kafka/topic-commands.ts'
import { newerSettings, settingsOf } from '../../log/kafka/topic-rules.ts'
import type { Connection } from '../../run/messages.ts'
import { choosePipeline } from '../choose-pipeline.ts'
import { jsonLine, writeLines } from '../print/write-lines.ts'
import type { TopicsOptions } from './compare.ts'
import { wantedTopics } from './wanted-topics.ts'

const standardBrokers = ['127.0.0.1:9092']

/** Print what makes the topics, and what sets those that are there already, for Kafka's own tools. */
export async function printCommands({ brokers = standardBrokers }: Connection, options: TopicsOptions): Promise<void> {
  const pipeline = options.pipeline ?? (await choosePipeline(undefined, options.data)).name
  const specs = await wantedTopics(pipeline, options.set)
  const { replicationFactor: replicas, commandConfig, oldBrokers } = options
  const unknown = oldBrokers ? newerSettings : new Set<string>()
  if (options.json) {
    await writeLines(
      specs.map(spec => {
        const { name: topic, partitions } = spec
        return jsonLine({
          topic,
          partitions,
          replicationFactor: replicas ?? null,
          settings: settingsOf(spec, unknown),
        })
      }),
    )
    return
  }
  const how = {
    ...{ brokers, unknown },
    ...(replicas === undefined ? {} : { replicas }),
    ...(commandConfig === undefined ? {} : { commandConfig }),
  }
  await writeLines([
    '# Topics that are missing',
    ...specs.map(spec => createCommand(spec, how)),
    '',
    '# The same settings on topics that are there',
    ...specs.map(spec => settingsCommand(spec, how)),
  ])
}
