import { expect, test } from 'vitest'
import { DefinitionFailure, orThrow } from '../../../src/ingest/definition-calls.ts'
import { contextFeatures, itemFeatures, userFeatures } from '../../../src/ingest/join/features.ts'
import type { BehaviourEvent } from '../../../src/records/definition.ts'

const profile = { userId: 'u', attributes: { age: '25-34' } }
const item = { itemId: 'i', title: null, attributes: { kind: 'film' }, tags: ['War'] }
const event: BehaviourEvent = {
  ...{ eventId: 'e', userId: 'u', itemId: 'i', behaviour: 'view', time: 1 },
  ...{ value: null, properties: {}, recommendationId: null },
}

test('without functions of its own a definition takes attributes and tags, and nothing of the surroundings', () => {
  expect(userFeatures(profile, {})).toBe('["age=25-34"]')
  expect(itemFeatures(item, {})).toBe('["kind=film","tag=War"]')
  expect(contextFeatures(event, {})).toBe('[]')
})

test.each<[what: string, call: () => unknown, message: string]>([
  ['nothing', () => undefined, 'returned undefined; it must be a list of texts.'],
  ['one text', () => 'age=30', 'returned a text; it must be a list of texts.'],
  ['a number in the list', () => ['a', 7], 'returned a list with the number 7 in it; it must be a list of texts.'],
  ['a promise', async () => Promise.reject(new Error('later')), 'returned a promise; it must be a list of texts.'],
])('a features function that returns %s is told by its name', (_, call, message) => {
  const features = { user: call, item: call, context: call } as object
  const failures = [userFeatures(profile, features), itemFeatures(item, features), contextFeatures(event, features)]
  expect(failures.map(failure => (failure as DefinitionFailure).message)).toEqual([
    `features.user ${message}`,
    `features.item ${message}`,
    `features.context ${message}`,
  ])
})

test('where there is no dead letter to make of it, a failure is DEFINITION_FAILED', () => {
  expect(orThrow('[]')).toBe('[]')
  expect(() => orThrow(new DefinitionFailure('features.context', 'threw Error: no tab'))).toThrow(
    expect.objectContaining({
      code: 'DEFINITION_FAILED',
      message: "A function of the pipeline's module fails: features.context threw Error: no tab.",
    }),
  )
})
