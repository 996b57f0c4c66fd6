import { isRecstreamError, RecstreamError } from '../errors.ts'

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

/** Let the error of an unknown topic pass as undefined, and no other. */
export function ifUnknown(error: unknown): undefined {
  if (!isRecstreamError(error, 'TOPIC_UNKNOWN')) throw error
}

/** What a reader says when what it read has gone, and perhaps something else has its name now. */
export function remadeTopic(...topics: string[]): RecstreamError {
  const which = topics.length === 1 ? topics[0] : `One of the topics ${topics.join(', ')}`
  return new RecstreamError(
    'TOPIC_REMADE',
    `${which} was deleted, and perhaps made again, while it was read; what was read of it has no place in it any more.`,
  )
}

/** Whether another topic has a topic's name now, by their ids; null is an id that nobody gave. */
export function isRemade(before: string | null, now: string | null): boolean {
  return before !== null && now !== null && before !== now
}

/** What both adapters say about an offset that the log does not hold (any more). */
export function outOfRange(
  topic: string,
  partition: number,
  offset: number,
  first: number,
  end: number,
): RecstreamError {
  const missing = first - offset
  const message =
    missing > 0
      ? `Up to ${missing} records of ${topic}/${partition} from offset ${offset} on are gone from the log, which begins at ${first}: retention removed them unread, most likely. Restore the topic, or go on without them with \`recstream start … --skip-lost\`, and let the topic keep records for longer.`
      : `Offset ${offset} of ${topic}/${partition} is beyond the end of the log, ${end}: the topic was made again, or its brokers lost records. Restore the topic, or give another folder with --data and the pipeline another name.`
  return new RecstreamError('OFFSET_OUT_OF_RANGE', message)
}
