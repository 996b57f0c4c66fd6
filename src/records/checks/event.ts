import type { BehaviourEvent } from '../definition.ts'
import { Rejection } from '../rejection.ts'
import { idRule, isId, maxEntries } from './text.ts'
import { unfit, whatIs } from './unfit.ts'

const noProperties: Readonly<Record<string, number>> = Object.freeze({})

/** The year 144,683. Not 2^53: avsc misreads a negative long beyond this limit, without a word. */
const timeLimit = 2 ** 52

const timeRule = 'must be a whole number of milliseconds since 1970, less than 2^52'
const valueRule = 'must be a finite number or be left out'
const propertiesRule = `must be an object of at most ${maxEntries} finite numbers, names at most 1,024 characters`
const optionalIdRule = `${idRule} or be left out`

/** A decoded value as an event; only the shape is judged here, whether it makes sense is for clean. */
export function checkEvent(decoded: object): BehaviourEvent | Rejection {
  const raw = decoded as Partial<Record<keyof BehaviourEvent, unknown>>
  const { userId, itemId, behaviour, time } = raw
  const eventId = raw.eventId ?? null
  if (eventId !== null && !isId(eventId)) return unfit('eventId', optionalIdRule, eventId)
  if (!isId(userId)) return unfit('userId', idRule, userId)
  if (!isId(itemId)) return unfit('itemId', idRule, itemId)
  if (!isId(behaviour)) return unfit('behaviour', idRule, behaviour)
  if (!Number.isInteger(time) || Math.abs(time as number) >= timeLimit) return unfit('time', timeRule, time)
  const value = raw.value ?? null
  if (value !== null && !Number.isFinite(value)) return unfit('value', valueRule, value)
  const recommendationId = raw.recommendationId ?? null
  if (recommendationId !== null && !isId(recommendationId)) {
    return unfit('recommendationId', optionalIdRule, recommendationId)
  }
  const properties = checkProperties(raw.properties)
  if (properties instanceof Rejection) return properties
  return {
    eventId,
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
  if (typeof value !== 'object' || Array.isArray(value)) return unfit('properties', propertiesRule, value)
  const properties = value as Record<string, unknown>
  let count = 0
  for (const name in properties) {
    if (++count > maxEntries || name === '__proto__' || !isId(name)) {
      return new Rejection('invalid', `"properties" ${propertiesRule}.`)
    }
    if (!Number.isFinite(properties[name])) {
      return new Rejection('invalid', `"properties" ${propertiesRule}; one is ${whatIs(properties[name])}.`)
    }
  }
  return count === 0 ? noProperties : (properties as Record<string, number>)
}
