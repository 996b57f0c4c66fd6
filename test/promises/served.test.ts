import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recstream, root, until } from './command.ts'
import { type ServedShop, servedShop } from './served-shop.ts'

let shop: ServedShop
beforeAll(async () => {
  shop = await servedShop()
})
afterAll(() => shop.close())

const send = async (method: string, path: string, body?: unknown) => {
  const init = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  const answer = await fetch(shop.url + path, { method, ...init })
  return { status: answer.status, headers: answer.headers, body: (await answer.json().catch(() => null)) as never }
}

test('a list that is asked for right after an event knows it, stands on the topic, and is judged in SQL', async () => {
  const items = Array.from({ length: 12 }, (_, k) => `i${k}`)
  for (const id of items) await send('PUT', `/v1/items/${id}`, { title: `Item ${id}`, tags: ['all'], attributes: {} })
  const events = Array.from({ length: 60 }, (_, k) => {
    const about = { userId: `u${k % 6}`, itemId: items[(7 * k) % 12], behaviour: k % 5 === 0 ? 'buy' : 'view' }
    return { eventId: `e${k}`, time: Date.now() - 60_000 + k, ...about }
  })
  expect((await send('POST', '/v1/events', events)).status).toBe(200)
  const bought = { eventId: 'mine', userId: 'ann', itemId: 'i3', behaviour: 'buy', time: Date.now() }
  expect((await send('POST', '/v1/events', bought)).status).toBe(200)
  let list: { items: { itemId: string }[]; recommendationId: string } = { items: [], recommendationId: '' }
  await until('a list that knows the purchase', async () => {
    const answer = await send('GET', '/v1/users/ann/recommendations?count=5')
    list = answer.body
    return answer.status === 200 && answer.headers.get('recstream-behind') === '0' && list.items.length === 5
  })
  expect(list.items.map(({ itemId }) => itemId)).not.toContain('i3')
  expect(list.recommendationId).toMatch(/^shop-\d+\.q[0-9a-f]{16}$/)
  const answer = { eventId: 'answer', userId: 'ann', itemId: list.items[0]!.itemId, behaviour: 'buy', time: Date.now() }
  await send('POST', '/v1/events', { ...answer, recommendationId: list.recommendationId })
  const sql = `SELECT count(*) AS n FROM recommendations JOIN events USING (recommendation_id, item_id) WHERE event_id = 'answer'`
  await until('the answer beside its list', async () => {
    const asked = recstream(['sql', sql, '--json', '-p', shop.module, '--data', shop.data])
    return /"n":1/.test((await asked.ended).stdout.replaceAll(' ', ''))
  })
})

test('the page of metrics, the dashboard and the alerts speak of what there is', async () => {
  let text = ''
  // A process that is busy is left out of an answer.
  const all = async () => {
    text = await (await fetch(`${shop.url}/metrics`)).text()
    return ['ingest', 'learn', 'serve'].every(name =>
      text.includes(`\nprocess_resident_memory_bytes{process="${name}"}`),
    )
  }
  await expect.poll(all, { timeout: 30_000 }).toBe(true)
  const there = new Set([...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name!))
  const files = ['infra/grafana/recstream.json', 'infra/prometheus/alerts.yml'].map(file =>
    readFileSync(join(root, file), 'utf8'),
  )
  const wanted = new Set(files.flatMap(file => file.match(/\b(recstream|process)_\w+/g) ?? []))
  expect(wanted.size).toBeGreaterThan(20)
  expect([...wanted].filter(name => !there.has(name.replace(/_(bucket|sum|count)$/, '')))).toEqual([])
  const page = readFileSync(join(root, 'docs/operate/metrics.md'), 'utf8')
  const told = new Set(page.match(/\brecstream_\w+/g) ?? [])
  expect([...told].sort()).toEqual([...there].filter(name => name.startsWith('recstream_')).sort())
  for (const process of ['ingest', 'learn', 'serve']) {
    expect(text).toMatch(new RegExp(`^process_resident_memory_bytes\\{process="${process}"\\} \\d`, 'm'))
  }
  expect(text).toMatch(/^recstream_ingest_kept_total [1-9]/m)
  expect(text).toMatch(/^recstream_learn_events_total [1-9]/m)
})
