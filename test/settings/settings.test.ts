import fc from 'fast-check'
import { expect, test } from 'vitest'
import { definePipeline } from '../../src/pipeline/define-pipeline.ts'
import { keysOf, parts } from '../../src/pipeline/parts.ts'
import type { PipelineInput } from '../../src/pipeline/pipeline-input.ts'
import { settingProblem, settingsProblem, withSettings } from '../../src/pipeline/settings.ts'
import { fromText, wanted } from '../../src/settings/check.ts'
import { choice, cron, defaultsOf, flat, integer, number } from '../../src/settings/field.ts'
import { general, groups, type Setting, settings } from '../../src/settings/settings.ts'

const shop: PipelineInput = {
  name: 'shop',
  behaviours: ['view'],
  scale: { kind: 'watch', positiveFrom: 0.5 },
  reward: () => 0,
}
const definition = definePipeline(shop)
const numeric = settings.flatMap(each => ('min' in each ? [each] : []))

test.each(settings.map(each => [each.path, each] as const))('the default of %s is allowed', (_, setting) => {
  if (setting.path === 'schedule.retention.olderThanDays') expect(setting.default).toBeUndefined()
  else expect(settingProblem(setting, setting.default)).toBeNull()
})

test('the defaults are those of a definition that says nothing', () => {
  expect(settingsProblem(definition)).toBeNull()
  const { epoch, partitions, parts, topicRetention, encoding, clean, window, learn, recommend, plan, guard, schedule } =
    definition
  expect({ epoch, partitions, parts, topicRetention, encoding }).toEqual(defaultsOf(general))
  expect({ clean, window, learn, recommend, plan, guard, schedule }).toEqual(defaultsOf(groups))
})

test.each(numeric.map(each => [each.path, each] as const))('%s takes its ends and nothing beyond', (_, setting) => {
  const step = setting.type === 'integer' ? 1 : 1e-9
  for (const value of [setting.min, setting.max]) expect(settingProblem(setting, value)).toBeNull()
  for (const value of [setting.min - step, setting.max + step * setting.max, Number.NaN, String(setting.min)]) {
    expect(settingProblem(setting, value)).toContain(`The setting ${setting.path} (${setting.about}) must be`)
  }
  if (setting.type === 'integer') expect(settingProblem(setting, setting.min + 0.5)).toContain('a whole number from')
})

/** Any value that a setting allows. */
function anyValue(setting: Setting): fc.Arbitrary<unknown> {
  if (setting.type === 'choice') return fc.constantFrom(...setting.of)
  if (setting.type === 'cron') return fc.constantFrom('*/5 * * * *', '0 4 * * *')
  const { min, max, type } = setting
  return type === 'integer' ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true })
}

const settingAndValue = fc
  .constantFrom(...settings)
  .chain(setting => anyValue(setting).map(value => ({ setting, value })))

test('what --set writes as text is the value again', () => {
  fc.assert(
    fc.property(settingAndValue, ({ setting, value }) => {
      expect(fromText(setting, String(value))).toBe(value)
      expect(wanted(setting, value)).toBeNull()
    }),
  )
})

test('--set changes the one setting that it names', () => {
  const alone = settingAndValue.filter(
    ({ setting }) =>
      !['recommend.length', 'recommend.candidates', 'parts'].includes(setting.path) && !/retention/.test(setting.path),
  )
  fc.assert(
    fc.property(alone, ({ setting, value }) => {
      const changed = withSettings(definition, { [setting.path]: String(value) })
      const [before, after] = [definition, changed].map(each => Object.fromEntries(leaves(each)))
      expect(after).toEqual({ ...before, [setting.path]: value })
    }),
  )
})

/** Settings of a definition by path. */
function leaves(value: object): [string, unknown][] {
  return settings.map(({ path }) => [
    path,
    path.split('.').reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], value),
  ])
}

test('the parts that a definition lists are those that it takes, with the defaults that it shows', () => {
  expect(keysOf('value')).toEqual(['min', 'max', 'required'])
  expect(keysOf('')).toContain('features')
  const { value, description, arms } = definition
  expect(parts['value.min'].default).toBe(String(value.min))
  expect(parts['value.max'].default).toBe(String(value.max))
  expect(parts['value.required'].default).toBe(String(value.required))
  expect([parts.description.default, description]).toEqual(['empty', ''])
  expect(arms).toEqual([{ name: 'all', policy: 'champion', share: 1 }])
})

test('fields say what they are, in the order in which they stand', () => {
  const fields = {
    seed: integer(1, [0, 9], 'a seed', 'seed of the learner'),
    rate: { from: number(0.5, [0, 1], 'a share', 'first'), to: number(undefined, [0, 1], 'a share', 'last') },
    when: { cron: cron(undefined, 'when it is done') },
    kind: choice('a', ['a', 'b'], 'which'),
  }
  expect(flat(fields).map(([path]) => path)).toEqual(['seed', 'rate.from', 'rate.to', 'when.cron', 'kind'])
  expect(defaultsOf(fields)).toEqual({ seed: 1, rate: { from: 0.5 }, kind: 'a' })
})
