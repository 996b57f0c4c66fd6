import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openEmbeddedLog } from '../../../src/log/embedded/embedded-log.ts'
import { filesUnder, flipBit, type Harm, harm, harms } from '../../promises/damage.ts'
import { seeded } from '../../promises/random.ts'
import { from, readAll, text, values } from '../fixtures/read.ts'

const segmentBytes = 400
const spec = { name: 'shop.views', partitions: 2 }
let made: string
let folder: string
const topic = () => join(folder, 'shop.views')

beforeAll(async () => {
  made = mkdtempSync(join(tmpdir(), 'recstream-log-'))
  const log = await openEmbeddedLog({ folder: made, segmentBytes })
  await log.ensureTopics([spec])
  const producer = await log.producer('x')
  for (let k = 0; k < 12; k++) await producer.append('shop.views', [{ ...text(`value ${k}`), partition: k % 2 }])
  await log.close()
  expect(readdirSync(join(made, 'shop.views')).filter(name => name.endsWith('.log'))).toHaveLength(3)
})
afterAll(() => rmSync(made, { recursive: true, force: true }))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const all = Array.from({ length: 12 }, (_, k) => `value ${k}`)

function copied(): void {
  folder = mkdtempSync(join(tmpdir(), 'recstream-log-'))
  cpSync(made, folder, { recursive: true })
}

/** All values, or the sentence of an error that says that a file is damaged. */
async function found(): Promise<string[] | string> {
  const log = await openEmbeddedLog({ folder, segmentBytes, advice: name => `ask who wrote ${name}` })
  try {
    await log.ensureTopics([spec])
    const { end } = (await log.ranges('shop.views'))[0]!
    const read = values(await readAll(log, from('shop.views', 2)))
    expect(end).toBe(6)
    return read
  } catch (error) {
    expect(error).toMatchObject({
      code: 'LOG_CORRUPT',
      message: expect.stringMatching(/; ask who wrote shop\.views\.$/),
    })
    return (error as Error).message
  } finally {
    await log.close()
  }
}

test.each(harms)('whatever is %s in a topic is found, or changes nothing', async (how: Harm) => {
  copied()
  const names = filesUnder(topic()).map(path => path.slice(topic().length + 1))
  rmSync(folder, { recursive: true })
  const random = seeded(harms.indexOf(how) + 1)
  for (const name of names) {
    for (let time = 0; time < (how === 'bits' || how === 'cut' ? 5 : 1); time++) {
      copied()
      const what = harm(join(topic(), name), how, random)
      const came = await found()
      const wanted = name.endsWith('.log') ? expect.stringContaining(name) : all
      expect([what, came]).toEqual([what, wanted])
      rmSync(folder, { recursive: true })
    }
  }
})

test('what a topic is stands twice, and what is left of it mends the other', async () => {
  for (const [hurt, whole] of [
    ['topic.json', 'topic.copy.json'],
    ['topic.copy.json', 'topic.json'],
  ] as const) {
    copied()
    flipBit(join(topic(), hurt), 20, 1)
    expect(await found()).toEqual(all)
    rmSync(join(topic(), whole))
    expect(await found()).toEqual(all)
    rmSync(folder, { recursive: true })
  }
})

test('with both copies lost, who asks for the topic gets it back, and who only reads hears why not', async () => {
  copied()
  for (const name of ['topic.json', 'topic.copy.json']) harm(join(topic(), name), 'cut', seeded(1))
  const log = await openEmbeddedLog({ folder })
  await expect(log.topicIds(['shop.views'])).rejects.toMatchObject({ code: 'LOG_CORRUPT' })
  await expect(log.newest('shop.views')).rejects.toMatchObject({ code: 'LOG_CORRUPT' })
  await log.close()
  expect(await found()).toEqual(all)
})

test('segments that were dropped on purpose are not missed', async () => {
  copied()
  const log = await openEmbeddedLog({ folder, segmentBytes })
  expect((await log.retain('shop.views', Number.POSITIVE_INFINITY)).records).toBeGreaterThan(0)
  await log.close()
  expect(existsSync(join(topic(), '000000000001.log'))).toBe(false)
  const again = await openEmbeddedLog({ folder, segmentBytes })
  const [range] = await again.ranges('shop.views')
  expect(range!.first).toBeGreaterThan(0)
  await again.close()
})
