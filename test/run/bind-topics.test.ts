import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import { topicSpecs, topicsOf } from '../../src/records/topics.ts'
import { bindTopics, noteTopics } from '../../src/run/bind-topics.ts'
import { layoutOf } from '../../src/run/layout.ts'

const folder = mkdtempSync(join(tmpdir(), 'recstream-bind-'))
afterAll(() => rmSync(folder, { recursive: true }))

const topics = topicsOf('shop')
const names = Object.values(topics)
const layout = layoutOf(folder, 'shop')

/** The ids of the topics after these were deleted and made again. */
async function idsWithout(...gone: string[]): Promise<Map<string, string | null>> {
  for (const topic of gone) rmSync(join(layout.log, topic), { recursive: true })
  const log = await openEmbeddedLog({ folder: layout.log })
  await log.ensureTopics(topicSpecs('shop', 2, 'forever', 2))
  const ids = await log.topicIds(names)
  await log.close()
  return ids
}

test('the topics that filled a folder are its own; what follows from others is forgotten, and no input may change', async () => {
  expect(bindTopics(layout, topics, await idsWithout())).toEqual([])
  expect(bindTopics(layout, topics, await idsWithout())).toEqual([])

  const ours = [topics.recommendations, topics.modelVersions, topics.commands, topics.deadLetters]
  const again = await idsWithout(...ours)
  expect(bindTopics(layout, topics, again)).toEqual(ours)
  // Until it is noted that their positions were forgotten.
  expect(bindTopics(layout, topics, again)).toEqual(ours)
  noteTopics(layout, again)
  expect(bindTopics(layout, topics, again)).toEqual([])

  const { behaviourEvents, userProfiles, items, interestSequences, blockOrder } = topics
  for (const topic of [behaviourEvents, userProfiles, items, interestSequences, blockOrder]) {
    const ids = await idsWithout(topic)
    expect(() => bindTopics(layout, topics, ids)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(`^The topic ${topic} was deleted`),
      }),
    )
    noteTopics(layout, ids)
  }
})

test('where a log gives no ids nothing is bound', () => {
  const other = layoutOf(folder, 'other')
  const none = new Map(names.map(name => [name, null]))
  expect(bindTopics(other, topics, none)).toEqual([])
  expect(bindTopics(other, topics, new Map([[topics.items, 'abc']]))).toEqual([])
  expect(bindTopics(other, topics, none)).toEqual([])
})
