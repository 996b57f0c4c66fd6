import { RecstreamError } from '../errors.ts'
import type { LogRecord } from '../log/log.ts'
import { type Command, commandKinds, type Forget, forgetStages, type OtherWeights } from '../records/command.ts'
import {
  type ArmIndex,
  type ModelVersion,
  type Score,
  type ServedScore,
  servedMetrics,
} from '../records/model-version.ts'
import type { Alternative, Recommendation, RecommendedItem } from '../records/recommendation.ts'
import { type AvroSchema, avroSchema, type SchemaName } from './schema.ts'
import { decodeSingleObject, encodeSingleObject } from './single-object.ts'

/** How a pipeline writes its output topics; readers distinguish them by the first byte. */
export type Encoding = 'avro' | 'json'

/** A list's value on the recommendations topic. */
export function encodeRecommendation(recommendation: Recommendation, encoding: Encoding): Buffer {
  return encode('recommendation', recommendation, encoding)
}

/** A list from the recommendations topic, in either encoding; RECORD_INVALID if the bytes are not one. */
export function decodeRecommendation(bytes: Buffer): Recommendation {
  const raw = decode('recommendation', bytes)
  const items = list(raw, 'items').map(
    (item): RecommendedItem => ({
      itemId: text(item, 'itemId'),
      score: finite(item, 'score'),
      propensity: finite(item, 'propensity'),
      reason: text(item, 'reason'),
      ...alternativesOf(item),
    }),
  )
  return {
    recommendationId: text(raw, 'recommendationId'),
    userId: text(raw, 'userId'),
    time: whole(raw, 'time'),
    sequence: whole(raw, 'sequence'),
    partition: whole(raw, 'partition'),
    offset: whole(raw, 'offset'),
    modelVersion: whole(raw, 'modelVersion'),
    policy: text(raw, 'policy'),
    arm: text(raw, 'arm'),
    items,
    short: raw['short'] === undefined || raw['short'] === null ? null : text(raw, 'short'),
  }
}

/** Nothing where there are none, so that a list comes back as it went. */
function alternativesOf(item: Fields): { alternatives?: Record<string, Alternative> } {
  const all = item['alternatives'] ?? {}
  if (typeof all !== 'object' || Array.isArray(all)) throw misshapen('alternatives', 'an object')
  const read = Object.entries(all).map(([arm, raw]) => {
    if (typeof raw !== 'object' || raw === null) throw misshapen('alternatives', 'an object of objects')
    return [arm, { propensity: finite(raw, 'propensity'), itemId: text(raw, 'itemId') }] as const
  })
  return read.length === 0 ? {} : { alternatives: Object.fromEntries(read) }
}

/** A version's value on the model-versions topic. */
export function encodeModelVersion(version: ModelVersion, encoding: Encoding): Buffer {
  return encode('model-version', version, encoding)
}

/** A version from the model-versions topic, in either encoding; RECORD_INVALID if the bytes are not one. */
export function decodeModelVersion(bytes: Buffer): ModelVersion {
  const raw = decode('model-version', bytes)
  const scores = list(raw, 'scores').map(
    (score): Score => ({
      policy: text(score, 'policy'),
      metric: text(score, 'metric'),
      value: finite(score, 'value'),
      events: whole(score, 'events'),
    }),
  )
  return {
    learner: text(raw, 'learner'),
    version: whole(raw, 'version'),
    sequence: whole(raw, 'sequence'),
    sequences: whole(raw, 'sequences'),
    step: whole(raw, 'step'),
    weightsSha256: text(raw, 'weightsSha256'),
    champion: text(raw, 'champion'),
    scores,
    served: list({ served: raw['served'] ?? [] }, 'served').map(servedScore),
    index: list({ index: raw['index'] ?? [] }, 'index').map(armIndex),
  }
}

function armIndex(raw: Fields): ArmIndex {
  const { serves } = raw
  if (typeof serves !== 'boolean') throw misshapen('serves', 'true or false')
  return {
    ...{ arm: text(raw, 'arm'), serves },
    weights: list(raw, 'weights').map(each => ({ feature: text(each, 'feature'), weight: finite(each, 'weight') })),
  }
}

function servedScore(raw: Fields): ServedScore {
  const span = text(raw, 'span')
  if (span !== 'all' && span !== 'recent') throw misshapen('span', 'all or recent')
  const values = servedMetrics.map(metric => [metric, finite(raw, metric)] as const)
  return {
    ...(Object.fromEntries(values) as Pick<ServedScore, (typeof servedMetrics)[number]>),
    ...{ arm: text(raw, 'arm'), span, events: whole(raw, 'events') },
  }
}

/** A command's value on the commands topic. */
export function encodeCommand(command: Command, encoding: Encoding): Buffer {
  return encode('command', command, encoding)
}

