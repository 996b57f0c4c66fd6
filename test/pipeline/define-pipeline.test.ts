import { expect, test } from 'vitest'
import { defaultArms, defaultLike } from '../../src/arms/defaults.ts'
import { RecstreamError } from '../../src/errors.ts'
import { definePipeline } from '../../src/pipeline/define-pipeline.ts'
import type { PipelineInput } from '../../src/pipeline/pipeline-input.ts'
import { withSettings } from '../../src/pipeline/settings.ts'
import type { Decode } from '../../src/records/definition.ts'
import {
  defaultClean,
  defaultGuard,
  defaultLearn,
  defaultPlan,
  defaultRecommend,
  defaultWindow,
} from '../../src/settings/defaults.ts'
import { settings } from '../../src/settings/settings.ts'

const shop: PipelineInput = {
  name: 'shop',
  behaviours: ['view', 'buy'],
  scale: { kind: 'watch', positiveFrom: 0.5 },
  reward: event => (event.behaviour === 'buy' ? 1 : 0.1),
}

const problem = (run: () => unknown): [string, string] => {
  try {
    run()
  } catch (error) {
    if (error instanceof RecstreamError) return [error.code, error.message]
    throw error
  }
  return ['none', '']
}

test('fills in every default', () => {
  expect(definePipeline(shop)).toEqual({
    ...shop,
    meanings: {
      view: { again: 'always', target: false, against: false },
      buy: { again: 'never', target: true, against: false },
    },
    description: '',
    epoch: Date.UTC(2000, 0, 1),
    value: { min: 0, max: 1_000_000, required: false },
    features: {},
    partitions: 1,
    parts: 1,
    topicRetention: 'forever',
    encoding: 'avro',
    clean: defaultClean,
    window: defaultWindow,
    learn: defaultLearn,
    recommend: defaultRecommend,
    like: defaultLike,
    arms: defaultArms,
    rules: [],
    plan: defaultPlan,
    guard: defaultGuard,
    schedule: { snapshot: '*/5 * * * *', checkpoint: '*/10 * * * *', compaction: '0 4 * * *' },
  })
})

test('keeps what is given and leaves the rest of the group at its default', () => {
  const definition = definePipeline({ ...shop, window: { shortLength: 9 }, learn: { seed: 7 } })
  expect(definition.window).toEqual({ ...defaultWindow, shortLength: 9 })
  expect(definition.learn).toEqual({ ...defaultLearn, seed: 7 })
})

test('a schedule of "never" is no schedule', () => {
  expect(definePipeline({ ...shop, schedule: { snapshot: 'never', compaction: 'never' } }).schedule).toEqual({
    checkpoint: '*/10 * * * *',
  })
})

const mistakes: [object, string][] = [
  [{ name: 'My Shop' }, 'The name must be 1 to 100 lower-case letters, digits and dashes, not "My Shop"'],
  [{ behaviours: [] }, 'at least one event type'],
  [{ behaviours: ['view', 'view'] }, 'a name that stands once'],
  [{ behaviours: 'view' }, 'a name that stands once'],
  [{ behaviours: { view: true } }, 'behaviours.view of shop must be an object such as { again:'],
  [
    { behaviours: { view: { agian: 'never' } } },
    'no setting "agian" in behaviours.view of shop; the nearest are again',
  ],
  [{ behaviours: { view: { again: 0 } } }, "must be 'always', 'never' or milliseconds above 0, not 0"],
  [{ behaviours: { view: { again: Number.POSITIVE_INFINITY } } }, 'milliseconds above 0, not Infinity'],
  [{ behaviours: { buy: { target: 1 } } }, 'target in behaviours.buy of shop must be true or false, not 1'],
  [{ behaviours: { buy: { target: true, against: true } } }, 'cannot be both a target and against'],
  [{ behaviours: { view: { target: false } } }, 'must be what lists are there for: give it { target: true }'],
  [{ reward: 1 }, 'must be a function from an event to a number in [0, 1]'],
  [
    { epoch: '2020-01-01' },
    'The setting epoch (events before this time are impossible; the default, the year 2000, also',
  ],
  [{ value: { min: 5, max: 1 } }, 'finite numbers min <= max'],
  [{ value: { max: Number.POSITIVE_INFINITY } }, 'finite numbers'],
  [{ value: { required: 'yes' } }, 'value.required of shop must be true or false'],
  [{ scale: { kind: 'rating', min: 5, max: 5 } }, 'with min < max'],
  [{ scale: { kind: 'watch', positiveFrom: 2 } }, 'positiveFrom } in [0, 1]'],
  [{ scale: { kind: 'stars', positiveFrom: 0 } }, 'of kind rating or watch'],
  [{ features: { user: 'age' } }, 'features.user of shop must be a function'],
  [{ partitions: 0 }, 'must be a whole number from 1 to 1024 (partitions), not 0'],
  [{ partitions: 1.5 }, 'not 1.5'],
  [{ encoding: 'xml' }, 'must be one of avro, json, not "xml"'],
  [{ clean: { duplicateWindowMs: Number.NaN } }, '(milliseconds), not NaN.'],
  [{ learn: { ensemble: 'z'.repeat(1_000_000) } }, `one of lite, full, not "${'z'.repeat(98)}….`],
  [{ clean: { botLimt: 3 } }, 'There is no setting "clean.botLimt"; the nearest are botLimit'],
  [{ clean: { botLimit: undefined } }, 'not undefined'],
  [{ clean: 3 }, 'The setting clean must be an object'],
  [{ rewards: () => 1 }, 'There is no setting "rewards"; the nearest are reward'],
  [{ window: { shortLength: 0 } }, 'window.shortLength'],
  [{ learn: { gamma: 1 } }, '0 to 0.9999 (a factor per step), not 1'],
  [{ recommend: { length: 200 } }, 'recommend.candidates must be at least recommend.length (200 items), not 100'],
  [{ schedule: { snapshot: 'often' } }, 'must be a cron expression such as "*/5 * * * *", not "often"'],
  [{ schedule: { retention: { olderThanDays: 3 } } }, 'schedule.retention.cron must be given'],
  [{ schedule: { retention: { cron: '0 4 * * *' } } }, '(days), not undefined'],
  [{ schedule: { retention: 'daily' } }, 'schedule.retention must be an object such as {'],
  [{ source: {} }, 'must have a function read(folder)'],
  [{ simulate: { event: () => 1 } }, 'must have the functions event, profile and item'],
  [{ simulate: { react: () => 1 } }, 'There is no setting "simulate.react"'],
]

