import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { createLearner } from '../../src/learner/create-learner.ts'
import type { Learner, LearnerOutput, StateArray } from '../../src/learner/learner.ts'
import { type Backend, openBackend } from '../../src/nn/backend.ts'
import type { InterestBlock } from '../../src/records/interest-block.ts'
import { smallPipeline, smallWorld, toBlocks } from './interest-stream.ts'

let backend: Backend
beforeAll(async () => {
  backend = await openBackend()
})

const shortLength = 4
const blocksOf = (count: number, size = 1000): InterestBlock[] => toBlocks(smallWorld(count, 1), { shortLength, size })

function consumeAll(learner: Learner, blocks: readonly InterestBlock[]): LearnerOutput {
  const outputs = blocks.map(block => learner.consume(block, 0, block.sequence.length))
  return {
    recommendations: outputs.flatMap(output => output.recommendations),
    versions: outputs.flatMap(output => output.versions),
    commands: [],
  }
}

/** All of a learner's state and output, arrays as their SHA-256. */
function everything(learner: Learner, output: LearnerOutput) {
  const { arrays, meta } = learner.save()
  const hashes = Object.entries(arrays).map(([name, array]) => [name, array.length, sha256(array)] as const)
  return { hashes, meta, output, sha: learner.weightsSha256() }
}

const sha256 = (array: StateArray): string =>
  createHash('sha256')
    .update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
    .digest('hex')

describe('the same sequences give the same bits', () => {
  // Small tables, so that users and items are forgotten on the way.
  const definition = smallPipeline({ maxUsers: 20, maxItems: 25, blockSize: 48 })
  const count = 330
  let undisturbed: ReturnType<typeof everything>
  beforeAll(() => {
    const learner = createLearner({ definition, backend })
    undisturbed = everything(learner, consumeAll(learner, blocksOf(count)))
  })

  test('in a second run', () => {
    const learner = createLearner({ definition, backend })
    expect(everything(learner, consumeAll(learner, blocksOf(count)))).toEqual(undisturbed)
    expect(undisturbed.output.recommendations.length).toBeGreaterThan(50)
    expect(undisturbed.output.versions).toHaveLength(3)
  })

  test('however the stream is cut into blocks and calls, and wherever a learner is saved and another restored', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.array(fc.record({ length: fc.integer({ min: 1, max: 150 }), restart: fc.boolean() }), { minLength: 1 }),
        (blockSize, cuts) => {
          let learner = createLearner({ definition, backend })
          const outputs: LearnerOutput[] = []
          let cut = 0
          for (const block of blocksOf(count, blockSize)) {
            for (let from = 0; from < block.sequence.length; ) {
              const { length, restart } = cuts[cut++ % cuts.length]!
              const to = Math.min(block.sequence.length, from + length)
              outputs.push(learner.consume(block, from, to))
              from = to
              if (restart) {
                const state = learner.save()
                learner = createLearner({ definition, backend })
                learner.restore(state)
              }
            }
          }
          const output = {
            recommendations: outputs.flatMap(each => each.recommendations),
            versions: outputs.flatMap(each => each.versions),
            commands: [],
          }
          expect(everything(learner, output)).toEqual(undisturbed)
        },
      ),
      { numRuns: 6, seed: 7 },
    )
  })

  test('when sequences are delivered again', () => {
    const learner = createLearner({ definition, backend })
    const [block] = blocksOf(count) as [InterestBlock]
    const first = learner.consume(block, 0, 200)
    expect(learner.consume(block, 0, 200)).toEqual({ recommendations: [], versions: [], commands: [] })
    const rest = learner.consume(block, 0, count)
    const output = {
      recommendations: [...first.recommendations, ...rest.recommendations],
      versions: [...first.versions, ...rest.versions],
      commands: [],
    }
    expect(everything(learner, output)).toEqual(undisturbed)
  })

  test('when the learner is restored from what was saved while policies had other names', () => {
    const [block] = blocksOf(count) as [InterestBlock]
    const first = createLearner({ definition, backend })
    const before = first.consume(block, 0, 200)
    const { arrays, meta } = first.save()
    const former = Object.entries(arrays).map(([name, array]) => [
      name.replace(/^(policy|score)\.ensemble\./, '$1.stack.').replace(/^score\.ddpg-la-residual\./, 'score.ddpg-la.'),
      array,
    ])
    expect(former.filter(([name]) => /stack|ddpg-la\./.test(name as string)).length).toBeGreaterThan(2)
    const learner = createLearner({ definition, backend })
    learner.restore({ arrays: Object.fromEntries(former), meta })
    const rest = learner.consume(block, 200, count)
    const output = {
      recommendations: [...before.recommendations, ...rest.recommendations],
      versions: [...before.versions, ...rest.versions],
      commands: [],
    }
    expect(everything(learner, output)).toEqual(undisturbed)
  })

  test('and another seed gives others', () => {
    const learner = createLearner({
      definition: smallPipeline({ maxUsers: 20, maxItems: 25, blockSize: 48, seed: 2 }),
      backend,
    })
    consumeAll(learner, blocksOf(count))
    expect(learner.weightsSha256()).not.toBe(undisturbed.sha)
  })
})

