import { blockOf, encodeBlock } from '../../codec/block.ts'
import { commandOf, decodeRecommendation } from '../../codec/output.ts'
import type { Log, LogRecord, OutgoingRecord, Replacement } from '../../log/log.ts'
import { recordsUpTo } from '../../log/records-up-to.ts'
import type { PipelineDefinition } from '../../records/definition.ts'
import { type ForgetCommand, type Forgotten, forgottenHeader, isForgotten } from '../../records/forgotten.ts'
import { owns, type Part } from '../../records/part.ts'
import type { Topics } from '../../records/topics.ts'
import { withoutUser } from '../../records/without-user.ts'
import type { Collectors } from './collectors.ts'
import { mentions, quotedTexts } from './mentions.ts'
import { newestList, newestRow } from './parts-of-command.ts'
import { forgetName } from './tell.ts'

/** What stands in the place of a record of theirs: where an import or a publisher had come to, and nothing else. */
function nothingLeft({ headers }: LogRecord): Replacement {
  const ours = Object.entries(headers).filter(([name]) => name.startsWith('recstream-'))
  return { key: null, value: null, headers: { ...Object.fromEntries(ours), [forgottenHeader]: '1' } }
}

/**
 * Clear the topics of somebody who is forgotten; how many records, or sequences, by topic.
 *
 * First interest-sequences, last the input: a row whose record is gone could not be built again. The input of a Kafka is its
 * owner's: there the profile is deleted by a tombstone, and events stay.
 */
export async function clearTopics(
  command: ForgetCommand,
  {
    log,
    topics,
    collectors,
    forgotten,
    definition,
    part,
  }: {
    log: Log
    topics: Topics
    collectors: Collectors
    forgotten: Forgotten
    definition: PipelineDefinition
    part: Part
  },
): Promise<Record<string, number>> {
  const upTo = newestRow(command, part)
  const listsUpTo = part.of === 1 ? upTo : newestList(command)
  const isTheirs = (id: string) => forgotten.isOf(command, id)
  const removed: Record<string, number> = {}
  const ids = new Set<string>()
  let sequences = 0
  await log.replace(topics.interestSequences, record => {
    if (!owns(part, record.partition)) return null
    const block = blockOf(record)
    const left = block === null ? null : withoutUser(block, isTheirs, upTo)
    if (left === null) return null
    sequences += left.removed
    for (const { id } of block!.users) if (isTheirs(id)) ids.add(id)
    return { key: record.key, value: encodeBlock(left.block), headers: record.headers }
  })
  removed['topic interest-sequences'] = sequences
  removed['topic recommendations'] = await log.replace(topics.recommendations, record => {
    if (!owns(part, record.partition)) return null
    if (record.value === null || record.key === null || !isTheirs(record.key.toString())) return null
    return sequenceOf(record) <= listsUpTo ? 'gone' : null
  })
  removed['topic commands'] = await log.replace(topics.commands, record => {
    if (!owns(part, record.partition) || record.offset >= command.offset || record.value === null) return null
    return isMergeOf(record, isTheirs) ? 'gone' : null
  })
  if (log.kind === 'embedded')
    return { ...removed, ...(await clearInput(command, ids, { log, topics, collectors, isTheirs, definition, part })) }
  removed['tombstones on user-profiles'] = await deleteProfiles(command, {
    log,
    topics,
    collectors,
    isTheirs,
    definition,
    part,
  })
  return removed
}

interface Input {
  log: Log
  topics: Topics
  collectors: Collectors
  isTheirs: (id: string) => boolean
  definition: PipelineDefinition
  part: Part
}

async function clearInput(
  command: ForgetCommand,
  ids: ReadonlySet<string>,
  { log, topics, collectors, isTheirs, part }: Input,
) {
  // What cannot be read here names them, or does not; of whom no id is known, each text in it is tried.
  const names = (value: Buffer | null) =>
    value !== null && ([...ids].some(id => mentions(value, id)) || quotedTexts(value).some(isTheirs))
  const clear = (topic: string, collector: Collectors['event'] | Collectors['profile']) =>
    log.replace(topic, record => {
      const { key, partition, offset } = record
      if (!owns(part, partition)) return null
      if (offset >= (command.forget.until[`${topic}/${partition}`] ?? 0) || isForgotten(record)) return null
      if (key !== null && isTheirs(key.toString())) return nothingLeft(record)
      const collected = collector.collect(record)
      if (!('value' in collected)) return names(record.value) ? nothingLeft(record) : null
      const { value } = collected
      return isTheirs('userId' in value ? value.userId : value.id) ? nothingLeft(record) : null
    })
  return {
    'topic behaviour-events': await clear(topics.behaviourEvents, collectors.event),
    'topic user-profiles': await clear(topics.userProfiles, collectors.profile),
  }
}

/** The pipeline itself passes it over: it would name them again. */
const tombstone = { [forgottenHeader]: '1' }

/** A tombstone for each key of a profile of theirs, where it has none and is no newer one. */
async function deleteProfiles(command: ForgetCommand, { log, topics, collectors, isTheirs, definition, part }: Input) {
  const topic = topics.userProfiles
  const keys = new Map<string, OutgoingRecord | null>()
  for (const range of await log.ranges(topic)) {
    const { partition } = range
    if (!owns(part, partition)) continue
    for await (const record of recordsUpTo(log, topic, range)) {
      const { key, offset, value } = record
      if (key === null) continue
      const place = `${partition}/${key.toString('latin1')}`
      if (!keys.has(place) && !isTheirs(key.toString()) && !isProfileOf(record, collectors, isTheirs)) continue
      const isOld = offset < (command.forget.until[`${topic}/${partition}`] ?? 0)
      keys.set(
        place,
        isOld && value !== null
          ? { partition, timestamp: record.timestamp, key: Buffer.from(key), value: null, headers: tombstone }
          : null,
      )
    }
  }
  const tombstones = [...keys.values()].filter(record => record !== null)
  if (tombstones.length === 0) return 0
  const producer = await log.producer(forgetName(definition.name, part), [topic])
  try {
    await producer.append(topic, tombstones)
  } finally {
    await producer.close()
  }
  return tombstones.length
}

function isProfileOf(record: LogRecord, { profile }: Collectors, isTheirs: (id: string) => boolean): boolean {
  if (record.value === null) return false
  const collected = profile.collect(record)
  return 'value' in collected && 'userId' in collected.value && isTheirs(collected.value.userId)
}

function sequenceOf(record: LogRecord): number {
  try {
    return decodeRecommendation(record.value!).sequence
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

function isMergeOf(record: LogRecord, isTheirs: (id: string) => boolean): boolean {
  const command = commandOf(record)
  return command?.kind === 'merge' && [command.fromUser, command.toUser].some(id => id !== null && isTheirs(id))
}
