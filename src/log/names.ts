import { RecstreamError } from '../errors.ts'

/** Refuse a topic name that Kafka would refuse, so that both adapters take the same names. */
export function checkTopicName(name: string): void {
  if (!/^[a-zA-Z0-9._-]{1,249}$/.test(name) || name === '.' || name === '..') {
    throw new RecstreamError(
      'TOPIC_INVALID',
      `"${name}" is no topic name; use 1 to 249 letters, digits, dots, dashes and underscores.`,
    )
  }
}

/** What both adapters say about a topic that is not there. */
export function unknownTopic(name: string): RecstreamError {
  return new RecstreamError(
    'TOPIC_UNKNOWN',
    `There is no topic "${name}"; create it first, for example by \`recstream start\`.`,
  )
}

/** What both adapters say about an offset that the log does not hold (any more). */
export function outOfRange(
  topic: string,
  partition: number,
  offset: number,
  first: number,
  end: number,
): RecstreamError {
  return new RecstreamError(
    'OFFSET_OUT_OF_RANGE',
    `Offset ${offset} of ${topic}/${partition} is not in the log, which holds ${first} to ${end}; records may have been lost to retention. Start over from ${first} on a fresh data folder, or restore the topic.`,
  )
}