test.each(mistakes)('refuses %j and says what is allowed', (change, message) => {
  const [code, text] = problem(() => definePipeline({ ...shop, ...change } as PipelineInput))
  expect(code).toBe('PIPELINE_INVALID')
  expect(text).toContain(message)
})

test.each<[where: string, change: (value: unknown) => object]>([
  ['name', value => ({ name: value })],
  ['setting', value => ({ learn: { seed: value } })],
  ["arm's share", value => ({ arms: [{ name: 'all', policy: 'dqn', share: value }] })],
  ["arm's option", value => ({ arms: [{ name: 'all', policy: 'dqn', share: 1, options: { hidden: value } }] })],
])('what JSON has no form for is shown in an error as well: %s', (_, change) => {
  const [code, text] = problem(() => definePipeline({ ...shop, ...change(7n) } as PipelineInput))
  expect([code, text]).toEqual(['PIPELINE_INVALID', expect.stringMatching(/, not 7n[.;]/)])
})

test('decode is functions, one for each topic that needs it', () => {
  const event: Decode['event'] = ({ value }) =>
    value === null ? null : { userId: 'u', itemId: 'i', behaviour: 'buy', time: 1 }
  expect(definePipeline({ ...shop, decode: { event } }).decode).toEqual({ event })
  expect(problem(() => definePipeline({ ...shop, decode: { item: {} as never } }))[1]).toContain(
    'decode.item of shop must be',
  )
  expect(problem(() => definePipeline({ ...shop, decode: { events: event } as never }))[1]).toContain('decode.events')
  // @ts-expect-error: what comes later comes too late
  definePipeline({ ...shop, decode: { event: async () => null } })
  // @ts-expect-error: half an event
  definePipeline({ ...shop, decode: { event: () => ({ userId: 'u' }) } })
})

test('a list that holds itself is shown as a list', () => {
  const list: unknown[] = []
  list.push(list)
  const [code, text] = problem(() => definePipeline({ ...shop, encoding: list } as unknown as PipelineInput))
  expect([code, text]).toEqual(['PIPELINE_INVALID', expect.stringMatching(/one of avro, json, not a list\.$/)])
})

test('the list of settings holds every number of every group', () => {
  const paths = settings.map(each => each.path)
  const groups = { clean: defaultClean, learn: defaultLearn, recommend: defaultRecommend }
  for (const [group, values] of Object.entries(groups)) {
    for (const key of Object.keys(values)) expect(paths).toContain(`${group}.${key}`)
  }
})

test('settings can be changed from the command line, numbers as text too, and the original stays', () => {
  const definition = definePipeline(shop)
  const changed = withSettings(definition, {
    'learn.seed': 7,
    'recommend.length': '20',
    'clean.duplicateCapacity': '1_000',
    encoding: 'json',
    'schedule.snapshot': 'never',
    'schedule.retention.cron': '0 5 * * *',
    'schedule.retention.olderThanDays': '30',
  })
  expect(changed.learn.seed).toBe(7)
  expect(changed.recommend.length).toBe(20)
  expect(changed.clean.duplicateCapacity).toBe(1000)
  expect(changed.encoding).toBe('json')
  expect(changed.schedule).toEqual({
    checkpoint: '*/10 * * * *',
    compaction: '0 4 * * *',
    retention: { cron: '0 5 * * *', olderThanDays: 30 },
  })
  expect(definition).toEqual(definePipeline(shop))
})

test.each([
  [{ 'learn.sed': 7 }, 'There is no setting "learn.sed"; the nearest are learn.seed,'],
  [{ length: 7 }, 'recommend.length'],
  [{ 'learn.seed': 'seven' }, 'must be a whole number from 0 to 4294967295 (a seed), not "seven"'],
  [{ 'learn.seed': '' }, 'not ""'],
  [{ 'recommend.epsilon': '1.5' }, 'must be a number from 0 to 1 (a share), not 1.5'],
  [{ 'recommend.length': 150 }, 'recommend.candidates must be at least recommend.length'],
  [{ 'schedule.retention.cron': '0 5 * * *' }, 'schedule.retention.olderThanDays'],
])('refuses the change %j', (change, message) => {
  const [code, text] = problem(() => withSettings(definePipeline(shop), change))
  expect(code).toBe('CONFIG_INVALID')
  expect(text).toContain(message)
})

test('a rule that cannot be is told by its name and place', () => {
  const rules = [{ name: 'affordable', show: 'item.price < usr.budget' }]
  expect(problem(() => definePipeline({ ...shop, rules }))).toEqual([
    'PIPELINE_INVALID',
    'The rule "affordable" of shop has an error at character 14 of "item.price < usr.budget": Unknown variable: usr; an expression knows item, user, context, now; the nearest is user.',
  ])
})
