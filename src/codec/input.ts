import type { BehaviourEvent, Decode, Item, UserProfile } from '../records/definition.ts'
import type { Encoding } from './output.ts'
import { avroSchema } from './schema.ts'
import { encodeSingleObject } from './single-object.ts'

/** How a pipeline's own records are written to an input topic: as Avro where JSON is in somebody else's shape. */
export function inputEncoding(
  { decode, encoding }: { decode?: Decode | undefined; encoding: Encoding },
  of: keyof Decode,
): Encoding {
  return decode?.[of] === undefined ? encoding : 'avro'
}

/** The same of all three. */
export function inputEncodings(definition: Parameters<typeof inputEncoding>[0]): Record<keyof Decode, Encoding> {
  return {
    event: inputEncoding(definition, 'event'),
    profile: inputEncoding(definition, 'profile'),
    item: inputEncoding(definition, 'item'),
  }
}

/**
 * An event's value on the behaviour-events topic; its key is the userId.
 *
 * JSON leaves out what is null or empty, as any producer may.
 */
export function encodeEvent(event: BehaviourEvent, encoding: Encoding = 'json'): Buffer {
  if (encoding === 'avro') return encodeSingleObject(avroSchema('behaviour-event'), event)
  const { eventId, userId, itemId, behaviour, time, value, properties, recommendationId } = event
  return json({
    eventId: eventId ?? undefined,
    userId,
    itemId,
    behaviour,
    time,
    value: value ?? undefined,
    properties: isEmpty(properties) ? undefined : properties,
    recommendationId: recommendationId ?? undefined,
  })
}

/** A profile's value on the user-profiles topic; its key is the userId. */
export function encodeProfile(profile: UserProfile, encoding: Encoding = 'json'): Buffer {
  if (encoding === 'avro') return encodeSingleObject(avroSchema('user-profile'), profile)
  const { userId, attributes } = profile
  return json({ userId, attributes: isEmpty(attributes) ? undefined : attributes })
}

/** An item's value on the items topic; its key is the itemId. */
export function encodeItem(item: Item, encoding: Encoding = 'json'): Buffer {
  if (encoding === 'avro') return encodeSingleObject(avroSchema('item'), item)
  const { itemId, title, attributes, tags } = item
  return json({
    itemId,
    title: title ?? undefined,
    attributes: isEmpty(attributes) ? undefined : attributes,
    tags: tags.length === 0 ? undefined : tags,
  })
}

function json(value: object): Buffer {
  return Buffer.from(JSON.stringify(value))
}

function isEmpty(values: object): boolean {
  for (const _ in values) return false
  return true
}
