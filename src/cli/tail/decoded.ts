import { decodeBlock } from '../../codec/block.ts'
import { decodeBlockOrder } from '../../codec/block-order.ts'
import { decodeCommand, decodeModelVersion, decodeRecommendation } from '../../codec/output.ts'
import type { SchemaRegistry } from '../../codec/registry.ts'
import {
  type Collector,
  createEventCollector,
  createItemCollector,
  createProfileCollector,
} from '../../ingest/collect/collect.ts'
import { readDeadLetter } from '../../ingest/collect/dead-letter.ts'
import type { LogRecord } from '../../log/log.ts'
import type { Decode } from '../../records/definition.ts'
import type { InterestBlock } from '../../records/interest-block.ts'
import { shownParts } from '../print/shown-bytes.ts'
import type { TopicRole } from '../topic-role.ts'

/** What a record says, one object a line, or why it cannot be read. */
export type Decoded = { values: object[] } | { problem: string }

export interface Decoder {
  prepare(records: readonly LogRecord[]): Promise<void>
  decode(record: LogRecord): Decoded
}

/** A decoder for the records of one of the pipeline's topics. */
export function decoderOf(role: TopicRole, registry: SchemaRegistry | undefined, decode: Decode = {}): Decoder {
  const options = registry === undefined ? {} : { registry }
  switch (role) {
    case 'behaviour-events':
      return input(createEventCollector({ ...options, decode: decode.event }))
    case 'user-profiles':
      return input(createProfileCollector({ ...options, decode: decode.profile }))
    case 'items':
      return input(createItemCollector({ ...options, decode: decode.item }))
    case 'interest-sequences':
      return output(value => sequencesOf(decodeBlock(value)))
    case 'recommendations':
      return output(value => [decodeRecommendation(value)])
    case 'model-versions':
      return output(value => [decodeModelVersion(value)])
    case 'commands':
      return output(value => [decodeCommand(value)])
    case 'block-order':
      return output(value => [decodeBlockOrder(value)])
    case 'dead-letters':
      return { prepare: async () => {}, decode: deadLetter }
  }
}

function input<T extends object>(collector: Collector<T>): Decoder {
  return {
    prepare: records => collector.prepare(records),
    decode(record) {
      const collected = collector.collect(record)
      if ('passedOver' in collected) return { problem: 'The decode of the pipeline passes it over.' }
      return 'reason' in collected ? { problem: collected.message } : { values: [collected.value] }
    },
  }
}

function output(valuesOf: (value: Buffer) => object[]): Decoder {
  return {
    prepare: async () => {},
    decode({ key, value, unreadable }) {
      if (unreadable !== undefined) return { problem: unreadable }
      if (value === null) return { values: [{ deleted: true, id: key?.toString() ?? null }] }
      try {
        return { values: valuesOf(value) }
      } catch (error) {
        return { problem: error instanceof Error ? error.message : String(error) }
      }
    },
  }
}

function deadLetter(record: LogRecord): Decoded {
  const letter = readDeadLetter(record)
  if (letter === null) return { problem: 'It has no headers of a dead letter.' }
  return { values: [{ ...letter, ...shownParts(letter) }] }
}

/** The sequences of a block, one object each. */
export function sequencesOf(block: InterestBlock): object[] {
  let at = 0
  return block.sequence.map((sequence, row) => {
    const from = at
    at += block.shortCount[row]!
    const user = block.users[block.user[row]!]!
    const item = block.items[block.item[row]!]!
    const short = []
    for (let i = from; i < at; i++) {
      const { id } = block.items[block.shortItem[i]!]!
      short.push({ itemId: id, time: block.shortTime[i], reward: block.shortReward[i] })
    }
    return {
      sequence,
      partition: block.partition[row],
      offset: block.offset[row],
      userId: user.id,
      itemId: item.id,
      behaviour: block.behaviours[block.behaviour[row]!],
      time: block.time[row],
      reward: block.reward[row],
      like: block.like[row] === 1,
      answers: block.answers[row],
      late: block.late[row] === 1,
      count: block.count[row],
      short,
      userFeatures: tokens(user.features),
      itemFeatures: tokens(item.features),
    }
  })
}

function tokens(features: string): unknown {
  return features === '' ? [] : JSON.parse(features)
}