test('weights of a step go live one block after it was trained', () => {
  const definition = smallPipeline({ blockSize: 50, learningRate: 0.05 })
  const learner = createLearner({ definition, backend })
  const frozen = createLearner({ definition: smallPipeline({ blockSize: 50, learningRate: 0 }), backend })
  const [block] = blocksOf(200) as [InterestBlock]
  const live = (each: Learner) => each.save().arrays['live']
  const trained = (each: Learner) => each.save().arrays['agent.actor']
  for (const each of [learner, frozen]) each.consume(block, 0, 99)
  expect(trained(learner)).not.toEqual(trained(frozen))
  expect(live(learner)).toEqual(live(frozen))
  const before = trained(learner)
  learner.consume(block, 99, 100)
  expect(live(learner)).toEqual(before)
  expect(trained(learner)).not.toEqual(before)
})

test('every policy is scored on every event before it learns from it', () => {
  const learner = createLearner({ definition: smallPipeline(), backend })
  const [block] = toBlocks([{ user: 'a', item: 'x', time: 1e6, reward: 1 }], { shortLength, size: 10 })
  learner.consume(block!, 0, 1)
  // Nobody knows anything yet, so all predict the middle of the scale: 3 where 5 was given.
  expect(learner.scores()).toEqual(
    ['popularity', 'bias', 'factorisation', 'ensemble', 'ddpg-la-residual'].flatMap(policy => [
      { policy, metric: 'rmse', value: expect.closeTo(2, 6), events: 1 },
      { policy, metric: 'mae', value: expect.closeTo(2, 6), events: 1 },
    ]),
  )
})

test('watch rewards are scored by AUC and log loss, and taste is found that biases cannot see', () => {
  const learner = createLearner({
    definition: smallPipeline({ learningRate: 0.01, blockSize: 64 }, {}, { kind: 'watch', positiveFrom: 0.5 }),
    backend,
  })
  consumeAll(learner, toBlocks(smallWorld(3000, 1, { users: 300, items: 300 }), { shortLength, size: 500 }))
  const scores = Object.fromEntries(learner.scores().map(score => [`${score.policy}.${score.metric}`, score.value]))
  expect(scores['bias.auc']).toBeLessThan(0.6)
  for (const policy of ['logistic', 'ensemble', 'ddpg-la-residual'])
    expect(scores[`${policy}.auc`]).toBeGreaterThan(0.65)
  expect(scores['ddpg-la-residual.logLoss']).toBeLessThan(scores['bias.logLoss']!)
  expect(['logistic', 'ensemble', 'ddpg-la-residual']).toContain(learner.champion)
})

