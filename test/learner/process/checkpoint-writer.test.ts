import { expect, test } from 'vitest'
import type { LearnerState } from '../../../src/learner/learner.ts'
import { CheckpointWriter } from '../../../src/learner/process/checkpoint-writer.ts'

/** A learner that counts, and a disk that writes a checkpoint of so many bytes when the test says so. */
function begin(bytes = 100) {
  const learner = {
    sequences: 0,
    *saving(): Generator<void, LearnerState> {
      yield
      return { arrays: {}, meta: { sequences: this.sequences } }
    },
  }
  const written: unknown[] = []
  const waiting: { end: () => void; fail: (error: Error) => void }[] = []
  const checkpoints = {
    write: (state: LearnerState, offset: number) =>
      new Promise<number>((resolve, reject) => {
        const end = () => {
          written.push({ ...state.meta, offset })
          resolve(bytes)
        }
        waiting.push({ end, fail: reject })
      }),
    writeAlone: async (state: LearnerState, offset: number) => {
      written.push({ ...state.meta, offset, alone: true })
      return { before: 1, bytes }
    },
    reach: async (offset: number) => {
      written.push({ reached: offset })
    },
  }
  const time = { now: 0 }
  const writer = new CheckpointWriter({ learner, checkpoints, every: 10, kept: 0, offset: 0, clock: () => time.now })
  return { learner, writer, written, waiting, time }
}

test('learning goes on while a checkpoint is written, and the next one is not due before that', async () => {
  const { learner, writer, written, waiting } = begin()
  learner.sequences = 10
  expect(writer.isDue).toBe(true)
  await writer.begin(5)
  learner.sequences = 25
  expect(writer.isDue).toBe(false)
  expect(written).toEqual([])
  waiting[0]!.end()
  await writer.settled()
  expect(written).toEqual([{ sequences: 10, offset: 5 }])
  expect(writer.isDue).toBe(true)
  expect(writer.isCurrent).toBe(false)
})

test('what could not be written is told at the next look', async () => {
  const { learner, writer, waiting } = begin()
  learner.sequences = 10
  await writer.begin(5)
  expect(() => writer.check()).not.toThrow()
  waiting[0]!.fail(new Error('no room'))
  await expect(writer.settled()).rejects.toThrow('no room')
  expect(() => writer.check()).toThrow('no room')
})

test('an offset is noted, and a checkpoint without others is written, when the one before is there', async () => {
  const { learner, writer, written, waiting } = begin()
  learner.sequences = 10
  await writer.begin(5)
  const reached = writer.reach(7)
  const alone = reached.then(() => writer.alone(8))
  expect(written).toEqual([])
  waiting[0]!.end()
  expect(await alone).toBe(1)
  expect(written).toEqual([{ sequences: 10, offset: 5 }, { reached: 7 }, { sequences: 10, offset: 8, alone: true }])
})

test('items or users that became known are kept, too, though nothing was learned', async () => {
  const { writer, waiting } = begin()
  expect(writer.isCurrent).toBe(true)
  writer.changed = true
  expect(writer.isCurrent).toBe(false)
  await writer.begin(1)
  waiting[0]!.end()
  await writer.settled()
  expect(writer.isCurrent).toBe(true)
})

test('a checkpoint is written once what it follows from is published; if that fails, it is not', async () => {
  const { learner, writer, written, waiting } = begin()
  learner.sequences = 10
  let publish = () => {}
  const published = new Promise<void>(resolve => {
    publish = resolve
  })
  await writer.begin(5, published)
  learner.sequences = 12
  expect(waiting).toEqual([])
  publish()
  await published
  waiting[0]!.end()
  await writer.settled()
  expect(written).toEqual([{ sequences: 10, offset: 5 }])
  learner.sequences = 20
  await writer.begin(9, Promise.reject(new Error('the log is gone')))
  await expect(writer.settled()).rejects.toThrow('the log is gone')
  expect(waiting.length).toBe(1)
})

test('one of twenty megabytes is followed by the next no earlier than twenty seconds after it was begun, unless it must be', async () => {
  const { learner, writer, written, waiting, time } = begin(20e6)
  time.now = 1_000
  learner.sequences = 10
  await writer.begin(5)
  waiting[0]!.end()
  await writer.settled()
  learner.sequences = 20
  time.now = 20_999
  expect(writer.isDue).toBe(false)
  time.now = 21_000
  expect(writer.isDue).toBe(true)
  expect(await writer.alone(8)).toBe(1)
  expect(written).toHaveLength(2)
})
