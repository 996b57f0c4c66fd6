import { RecstreamError } from '../../errors.ts'
import { unknownTopic } from '../names.ts'
import { denied } from './rights.ts'

export const offsetOutOfRange = 1
const unknownTopicOrPartition = 3
const topicAuthorizationFailed = 29

/** What a partition's error code in a fetch means; a leader that moved passes by itself. */
export function fetchError(code: number, topic: string, partition: number): RecstreamError {
  const place = `${topic}/${partition}`
  if (code === topicAuthorizationFailed) return denied('TOPIC_AUTHORIZATION_FAILED', [], topic)
  if (code === unknownTopicOrPartition) {
    return new RecstreamError('LOG_UNAVAILABLE', `${place} is not known to its broker (any more).`, {
      cause: unknownTopic(topic),
    })
  }
  return new RecstreamError('LOG_UNAVAILABLE', `${place} cannot be read now (Kafka's error code ${code}).`)
}
