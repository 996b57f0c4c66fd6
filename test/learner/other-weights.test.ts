import { expect, test } from 'vitest'
import { createLearner } from '../../src/learner/create-learner.ts'
import { type NetworkWeight, networkWeights } from '../../src/learner/network-weights.ts'
import { encodeWeights } from '../../src/learner/weights-file.ts'
import { openBackend } from '../../src/nn/backend.ts'
import { type Command, givenCommand } from '../../src/records/command.ts'
import { smallPipeline, smallWorld, toBlocks } from './interest-stream.ts'

const blocks = toBlocks(smallWorld(256, 1), { shortLength: 4, size: 128 })
const learned = async (count: number) => {
  const learner = createLearner({ definition: smallPipeline({ checkpointEvery: 128 }), backend: await openBackend() })
  for (const block of blocks.slice(0, count)) learner.consume(block, 0, block.sequence.length)
  return learner
}
const given = (weights: readonly NetworkWeight[]): Command => {
  const tensors = Buffer.concat(encodeWeights(weights, {})).toString('base64')
  const wanted = { kind: 'weights' as const, weights: { version: null, tensors } }
  return givenCommand(wanted, { commandId: 'c', time: 0 })
}

test('the networks have the given weights from the row on that the command names, and learn on from there', async () => {
  const [early, late] = [await learned(1), await learned(1)]
  late.consume(blocks[1]!, 0, 100)
  const before = networkWeights(early.save())
  const { command, followed } = late.accept(given(before))
  expect([followed, command.appliedAt, command.reason]).toEqual([true, late.position + 1, 'Given weights.'])
  late.schedule(command)
  expect(networkWeights(late.save())).not.toEqual(before)
  late.consume(blocks[1]!, 100, 101)
  expect(networkWeights(late.save())).toEqual(before)
  late.consume(blocks[1]!, 101, 128)
  expect(networkWeights(late.save())).not.toEqual(before)
  for (const learner of [early, late]) learner.dispose()
})

test.each<[string, (weights: NetworkWeight[]) => NetworkWeight[], RegExp]>([
  ['lacks one', ([, ...rest]) => rest, /there is no live\.\w+ among them/],
  [
    'has another shape',
    ([a, ...rest]) => [{ ...a!, shape: [1, 1], values: new Float32Array(1) }, ...rest],
    /is 1 × 1 there/,
  ],
  ['is not finite', ([a, ...rest]) => [{ ...a!, values: a!.values.map(() => Number.NaN) }, ...rest], /not finite/],
  ['has one more', all => [...all, { ...all[0]!, name: 'other.first' }], /other\.first is not a weight/],
])('what %s changes nothing, and says why', async (_, change, why) => {
  const learner = await learned(1)
  const before = learner.weightsSha256()
  const { command, followed } = learner.accept(given(change(networkWeights(learner.save()))))
  expect(followed).toBe(false)
  expect(command.reason).toMatch(/^Refused: These weights do not fit this learner: /)
  expect(command.reason).toMatch(why)
  learner.schedule(command)
  learner.consume(blocks[1]!, 0, 1)
  expect(networkWeights(learner.save())).toEqual(networkWeights((await learned(1)).save()))
  expect(before).toHaveLength(64)
  learner.dispose()
})

test('what is no file of weights is refused', async () => {
  const learner = await learned(1)
  const wanted = { kind: 'weights' as const, weights: { version: null, tensors: 'bm90aGluZw==' } }
  const { command, followed } = learner.accept(givenCommand(wanted, { commandId: 'c', time: 0 }))
  expect([followed, command.reason]).toEqual([false, 'Refused: what the command holds is not a safetensors file.'])
  learner.dispose()
})
