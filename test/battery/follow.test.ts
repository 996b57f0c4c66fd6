import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import { topicsOf } from '../../src/records/topics.ts'
import { layoutOf } from '../../src/run/layout.ts'
import { seededRandom } from '../../src/state/random.ts'
import { allOf } from '../log/fixtures/read.ts'
import { type Command, killAll, processesUnder, recstream, until } from '../promises/command.ts'
import { ownPipeline } from '../promises/own-pipeline.ts'
import { addressOf } from '../promises/served-shop.ts'

const folder = mkdtempSync(join(tmpdir(), 'recstream-follow-'))
const running: Command[] = []
afterAll(() => {
  for (const each of running) killAll(each)
  rmSync(folder, { recursive: true, force: true })
})

const [rounds, batch] = [12, 60]

test.skipIf(process.platform !== 'linux')(
  'leader and follower, killed at random while events and requests come, are one learner, and a restart publishes nothing again',
  { timeout: 600_000 },
  async () => {
    const random = seededRandom(7, 'follow battery')
    const name = 'killed'
    const pipeline = ownPipeline(folder, name, 'generated')
    const data = join(folder, 'data')
    const common = ['--data', data, '--http', '0', '--set', 'learn.checkpointEvery=50']
    const run = async (...args: string[]) => {
      const command = recstream([...args, ...common])
      running.push(command)
      return { command, url: await addressOf(command) }
    }
    const leader = await run('start', pipeline, '--no-import')
    const follower = await run('serve', pipeline, '--follow')
    const headers = { 'content-type': 'application/json' }
    const send = async (url: string, path: string, body: unknown) =>
      (await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })).status
    const list = async (url: string, userId: string) => {
      const answer = await fetch(`${url}/v1/users/${userId}/recommendations?count=5`)
      return { status: answer.status, position: answer.headers.get('recstream-position'), body: await answer.json() }
    }
    const kill = ({ command }: typeof leader, role: string) => {
      const found = processesUnder(command.child.pid!).find(each => each.role === role)
      if (found !== undefined) process.kill(found.pid, 'SIGKILL')
    }
    const begun = Date.now() - 1_000 * rounds * batch
    for (let round = 0; round < rounds; round++) {
      const events = Array.from({ length: batch }, (_, k) => ({
        ...{ eventId: `${round} ${k}`, userId: `u${random.integer(40)}`, itemId: `i${random.integer(60)}` },
        ...{ behaviour: 'view', value: 1, time: begun + 1_000 * (batch * round + k) },
      }))
      const url = round % 2 === 0 ? leader.url : follower.url
      expect(await send(url, '/v1/events', events)).toBe(200)
      if (round % 3 === 1)
        await send(leader.url, `/v1/users/u${random.integer(40)}/merge`, { into: `u${random.integer(40)}` })
      const asks = Array.from({ length: 20 }, () =>
        list(random.uniform() < 0.5 ? leader.url : follower.url, `u${random.integer(40)}`),
      )
      if (random.uniform() < 0.7) kill(leader, 'learn')
      if (random.uniform() < 0.3) kill(follower, 'follow')
      await Promise.all(asks)
      await until('lists again', async () => (await list(leader.url, 'u1')).status === 200)
    }
    await until('both at the last row, with the same lists', async () => {
      for (const userId of ['u1', 'u2', 'u3', 'stranger']) {
        const [own, theirs] = [await list(follower.url, userId), await list(leader.url, userId)]
        if (own.status !== 200 || theirs.status !== 200 || theirs.position !== String(rounds * batch)) return false
        if (own.position !== theirs.position) return false
        const ids = [own, theirs].map(({ body }) => (body as { recommendationId: string }).recommendationId)
        if (ids[0] !== ids[1]) return false
        expect(own.body).toEqual(theirs.body)
      }
      return true
    })
    expect(follower.command.said()).not.toContain('FOLLOWER_DIFFERS')
    for (const { command } of [follower, leader]) {
      command.child.kill('SIGTERM')
      expect((await command.ended).code).toBe(0)
    }
    const log = await openEmbeddedLog({ folder: layoutOf(data, name).log })
    const topic = topicsOf(name).recommendations
    const rows = (await allOf(log, topic)).flatMap(({ partition, headers }) =>
      headers['recstream-sequence'] === undefined ? [] : [[partition, Number(headers['recstream-sequence'])] as const],
    )
    await log.close()
    expect(rows.length).toBeGreaterThan(40)
    // In order in each partition: nothing that a restart published again.
    for (const own of new Set(rows.map(([partition]) => partition))) {
      const there = rows.filter(([partition]) => partition === own).map(([, row]) => row)
      expect(there).toEqual(there.toSorted((a, b) => a - b))
    }
  },
)