test('numbers out of range are refused at the door, and the clock does not count them', () => {
  const definition = smallPipeline()
  const clean = createLearner({ definition, backend })
  const dirty = createLearner({ definition, backend })
  const [block] = blocksOf(100) as [InterestBlock]
  clean.consume(block, 0, 100)
  const bad = structuredClone(block)
  for (const column of Object.values(bad))
    if (column.length >= 100 && column.length < 200) column.push(column.at(-1) as never)
  bad.sequence[100] = 101
  bad.reward[100] = Number.NaN
  bad.shortCount[100] = 0
  dirty.consume(bad, 0, 101)
  expect(dirty.sequences).toBe(100)
  expect(dirty.position).toBe(101)
  expect(dirty.weightsSha256()).toBe(clean.weightsSha256())
})

test.each([Number.NaN, Number.POSITIVE_INFINITY])(
  'a reward of %s stays outside when a later window brings it along',
  bad => {
    const events = smallWorld(400, 1)
    events[200]!.reward = bad
    const learner = createLearner({ definition: smallPipeline(), backend })
    consumeAll(learner, toBlocks(events, { shortLength, size: 400 }))
    const { arrays } = learner.save()
    expect(arrays['agent.dropped']).toEqual(Float64Array.of(0))
    for (const name of ['interest.hidden', 'interest.cell', 'agent.memory.windows']) {
      expect((arrays[name] as Float32Array).every(Number.isFinite)).toBe(true)
    }
  },
)

test('memory holds as many users and items as it may, however many come', () => {
  const definition = smallPipeline({ maxUsers: 50, maxItems: 60, blockSize: 512, replayCapacity: 512 })
  const learner = createLearner({ definition, backend })
  const isOnDisk = (name: string) => name.startsWith('pages.cold')
  const sizes: number[] = []
  const users: number[] = []
  for (const block of toBlocks(smallWorld(3000, 3, { users: 2000, items: 1500 }), { shortLength, size: 1000 })) {
    learner.consume(block, 0, block.sequence.length)
    const { arrays } = learner.save()
    const inMemory = Object.entries(arrays).filter(([name]) => !isOnDisk(name))
    sizes.push(inMemory.reduce((total, [, array]) => total + array.byteLength, 0))
    users.push(learner.users)
    expect(arrays['pages.rows']).toHaveLength(50)
    expect(arrays['items.order']).toHaveLength(60)
  }
  // The ring of past events still fills, 16 bytes each, and of each user what items and others refer to; all else stands still.
  expect(sizes[2]! - sizes[1]!).toBeLessThan(1000 * 16 + 1000 + 220 * (users[2]! - users[1]!))
})

test('a learner that may remember more than when it was saved goes on, and remembers more', () => {
  const sized = (maxUsers: number, maxItems: number) =>
    createLearner({ definition: smallPipeline({ maxUsers, maxItems }), backend })
  const blocks = toBlocks(smallWorld(300, 3, { users: 100, items: 90 }), { shortLength, size: 100 })
  const small = sized(20, 30)
  consumeAll(small, blocks.slice(0, 1))
  const grown = sized(60, 70)
  grown.restore(small.save())
  const { recommendations } = consumeAll(grown, blocks.slice(1))
  const { arrays } = grown.save()
  expect(arrays['pages.rows']).toHaveLength(60)
  expect(arrays['items.order']).toHaveLength(70)
  expect(recommendations.length).toBeGreaterThan(20)
  // While nobody is forgotten, it is as if there had been as much room all along.
  const few = toBlocks(smallWorld(200, 3, { users: 15, items: 18 }), { shortLength, size: 100 })
  const [early, always] = [sized(20, 30), sized(60, 70)]
  consumeAll(early, few.slice(0, 1))
  const raised = sized(60, 70)
  raised.restore(early.save())
  consumeAll(raised, few.slice(1))
  consumeAll(always, few)
  expect(raised.weightsSha256()).toBe(always.weightsSha256())
})

test('consuming leaves no tensor behind', () => {
  const learner = createLearner({ definition: smallPipeline(), backend })
  const [block] = blocksOf(400) as [InterestBlock]
  learner.consume(block, 0, 100)
  const tensors = backend.tf.memory().numTensors
  learner.consume(block, 100, 400)
  expect(backend.tf.memory().numTensors).toBe(tensors)
})
