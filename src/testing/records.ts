import { RecstreamError } from '../errors.ts'
import type { LogRecord } from '../log/log.ts'
import { partitionOf } from '../log/partitioner.ts'
import type { BehaviourEvent, Item, UserProfile } from '../records/definition.ts'
import { topicSpecs } from '../records/topics.ts'

/** An event as a service sends it. Without a time it comes one step after the newest one. */
export type SentEvent = Pick<BehaviourEvent, 'userId' | 'itemId' | 'behaviour'> &
  Partial<Omit<BehaviourEvent, 'userId' | 'itemId' | 'behaviour'>>

/** A profile as a service sends it; `time` (ms) is when it is written, the newest event's time by default. */
export type SentProfile = Pick<UserProfile, 'userId'> & Partial<UserProfile> & { time?: number }

/** An item as a service sends it; `time` (ms) is when it is written, the newest event's time by default. */
export type SentItem = Pick<Item, 'itemId'> & Partial<Item> & { time?: number }

/** An input topic by the end of its name. */
export type InputTopic = (typeof inputTopics)[number]
const inputTopics = ['behaviour-events', 'user-profiles', 'items'] as const

/** A record as a producer writes it, whatever it holds. */
export interface SentRecord {
  /** Default: 'behaviour-events'. */
  topic?: InputTopic
  /** Default: none. */
  key?: string | Buffer | null
  /** Bytes, a text, or an object to be written as JSON. Null deletes the user or item that the key names. */
  value: Buffer | string | object | null
  /** Milliseconds since 1970. Default: the time of the event in it, else the newest event's time. */
  timestamp?: number
  headers?: Readonly<Record<string, string | Buffer>>
  /** Default: by the key, as every Kafka client does it. */
  partition?: number
}

/** Places records in topics that exist in memory alone: partition, offset and time follow from what was sent before. */
export class RecordPlaces {
  readonly #topics: ReadonlyMap<string, { name: string; partitions: number }>
  readonly #ends = new Map<string, number>()
  readonly #stepMs: number
  readonly #startsAt: number
  #newest: number | null = null

  constructor(options: { pipeline: string; partitions: number; startsAt: number; stepMs: number }) {
    const { pipeline, partitions } = options
    const specs = topicSpecs(pipeline, partitions).map(spec => [spec.name.slice(pipeline.length + 1), spec] as const)
    this.#topics = new Map(specs.filter(([name]) => inputTopics.includes(name as InputTopic)))
    this.#startsAt = options.startsAt
    this.#stepMs = options.stepMs
  }

  /** The newest event's time, ms; before the first event, where the first one will be. */
  get now(): number {
    return this.#newest ?? this.#startsAt
  }

  /** One step after the newest event, ms. */
  get next(): number {
    return this.#newest === null ? this.#startsAt : this.#newest + this.#stepMs
  }

  /** Where the partitions of a topic end that something was sent to. */
  ends(topic: InputTopic): { partition: number; offset: number }[] {
    const ends: { partition: number; offset: number }[] = []
    for (const [place, offset] of this.#ends) {
      const [name, partition] = place.split('/')
      if (name === topic) ends.push({ partition: Number(partition), offset })
    }
    return ends
  }

  place(record: SentRecord): LogRecord {
    const placed = this.preview(record)
    const { topic = 'behaviour-events' } = record
    const { partition, offset, timestamp } = placed
    if (topic === 'behaviour-events') this.#newest = Math.max(timestamp, this.#newest ?? timestamp)
    this.#ends.set(`${topic}/${partition}`, offset + 1)
    return placed
  }

  /** The record as it would be placed now. */
  preview(record: SentRecord): LogRecord {
    const { topic = 'behaviour-events', key = null, value, headers = {} } = record
    const spec = this.#topics.get(topic)
    if (spec === undefined) {
      const names = inputTopics.join(', ')
      throw new RecstreamError('TOPIC_UNKNOWN', `There is no input topic "${topic}"; send to one of ${names}.`)
    }
    const timestamp = record.timestamp ?? timeIn(value) ?? this.now
    const partition = record.partition ?? partitionOf(key, spec.partitions)
    const offset = this.#ends.get(`${topic}/${partition}`) ?? 0
    return {
      topic: spec.name,
      partition,
      offset,
      timestamp,
      key: typeof key === 'string' ? Buffer.from(key) : key,
      value: bytesOf(value),
      headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text as string)])),
    }
  }
}

/** Producers date a record by the event in it. */
function timeIn(value: SentRecord['value']): number | undefined {
  const time = typeof value === 'object' && value !== null && 'time' in value ? value.time : undefined
  return Number.isSafeInteger(time) ? (time as number) : undefined
}

function bytesOf(value: SentRecord['value']): Buffer | null {
  if (value === null || Buffer.isBuffer(value)) return value
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value, asText))
}

/** JSON would make null of NaN, and a test would not see that it is refused. */
function asText(_name: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
}
