import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { encodeBlock } from '../../../src/codec/block.ts'
import { openCheckpoints } from '../../../src/learner/checkpoint.ts'
import { createLearner } from '../../../src/learner/create-learner.ts'
import { Learn } from '../../../src/learner/process/learn.ts'
import { openEmbeddedLog } from '../../../src/log/embedded/embedded-log.ts'
import { openBackend } from '../../../src/nn/backend.ts'
import { topicSpecs, topicsOf } from '../../../src/records/topics.ts'
import { filesUnder, harm } from '../../promises/damage.ts'
import { seeded } from '../../promises/random.ts'
import { smallWorld, toBlocks } from '../interest-stream.ts'
import definition from './small-arms.mjs'

const topics = topicsOf(definition.name)
const blocks = toBlocks(smallWorld(120, 3), { shortLength: 4, size: 40 })

test('without a whole checkpoint it learns the same again from the beginning, and refuses to where that is gone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-checkpoints-'))
  const checkpoints = join(folder, 'checkpoints')
  const log = await openEmbeddedLog({ folder: join(folder, 'log'), segmentBytes: 1_000 })
  const said: string[] = []
  const learnAll = async () => {
    const learn = await Learn.open({
      ...{ definition, log, clock: () => 0, onNotice: message => said.push(message) },
      learner: createLearner({ definition, backend: await openBackend('wasm') }),
      checkpoints: openCheckpoints({ folder: checkpoints, definition, onDamaged: message => said.push(message) }),
    })
    while ((await learn.step(0, async () => {})) || !(await learn.caughtUp()));
    const { weightsSha256 } = await learn.finish()
    await learn.close()
    return weightsSha256
  }
  const harmAll = () => {
    for (const file of filesUnder(checkpoints)) harm(file, 'cut', seeded(1))
  }
  try {
    await log.ensureTopics(topicSpecs(definition.name, 1))
    const producer = await log.producer('test')
    for (const block of blocks) {
      await producer.append(topics.interestSequences, [{ key: null, timestamp: 0, value: encodeBlock(block) }])
    }
    const weights = await learnAll()
    harmAll()
    expect(await learnAll()).toBe(weights)
    expect(said).toEqual([expect.stringMatching(/^No checkpoint can be used: learning again from the beginning/)])
    // The checkpoint that it wrote then is whole.
    said.length = 0
    expect(await learnAll()).toBe(weights)
    expect(said).toEqual([])

    harmAll()
    await log.retain(topics.interestSequences, 1)
    await expect(learnAll()).rejects.toMatchObject({ code: 'CHECKPOINT_CORRUPT' })
  } finally {
    await log.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
