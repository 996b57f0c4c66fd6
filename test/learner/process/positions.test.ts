import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { encodeBlock } from '../../../src/codec/block.ts'
import { openCheckpoints } from '../../../src/learner/checkpoint.ts'
import { createLearner } from '../../../src/learner/create-learner.ts'
import { readManifest, writeManifest } from '../../../src/learner/manifest.ts'
import { Learn } from '../../../src/learner/process/learn.ts'
import { openKafkaLog } from '../../../src/log/kafka/kafka-log.ts'
import { openBackend } from '../../../src/nn/backend.ts'
import { topicSpecs, topicsOf } from '../../../src/records/topics.ts'
import { describeKafka, emptyTopics } from '../../kafka/brokers.ts'
import { smallWorld, toBlocks } from '../interest-stream.ts'
import small from './small-arms.mjs'

describeKafka("a learner's position on Kafka", broker => {
  test('stands past markers, so that a topic that its retention emptied is gone on with', async () => {
    const definition = { ...small, name: `learn-${Math.random().toString(36).slice(2)}` }
    const topic = topicsOf(definition.name).interestSequences
    const blocks = toBlocks(smallWorld(300, 3), { shortLength: 4, size: 50 })
    const folder = mkdtempSync(join(tmpdir(), 'recstream-learn-'))
    const log = await openKafkaLog({ brokers: broker().brokers })
    const learnAll = async () => {
      const learn = await Learn.open({
        ...{ definition, log, clock: () => 0 },
        learner: createLearner({ definition, backend: await openBackend('wasm') }),
        checkpoints: openCheckpoints({ folder, definition, onDamaged: console.error }),
      })
      while ((await learn.step(100, async () => {})) || !(await learn.caughtUp()));
      await learn.checkpoint()
      const { offset } = learn
      await learn.close()
      return offset
    }
    const emptied = async () => {
      await emptyTopics(broker().brokers, topic)
      return (await log.ranges(topic))[0]!
    }
    try {
      await log.ensureTopics(topicSpecs(definition.name, 1))
      const producer = await log.producer('test')
      const put = async (from: number, to: number) => {
        const { end } = (await log.ranges(topic))[0]!
        await producer.append(
          topic,
          blocks.slice(from, to).map(block => ({ key: null, timestamp: 0, value: encodeBlock(block) })),
        )
        // A commit is acknowledged before its marker is in the log.
        await expect.poll(async () => (await log.ranges(topic))[0]!.end, { timeout: 20_000 }).toBe(end + to - from + 1)
      }
      await put(0, 2)
      expect(await learnAll()).toBe(3)
      expect(await emptied()).toMatchObject({ first: 3, end: 3 })
      await put(2, 4)
      expect(await learnAll()).toBe(6)

      // A checkpoint that was kept before the marker was passed: a single offset can be nothing else.
      const kept = await readManifest(folder)
      await writeManifest(
        folder,
        kept.map(({ reached: _, ...entry }) => entry),
      )
      await emptied()
      expect(await learnAll()).toBe(6)
      await put(4, 5)
      expect(await emptied()).toMatchObject({ first: 8 })
      await expect(learnAll()).rejects.toMatchObject({
        code: 'OFFSET_OUT_OF_RANGE',
        message: expect.stringContaining('Up to 2 records'),
      })
      await producer.close()
    } finally {
      await log.close()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
