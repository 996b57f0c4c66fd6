import { expect, onTestFinished, test, vi } from 'vitest'
import { optionsOf } from '../../src/agents/known-agents.ts'
import { variantsIn } from '../../src/lab/simulate/variants.ts'
import { fixedOptions, searchSpace } from '../../src/lab/tune/space.ts'
import { definePipeline } from '../../src/pipeline/define-pipeline.ts'
import type { PipelineInput } from '../../src/pipeline/pipeline-input.ts'
import { withSettings } from '../../src/pipeline/settings.ts'
import { defaultLearn } from '../../src/settings/defaults.ts'
import { noticeRenamed } from '../../src/settings/notice.ts'
import { presentWords } from '../../src/settings/renamed.ts'

const shop: PipelineInput = {
  name: 'shop',
  behaviours: ['view'],
  scale: { kind: 'watch', positiveFrom: 0.5 },
  reward: () => 0,
}

/** Warnings that are given from here on, as they are given. */
function warnings(): string[] {
  const heard: string[] = []
  const spy = vi.spyOn(process, 'emitWarning').mockImplementation(text => void heard.push(String(text)))
  onTestFinished(() => spy.mockRestore())
  return heard
}

test('a notice says the name of today, once', async () => {
  const warning = new Promise<Error & { code?: string }>(resolve => process.once('warning', resolve))
  noticeRenamed('The setting shop.counter', 'shop.till')
  noticeRenamed('The setting shop.counter', 'shop.till')
  const { name, code, message } = await warning
  expect([name, code, message]).toEqual([
    'DeprecationWarning',
    'RECSTREAM_RENAMED',
    'The setting shop.counter is called shop.till now; write that, the old name is taken in this version only.',
  ])
})

test('a definition of 0.1.0 means what it meant, with a notice for each name', () => {
  const heard = warnings()
  const former = {
    ...shop,
    learn: { stack: 'full', longInterest: 'identity', shortInterest: 'plain', seed: 7 },
    recommend: { followers: 64 },
  } as unknown as PipelineInput
  const { learn, recommend } = definePipeline(former)
  definePipeline(former)
  expect([learn.ensemble, learn.longInterest, learn.shortInterest, learn.seed, recommend.coOccurrences]).toEqual([
    ...['full', 'lstm', 'self-attention', 7, 64],
  ])
  expect(learn).not.toHaveProperty('stack')
  expect(heard.map(text => text.split(';')[0])).toEqual([
    'The setting learn.stack is called learn.ensemble now',
    'The value "identity" of the setting learn.longInterest is called lstm now',
    'The value "plain" of the setting learn.shortInterest is called self-attention now',
    'The setting recommend.followers is called recommend.coOccurrences now',
  ])
})

test('defaults with an old name behind them mean the old name', () => {
  const heard = warnings()
  const learn = { ...defaultLearn, stack: 'full' } as unknown as PipelineInput['learn'] & object
  expect(definePipeline({ ...shop, learn }).learn.ensemble).toBe('full')
  expect(heard).toEqual([])
})

test('what is wrong is said by the name of today', () => {
  warnings()
  const learn = { stack: 'fast' } as unknown as PipelineInput['learn'] & object
  expect(() => definePipeline({ ...shop, learn })).toThrow(/learn\.ensemble .* must be one of lite, full, not "fast"/)
  expect(() => definePipeline({ ...shop, learn: 3 as unknown as object })).toThrow(
    'The setting learn must be an object',
  )
  expect(() => definePipeline(null as unknown as PipelineInput)).toThrow('A pipeline must be an object')
})

test('--set takes them too', () => {
  warnings()
  const { learn, recommend } = withSettings(definePipeline(shop), {
    ...{ 'learn.stack': 'full', 'learn.longInterest': 'lift', 'learn.shortInterest': 'time' },
    'recommend.followers': '64',
  })
  expect([learn.ensemble, learn.longInterest, learn.shortInterest]).toEqual(['full', 'rlstm', 't-self-attention'])
  expect(recommend.coOccurrences).toBe(64)
})

test('so do options of agents, in arms, in simulate and in tune', () => {
  const heard = warnings()
  const arms = [{ name: 'far', policy: 'dqn', share: 1, options: { barred: 7, long: 'identity' } }] as const
  expect(() => definePipeline({ ...shop, arms })).not.toThrow()
  expect(heard).toHaveLength(2)
  const { exclude, long, short } = optionsOf('dqn', { barred: '7', long: 'identity', short: 'plain' })
  expect([exclude, long, short]).toEqual([7, 'lstm', 'self-attention'])
  expect(variantsIn('dqn:long=identity', { 'dqn.barred': '9' })[0]).toEqual({
    ...{ label: 'dqn:long=identity', policy: 'dqn', options: { long: 'lstm', exclude: '9' } },
  })
  expect(fixedOptions('dqn', { barred: '3' })).toEqual({ exclude: 3 })
  expect(searchSpace('dqn', ['barred=1,2', 'long=lift,none'], {})).toEqual([
    { name: 'exclude', choices: [1, 2] },
    { name: 'long', choices: ['rlstm', 'none'] },
  ])
})

test('what always had its name stays as it is, without a notice', () => {
  const heard = warnings()
  expect(presentWords({ 'learn.seed': 'lift', toString: 'time' }, name => name)).toEqual({
    ...{ 'learn.seed': 'lift', toString: 'time' },
  })
  expect(heard).toEqual([])
})
