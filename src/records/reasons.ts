/** Why a record was rejected; the reason stands in its dead letter's headers and in `rejected` of the summary. */
export const reasons = {
  unreadable: 'a batch of records that cannot be unpacked or read',
  'empty-value': 'a record without a value stands where none belongs',
  'empty-key': 'the record has no key',
  'too-large': 'the value is larger than the pipeline accepts',
  undecodable: 'the value is neither JSON nor Avro',
  'unknown-schema': 'the value was written with a schema that is not known here',
  invalid: 'the value does not have the shape that its topic asks for',
  'unknown-behaviour': 'the behaviour is not one that the pipeline knows',
  'impossible-time': "the time is before the pipeline's epoch or after the record was written",
  'value-out-of-range': 'the value is outside the range of the pipeline',
  'definition-failed': "a function of the pipeline's definition fails on it",
  'duplicate-id': 'an event with this id was kept before',
  'exact-repeat': 'an event of the same user, item, behaviour, time and value was kept before',
  'not-kept': 'it was not kept when it came first, and why is not recorded any more',
  'bot-rate': 'the user sends more events than a person can',
} as const

export type Reason = keyof typeof reasons
