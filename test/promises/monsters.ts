/** When the good events begin. */
export const time = Date.UTC(2024, 0, 2)
/** An event that is kept. */
export const good = (k: number) => ({
  eventId: `good-${k}`,
  userId: `u${k % 5}`,
  itemId: `i${k % 7}`,
  behaviour: 'view',
  time: time + k,
  value: 0.5,
})
export const json = (value: unknown) => Buffer.from(JSON.stringify(value))

/** What comes in from outside one day, and the reason in its dead letter. */
export const monsters: readonly [string, { key?: string | null; value: Buffer | null }, string][] = [
  ['random bytes', { value: Buffer.from([0xff, 0x00, 0x13, 0x37]) }, 'undecodable'],
  ['half an object', { value: Buffer.from('{"userId": "u1", ') }, 'undecodable'],
  ['an object nested deeply and never closed', { value: Buffer.from('{"a":'.repeat(100)) }, 'undecodable'],
  ['two megabytes', { value: Buffer.alloc(2 ** 21, 0x20) }, 'too-large'],
  ['no value', { value: null }, 'empty-value'],
  ['no key', { key: null, value: json(good(900)) }, 'empty-key'],
  ['an empty key', { key: '', value: json(good(901)) }, 'empty-key'],
  ['another shape', { value: json({ hello: 'world' }) }, 'invalid'],
  ['a number where a text belongs', { value: json({ ...good(902), userId: 7 }) }, 'invalid'],
  ['Avro of a schema that nobody knows', { value: Buffer.from('c301deadbeefdeadbeef0a', 'hex') }, 'unknown-schema'],
  ['a time in seconds', { value: json({ ...good(903), time: time / 1000 }) }, 'impossible-time'],
  ['the year 9999', { value: json({ ...good(904), time: Date.UTC(9999, 0, 1) }) }, 'impossible-time'],
  ['an unknown behaviour', { value: json({ ...good(905), behaviour: 'stare' }) }, 'unknown-behaviour'],
  ['a value out of range', { value: json({ ...good(906), value: 1e9 }) }, 'value-out-of-range'],
  ['an id that was there', { value: json({ ...good(0), itemId: 'other' }) }, 'duplicate-id'],
  ['a repeat without an id', { value: json({ ...good(1), eventId: undefined }) }, 'exact-repeat'],
]

/** More of the kind, none of which is an event of a pipeline whose values are from 0 to 1. */
export const moreMonsters: readonly (readonly [string, Buffer])[] = [
  ['an empty text', Buffer.alloc(0)],
  ['a list', json([good(910)])],
  ['a number', json(7)],
  ['a text', json('view')],
  ['null', json(null)],
  ['two objects', Buffer.from(`${json(good(911))}${json(good(912))}`)],
  ['UTF-16', Buffer.from(JSON.stringify(good(913)), 'utf16le')],
  ['an empty user', json({ ...good(914), userId: '' })],
  ['an empty item', json({ ...good(915), itemId: '' })],
  ['no user', json({ ...good(916), userId: undefined })],
  ['a user that is a list', json({ ...good(917), userId: ['u1'] })],
  ['a time that is a text', json({ ...good(918), time: 'yesterday' })],
  ['a time before the pipeline began', json({ ...good(919), time: Date.UTC(1970, 0, 2) })],
  ['a time that is no number', json({ ...good(920), time: true })],
  ['an empty behaviour', json({ ...good(922), behaviour: '' })],
  ['a value that is a text', json({ ...good(923), value: 'half' })],
  ['an item that is a number', json({ ...good(924), itemId: 7 })],
  ['a value below the range', json({ ...good(921), value: -0.5 })],
]
