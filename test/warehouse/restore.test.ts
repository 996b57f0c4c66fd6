import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { EnrichedEvent, UserWindow, WindowQuery } from '../../src/records/warehouse.ts'
import { all, kept, noRows, temporaryFolder } from './fixtures.ts'

/** The same, said plainly. */
function windowsOf(
  events: readonly EnrichedEvent[],
  { upTo, shortLength, botWindowMs, userIds }: WindowQuery,
): UserWindow[] {
  const seen = events.filter(row => row.sequence <= upTo && (userIds?.includes(row.userId) ?? true))
  const byUser = new Map<string, EnrichedEvent[]>()
  for (const row of seen) {
    const rows = byUser.get(row.userId) ?? []
    byUser.delete(row.userId) // to the end: most recently active last
    byUser.set(row.userId, [...rows, row])
  }
  return [...byUser].map(([userId, rows]) => {
    const short = rows.toSorted((a, b) => a.time - b.time || a.sequence - b.sequence).slice(-shortLength)
    const buckets = rows.map(row => Math.floor(row.time / botWindowMs))
    const botBucket = Math.max(...buckets)
    return {
      userId,
      count: rows.length,
      lastTime: Math.max(...rows.map(row => row.time)),
      botBucket,
      botCount: buckets.filter(bucket => bucket === botBucket).length,
      items: short.map(row => row.itemId),
      times: short.map(row => row.time),
      rewards: short.map(row => row.reward),
    }
  })
}

test('windows are those of a plain walk through the events, late ones and equal times included', async () => {
  const events = fc.array(
    fc.record({
      userId: fc.constantFrom('ada', 'bob', 'carol with a long name', 'Dörte'),
      time: fc.oneof(fc.integer({ min: -50, max: 200 }), fc.constantFrom(10, 20, 100_000)),
    }),
    { maxLength: 120 },
  )
  const query = fc.record(
    {
      upTo: fc.nat({ max: 130 }),
      shortLength: fc.integer({ min: 1, max: 8 }),
      botWindowMs: fc.constantFrom(1, 7, 60, 60_000),
      userIds: fc.subarray(['ada', 'bob', 'nobody', 'Dörte']),
    },
    { requiredKeys: ['upTo', 'shortLength', 'botWindowMs'] },
  )
  await fc.assert(
    fc.asyncProperty(events, query, async (rows, asked) => {
      const folder = temporaryFolder()
      const warehouse = await folder.open()
      try {
        const written = kept(rows)
        await warehouse.commit({ ...noRows, events: written.slice(0, 40) })
        await warehouse.commit({ ...noRows, events: written.slice(40) })
        expect(await all(warehouse.windows(asked))).toEqual(windowsOf(written, asked))
      } finally {
        await warehouse.close()
        folder.remove()
      }
    }),
    { numRuns: 25 },
  )
})

test('windows can be read while batches commit, and show the rows asked for', async () => {
  const folder = temporaryFolder()
  const warehouse = await folder.open()
  try {
    const rows = kept(Array.from({ length: 3000 }, (_, k) => ({ userId: `user-${k % 50}`, time: k })))
    await warehouse.commit({ ...noRows, events: rows.slice(0, 2000) })
    const asked = { upTo: 1500, shortLength: 5, botWindowMs: 100 }
    const [read] = await Promise.all([
      all(warehouse.windows(asked)),
      warehouse.commit({ ...noRows, events: rows.slice(2000) }),
    ])
    expect(read).toEqual(windowsOf(rows, asked))
  } finally {
    await warehouse.close()
    folder.remove()
  }
})
