import { expect, test } from 'vitest'
import ecommerce from '../../pipelines/ecommerce/index.ts'
import livestream from '../../pipelines/livestream/index.ts'
import simulated from '../../pipelines/simulated/index.ts'
import { testPipeline } from '../../src/testing/index.ts'

test('the share watched is the value and the reward, a like stands beside it', () => {
  const event = simulated.simulate!.event({ watch: 0.375, like: 1 })
  expect(event).toEqual({ behaviour: 'watch', value: 0.375, properties: { like: 1 } })
  expect(testPipeline(simulated).send({ ...event, userId: 'u', itemId: 'i' }).row?.reward).toBe(0.375)
})

test.each([simulated, ecommerce, livestream])(
  '$name: numbers of people and items reach planning agents as tokens',
  definition => {
    const { profile, item } = definition.simulate!
    const attributes = profile({ profile: Float32Array.of(1, -0), taste: [0.31, -1.20004] })
    expect(definition.features.user?.({ userId: 'u', attributes: { age: '18-24', ...attributes } })).toEqual([
      ...['age=18-24', '#profile=1,0', '#taste=0.31,-1.2'],
    ])
    const made = item({ title: 'One', genres: ['Drama', 'War'], vector: [0.00004, 2] })
    expect(made.title).toBe('One')
    expect(definition.features.item?.({ itemId: 'i', ...made })).toEqual(['#vector=0,2', 'tag=Drama', 'tag=War'])
  },
)
