import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { decodeRecommendation } from '../../src/codec/output.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import { topicsOf } from '../../src/records/topics.ts'
import { layoutOf } from '../../src/run/layout.ts'
import { type Command, killAll, processesUnder, recstream, until } from './command.ts'
import { ownPipeline } from './own-pipeline.ts'
import { addressOf } from './served-shop.ts'

const folder = mkdtempSync(join(tmpdir(), 'recstream-serve-'))
const data = join(folder, 'data')
let running: Command | undefined
afterAll(() => {
  if (running !== undefined) killAll(running)
  rmSync(folder, { recursive: true, force: true })
})

interface Asked {
  recommendationId: string
  items: { itemId: string }[]
}

test('what a pipeline that runs is asked, it answers; a learner that is away takes no event with it', async () => {
  const pipeline = ownPipeline(folder, 'asked', 'generated')
  const source = ['--source', 'events=300,users=20,items=30,seed=1']
  running = recstream([
    'start',
    pipeline,
    ...source,
    '--data',
    data,
    '--http',
    '0',
    '--set',
    'learn.checkpointEvery=100',
  ])
  const { child, ended } = running
  const url = await addressOf(running)
  const list = async () => {
    const answer = await fetch(`${url}/v1/users/ann/recommendations?count=5`)
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Asked }
  }
  const see = async (eventId: string, itemId: string) => {
    const event = { eventId, userId: 'ann', itemId, behaviour: 'view', value: 1, time: Date.now() }
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${url}/v1/events`, { method: 'POST', headers, body: JSON.stringify(event) })
    return [answer.status, await answer.json()]
  }
  const taken = [200, { accepted: 1, repeated: 0, refused: [] }]
  await until('items in a list', async () => {
    const { status, body } = await list()
    return status === 200 && body.items.length === 5
  })

  // What was just seen is in no list from then on: that needs the learner to know the event.
  const [{ itemId: seen }] = (await list()).body.items as [{ itemId: string }]
  expect(await see('first', seen)).toEqual(taken)
  await until('the list to know it', async () => {
    const { headers, body } = await list()
    const isKnown = headers.get('recstream-behind') === '0'
    if (isKnown) expect(body.items.map(({ itemId }) => itemId)).not.toContain(seen)
    return isKnown
  })
  // An event that is rejected, here another one of the same id, changes no list; nor does anybody wait for it for ever.
  expect(await see('first', 'another')).toEqual(taken)
  await until('the rejected event to be known', async () => (await list()).headers.get('recstream-behind') === '0')
  const asked = (await list()).body
  const log = await openEmbeddedLog({ folder: layoutOf(data, 'asked').log })
  const topic = topicsOf('asked').recommendations
  const reader = await log.reader([{ topic, partition: 0, offset: 0 }])
  await until('the list on its topic', async () =>
    (await reader.read(100)).some(
      ({ value }) => decodeRecommendation(value!).recommendationId === asked.recommendationId,
    ),
  )
  await reader.close()
  await log.close()

  if (process.platform === 'linux') {
    const { pid } = processesUnder(child.pid!).find(({ role }) => role === 'learn')!
    process.kill(pid, 'SIGKILL')
    await until('lists to be refused', async () => (await list()).status === 503)
    expect(await see('second', seen)).toEqual(taken)
    await until('lists again', async () => (await list()).status === 200)
  }
  child.kill('SIGTERM')
  expect(await ended).toMatchObject({ code: 0, signal: null })
  await expect(fetch(`${url}/healthz`)).rejects.toThrow()
})
