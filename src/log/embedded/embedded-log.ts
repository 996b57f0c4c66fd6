import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { RecstreamError } from '../../errors.ts'
import type { Log, Producer } from '../log.ts'
import { OpenParts } from '../open-parts.ts'
import { claim } from './claim.ts'
import { type Cleaned, compact, retain } from './compaction.ts'
import { firstOffsets, newestRecords } from './ends.ts'
import { openReader } from './reader.ts'
import { replaceRecords } from './replace-records.ts'
import { DamagedFile } from './segment.ts'
import { Topic } from './topic.ts'
import { createTopic, idOf, partitionsOf } from './topic-folder.ts'
import { verify } from './verify.ts'

/** The embedded log, with the upkeep that a broker would do by itself. */
export interface EmbeddedLog extends Log {
  readonly kind: 'embedded'
  /** Drop superseded records of a compacted topic; safe while others read and append. */
  compact(topic: string): Promise<Cleaned>
  /** Drop old segments whose records are all older than this time, ms since 1970. */
  retain(topic: string, beforeTimestamp: number): Promise<Cleaned>
  /** Read all of a topic; LOG_CORRUPT where a file of it is damaged. */
  verify(topic: string): Promise<void>
}

export interface EmbeddedLogOptions {
  folder: string
  /** A file of a topic takes no more appends once it is this long (default 64 MiB); what is dropped or compacted is whole files. */
  segmentBytes?: number
  /** What to do about a topic of which a file is damaged, as a part of a sentence. */
  advice?: (topic: string) => string
}

/** A new holder waits this long for another contender to withdraw, ms. */
const producerWaitMs = 300

/**
 * A durable log in a folder, used by any number of processes of this machine at once.
 *
 *     const log = await openEmbeddedLog({ folder: '.recstream/shop/log' })
 *     await log.ensureTopics([{ name: 'shop.items', partitions: 1, compacted: true }])
 *     const producer = await log.producer('import')
 *     await producer.append('shop.items', [{ key: '7', value: Buffer.from('{}'), timestamp: Date.now() }])
 *
 * Caveat: the folder must be on a local disk; locks over network file systems are not relied on.
 */
export async function openEmbeddedLog(options: EmbeddedLogOptions): Promise<EmbeddedLog> {
  const { folder, segmentBytes = 64 * 1024 * 1024, advice } = options
  mkdirSync(folder, { recursive: true })
  const topics = new Map<string, Topic>()
  const open = new OpenParts()
  const topicOf = (name: string): Topic => {
    const known = topics.get(name)
    if (known !== undefined) return known
    const topic = new Topic(folder, name, segmentBytes)
    topics.set(name, topic)
    return topic
  }

  /** Whoever meets damage hears what to do about it. */
  const advised = async <T>(work: () => T | Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      if (advice === undefined || !(error instanceof DamagedFile)) throw error
      throw new DamagedFile(error.path, error.what, advice(error.topic))
    }
  }

  return {
    kind: 'embedded',
    identity: async () => 'the embedded log',
    async ensureTopics(specs) {
      return advised(() => {
        for (const spec of specs) createTopic(folder, spec)
        return []
      })
    },
    async examineTopics(specs) {
      return specs.map(({ name, partitions: wanted }) => {
        const partitions = partitionsOf(folder, name)
        const fault = { topic: name, setting: 'partitions', value: String(partitions), wanted: String(wanted) }
        const why = `${wanted} are asked for; use a new data folder, or ask for ${partitions}`
        const faults = partitions > 0 && partitions < wanted ? [{ ...fault, why, refused: true }] : []
        return { name, partitions, replicas: 1, faults }
      })
    },
    async topicIds(names) {
      return new Map(
        names.flatMap(name => {
          const id = idOf(folder, name)
          return id === undefined ? [] : [[name, id]]
        }),
      )
    },
    ranges: name =>
      advised(async () => {
        const topic = topicOf(name)
        const { ends } = await topic.settled()
        const firsts = await firstOffsets(topic)
        return Array.from(ends, (end, partition) => ({ partition, first: firsts[partition]!, end }))
      }),
    async producer(id): Promise<Producer> {
      const lock = await claim(join(folder, '.locks', `producer-${encodeURIComponent(id)}`), producerWaitMs, true)
      if (!('release' in lock)) {
        throw new RecstreamError(
          'ALREADY_RUNNING',
          `Process ${lock.pid} on ${lock.host} has been writing as "${id}" since ${lock.since.toISOString()}; stop it first.`,
        )
      }
      let closed = false
      return open.add({
        async append(name, records, { partitionsHeader } = {}) {
          if (closed) throw new RecstreamError('LOG_UNAVAILABLE', `The producer "${id}" is closed; open a new one.`)
          await advised(() => {
            const topic = topicOf(name)
            const told = partitionsHeader === undefined ? null : { [partitionsHeader]: String(topic.partitions) }
            return topic.append(
              told === null ? records : records.map(record => ({ ...record, headers: { ...record.headers, ...told } })),
            )
          })
        },
        async close() {
          if (closed) return
          closed = true
          lock.release()
        },
      })
    },
    async reader(from, options = {}) {
      const reader = open.add(await advised(() => openReader(topicOf, from, options)))
      return {
        read: maxWaitMs => advised(() => reader.read(maxWaitMs)),
        position: (topic, partition) => reader.position(topic, partition),
        caughtUp: () => advised(() => reader.caughtUp()),
        close: () => reader.close(),
      }
    },
    newest: name => advised(() => newestRecords(topicOf(name))),
    // Nobody else can look into the embedded log, so there is no lag tool to report to.
    async reportPositions() {},
    replace: (name, replacement) => advised(() => replaceRecords(topicOf(name), replacement)),
    compact: name => advised(() => compact(topicOf(name))),
    retain: (name, beforeTimestamp) => advised(() => retain(topicOf(name), beforeTimestamp)),
    verify: name => advised(() => verify(topicOf(name))),
    async close() {
      await open.close()
      for (const topic of topics.values()) topic.close()
      topics.clear()
    },
  }
}