/** A command from the commands topic, in either encoding; RECORD_INVALID if the bytes are not one. */
export function decodeCommand(bytes: Buffer): Command {
  const raw = decode('command', bytes)
  const kind = commandKinds.find(each => each === raw['kind'])
  if (kind === undefined) throw misshapen('kind', `one of ${commandKinds.join(', ')}`)
  return {
    ...{ commandId: text(raw, 'commandId'), kind },
    shares: numbers(raw, 'shares', finite),
    arm: (raw['arm'] ?? null) === null ? null : text(raw, 'arm'),
    fromUser: (raw['fromUser'] ?? null) === null ? null : text(raw, 'fromUser'),
    toUser: (raw['toUser'] ?? null) === null ? null : text(raw, 'toUser'),
    time: whole(raw, 'time'),
    reason: (raw['reason'] ?? null) === null ? '' : text(raw, 'reason'),
    appliedAt: (raw['appliedAt'] ?? null) === null ? null : whole(raw, 'appliedAt'),
    ...((raw['forget'] ?? null) === null ? {} : { forget: forgetOf(raw['forget'] as Fields) }),
    ...((raw['weights'] ?? null) === null ? {} : { weights: weightsOf(raw['weights'] as Fields) }),
  }
}

/** The command in a record of the commands topic; null where it cannot be read, or is none. */
export function commandOf({ value, unreadable }: Pick<LogRecord, 'value' | 'unreadable'>): Command | null {
  if (value === null || unreadable !== undefined) return null
  try {
    return decodeCommand(value)
  } catch {
    return null
  }
}

function weightsOf(raw: Fields): OtherWeights {
  return {
    version: (raw['version'] ?? null) === null ? null : whole(raw, 'version'),
    tensors: (raw['tensors'] ?? null) === null ? null : text(raw, 'tensors'),
  }
}

function forgetOf(raw: Fields): Forget {
  const stage = forgetStages.find(each => each === raw['stage'])
  if (stage === undefined) throw misshapen('stage', `one of ${forgetStages.join(', ')}`)
  return {
    people: texts(raw, 'people'),
    stage,
    upTo: (raw['upTo'] ?? null) === null ? null : whole(raw, 'upTo'),
    until: numbers(raw, 'until', whole),
    removed: numbers(raw, 'removed', whole),
    ...partsOf(raw),
  }
}

/** What parts of ingest have done; nothing where there is one. */
function partsOf(raw: Fields): Pick<Forget, 'parts'> {
  const parts = list(raw, 'parts').map(each => ({
    ...{ part: whole(each, 'part'), upTo: whole(each, 'upTo') },
    cleared: each['cleared'] === true,
  }))
  return parts.length === 0 ? {} : { parts }
}

function texts(raw: Fields, name: string): string[] {
  const value = raw[name] ?? []
  if (!Array.isArray(value) || value.some(each => typeof each !== 'string')) throw misshapen(name, 'a list of texts')
  return value as string[]
}

function numbers(raw: Fields, name: string, read: typeof finite): Record<string, number> {
  const value = raw[name] ?? {}
  if (typeof value !== 'object' || Array.isArray(value)) throw misshapen(name, 'an object')
  return Object.fromEntries(Object.keys(value).map(key => [key, read(value as Fields, key)]))
}

function encode(name: SchemaName, value: object, encoding: Encoding): Buffer {
  return encoding === 'json' ? Buffer.from(JSON.stringify(value)) : encodeSingleObject(avroSchema(name), value)
}

type Fields = Record<string, unknown>

function decode(name: SchemaName, bytes: Buffer): Fields {
  const schema: AvroSchema = avroSchema(name)
  if (bytes[0] !== 0x7b) return decodeSingleObject(schema, bytes) as Fields
  try {
    return JSON.parse(bytes.toString())
  } catch (cause) {
    throw new RecstreamError('RECORD_INVALID', 'The value is not valid JSON; skip the record.', { cause })
  }
}

function text(raw: Fields, name: string): string {
  const value = raw[name]
  if (typeof value !== 'string') throw misshapen(name, 'a text')
  return value
}

function finite(raw: Fields, name: string): number {
  const value = raw[name]
  if (!Number.isFinite(value)) throw misshapen(name, 'a finite number')
  return value as number
}

function whole(raw: Fields, name: string): number {
  const value = raw[name]
  if (!Number.isSafeInteger(value)) throw misshapen(name, 'a whole number')
  return value as number
}

function list(raw: Fields, name: string): Fields[] {
  const value = raw[name]
  if (!Array.isArray(value) || value.some(item => typeof item !== 'object' || item === null))
    throw misshapen(name, 'a list of objects')
  return value
}

function misshapen(name: string, what: string): RecstreamError {
  return new RecstreamError('RECORD_INVALID', `"${name}" is not ${what}; skip the record.`)
}
