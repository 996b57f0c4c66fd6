import type { TopicSpec } from '../../log/log.ts'
import { withSettings } from '../../pipeline/settings.ts'
import { topicSpecs } from '../../records/topics.ts'
import { findPipeline } from '../../run/find-pipeline.ts'

/** What a pipeline, by its name or its module, needs. */
export async function wantedTopics(
  pipeline: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<TopicSpec[]> {
  const { name, partitions, parts, topicRetention } = withSettings(await findPipeline(pipeline), settings)
  return topicSpecs(name, partitions, topicRetention, parts)
}
