import type { LogRecord } from '../../log/log.ts'
import type { BehaviourEvent } from '../../records/definition.ts'
import { Rejection } from '../../records/rejection.ts'
import { isId, maxEntries } from './text.ts'

const noProperties: Readonly<Record<string, number>> = Object.freeze({})

/** The year 144,683. Not 2^53: avsc misreads a negative long beyond this limit, without a word. */
const timeLimit = 2 ** 52

const idRule = 'must be a text of 1 to 1,024 characters'
const badEventId = new Rejection('invalid', `"eventId" ${idRule}, or be left out.`)
const badUserId = new Rejection('invalid', `"userId" ${idRule}.`)
const badItemId = new Rejection('invalid', `"itemId" ${idRule}.`)
const badBehaviour = new Rejection('invalid', `"behaviour" ${idRule}.`)
const badTime = new Rejection('invalid', '"time" must be a whole number of milliseconds since 1970, less than 2^52.')
const badValue = new Rejection('invalid', '"value" must be a finite number, or be left out.')
const badRecommendationId = new Rejection('invalid', `"recommendationId" ${idRule}, or be left out.`)
const badProperties = new Rejection(
  'invalid',
  `"properties" must be an object of at most ${maxEntries} finite numbers, names at most 1,024 characters.`,
)

/** A decoded value as an event; only the shape is judged here, whether it makes sense is for clean. */
export function checkEvent(decoded: object, record: LogRecord): BehaviourEvent | Rejection {
  const raw = decoded as Partial<Record<keyof BehaviourEvent, unknown>>
  const { userId, itemId, behaviour, time } = raw
  let eventId = raw.eventId
  if (eventId === undefined || eventId === null) eventId = `${record.partition}:${record.offset}`
  else if (!isId(eventId)) return badEventId
  if (!isId(userId)) return badUserId
  if (!isId(itemId)) return badItemId
  if (!isId(behaviour)) return badBehaviour
  if (!Number.isInteger(time) || Math.abs(time as number) >= timeLimit) return badTime
  const value = raw.value ?? null
  if (value !== null && !Number.isFinite(value)) return badValue
  const recommendationId = raw.recommendationId ?? null
  if (recommendationId !== null && !isId(recommendationId)) return badRecommendationId
  const properties = checkProperties(raw.properties)
  if (properties instanceof Rejection) return properties
  return {
    eventId: eventId as string,
    userId,
    itemId,
    behaviour,
    // Adding 0 turns -0, which Avro's long cannot hold, into 0.
    time: (time as number) + 0,
    value: value === null ? null : (value as number) + 0,
    properties,
    recommendationId,
  }
}

function checkProperties(value: unknown): Readonly<Record<string, number>> | Rejection {
  if (value === undefined || value === null) return noProperties
  if (typeof value !== 'object' || Array.isArray(value)) return badProperties
  const properties = value as Record<string, unknown>
  let count = 0
  for (const name in properties) {
    if (++count > maxEntries || !Number.isFinite(properties[name]) || name === '__proto__' || !isId(name))
      return badProperties
  }
  return count === 0 ? noProperties : (properties as Record<string, number>)
}
