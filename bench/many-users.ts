import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { packageRoot } from '../src/package-root.ts'
import { killAll, processesUnder, recstream } from '../test/promises/command.ts'
import { addressOf } from '../test/promises/served-shop.ts'
import { folderSize } from './folder-size.ts'
import type { Row } from './results.ts'

/** The first fifty buy of ten items, which are therefore what everybody else is shown. */
const pipelineOf = (users: number) => `import { definePipeline } from 'recstream'
const begin = Date.UTC(2026, 0, 1)
const event = (k, userId, itemId, behaviour) =>
  ({ eventId: 'e' + k, userId, itemId, behaviour, time: begin + k * 100, value: null, properties: {}, recommendationId: null })
export default definePipeline({
  name: 'many-users',
  description: 'A purchase each of many users',
  epoch: begin - 1,
  behaviours: { view: { again: 'always' }, buy: { again: 'never', target: true } },
  reward: ({ behaviour }) => (behaviour === 'buy' ? 1 : 0.1),
  like: ({ behaviour }) => behaviour === 'buy',
  scale: { kind: 'watch', positiveFrom: 0.5 },
  source: { folder: 'users', kind: 'text', read: () => ({
    name: 'many-users', profiles: () => [], items: () => [], files: () => [], eventCount: () => ${users} + 1,
    *events() {
      for (let k = 0; k < ${users}; k++) yield event(k, 'u' + k, 'i' + (k * 7919) % (k < 50 ? 10 : 20000), 'buy')
      yield event(${users}, 'u0', 'i3', 'view')
    },
  }) },
})
`

/**
 * `start` with settings as they are, and so many users, each with one purchase; the first of them returns at last, whose list must leave out
 * what they bought. What all processes take in memory, and what lies on disk.
 */
export async function benchManyUsers(users: number, say: (line: string) => void): Promise<Row[]> {
  mkdirSync(join(packageRoot(), 'dist'), { recursive: true })
  const folder = mkdtempSync(join(packageRoot(), 'dist', 'many-users-'))
  const module = join(folder, 'many-users.mjs')
  writeFileSync(module, pipelineOf(users))
  const data = join(folder, 'data')
  const began = performance.now()
  const started = recstream(['start', module, '--data', data, '--http', '127.0.0.1:0'])
  const peaks = new Map<string, number>()
  try {
    const url = await addressOf(started)
    const ask = async (user: string) => {
      const answer = await fetch(`${url}/v1/users/${user}/recommendations?count=20`)
      const body = (await answer.json()) as { items?: { itemId: string }[] }
      const position = Number(answer.headers.get('recstream-position') ?? 0)
      return { position, items: (body.items ?? []).map(({ itemId }) => itemId) }
    }
    let said = 0
    for (let position = 0; position <= users; ) {
      await wait(1_000)
      position = (await ask('u0')).position
      let all = 0
      for (const { role, pid } of [
        { role: 'supervisor', pid: started.child.pid! },
        ...processesUnder(started.child.pid!),
      ]) {
        const held = heldMb(pid)
        all += held
        peaks.set(role, Math.max(held, peaks.get(role) ?? 0))
      }
      peaks.set('all', Math.max(all, peaks.get('all') ?? 0))
      if (position - said < users / 10) continue
      said = position
      say(`${position.toLocaleString('en')} users, ${Math.round(all)} MiB`)
    }
    const seconds = (performance.now() - began) / 1000
    if ((await ask('u0')).items.includes('i0')) throw new Error('the first user was shown what they had bought')
    if (!(await ask('a stranger')).items.includes('i0'))
      throw new Error('what the first user bought is in nobody’s list')
    const peak = (role: string) => ({ value: peaks.get(role)!, unit: 'MiB' as const })
    return [
      {
        what: `a purchase each of ${users.toLocaleString('en')} users, with lists`,
        value: users / seconds,
        unit: 'events/s',
      },
      { what: '– all processes at their peak', ...peak('all') },
      { what: '– ingest', ...peak('ingest') },
      { what: '– learner', ...peak('learn') },
      {
        what: '– checkpoints on disk, three of them',
        value: folderSize(join(data, 'many-users', 'checkpoints')),
        unit: 'MiB',
      },
      {
        what: '– of that, users who are not in memory',
        value: folderSize(join(data, 'many-users', 'checkpoints', 'users')),
        unit: 'MiB',
      },
    ]
  } finally {
    killAll(started)
    await started.ended
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A process's share of memory, MiB; 0 where it has ended. */
function heldMb(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}
