import type { Row } from './results.ts'
import { startShop } from './served-shop.ts'

const [items, users] = [10_000, 5_000]
/** Askers at a time. */
const atOnce = 4
/** Whoever has no list that knows the event by then is not asked for any more. */
const longestMs = 60_000

/**
 * An event is posted and its user's list asked for at once, so many times, while other events come in: how many lists know it,
 * and how long event and list took together. A list that does not know it is asked for again until one does.
 */
export async function benchOwnWrites(writes: number, say: (line: string) => void): Promise<Row[]> {
  const shop = await startShop({ items, users }, say)
  try {
    const { url } = shop
    const ms: number[] = []
    /** Of lists that did not know the event: how many records they were behind, and how long until one knew it. */
    const behind: number[] = []
    const until: number[] = []
    let never = 0
    let failed = 0
    let begun = 0
    say(`${writes.toLocaleString('en')} events and lists`)
    const sending = shop.send(Math.ceil(writes / 100), 200)
    const asker = async () => {
      while (begun < writes) {
        const number = begun++
        const user = `u${(7919 * number) % users}`
        const began = performance.now()
        const event = { userId: user, itemId: `i${number % items}`, behaviour: 'view', eventId: `own-${number}` }
        const posted = await fetch(`${url}/v1/events`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ ...event, time: Date.now() }),
        })
        await posted.body?.cancel()
        const asked = await list(user)
        if (posted.status >= 300 || asked.status !== 200) {
          failed += 1
          continue
        }
        if (asked.behind === 0) {
          ms.push(performance.now() - began)
          continue
        }
        behind.push(asked.behind)
        while (performance.now() - began < longestMs && (await list(user)).behind !== 0);
        const took = performance.now() - began
        if (took < longestMs) until.push(took)
        else never += 1
      }
    }
    const list = async (user: string) => {
      const { status, headers, body } = await fetch(`${url}/v1/users/${user}/recommendations`)
      await body?.cancel()
      return { status, behind: Number(headers.get('recstream-behind') ?? Number.NaN) }
    }
    await Promise.all(Array.from({ length: atOnce }, asker))
    await sending
    const at = (values: number[], share: number) => {
      const sorted = values.toSorted((a, b) => a - b)
      return sorted[Math.floor(share * (sorted.length - 1))]
    }
    const withValue = (what: string, value: number | undefined, unit: 'ms' | 'rows'): Row[] =>
      value === undefined ? [] : [{ what, value, unit }]
    return [
      { what: 'lists that knew the event that was posted right before', value: ms.length, unit: 'rows' },
      { what: '– that did not, and said so', value: behind.length, unit: 'rows' },
      { what: '– records that these were behind, at most', value: at(behind, 1) ?? 0, unit: 'rows' },
      ...withValue('– from event to a list that knew it, asking again: p50', at(until, 0.5), 'ms'),
      ...withValue('– worst', at(until, 1), 'ms'),
      ...(never > 0 ? [{ what: '– for which none knew it within a minute', value: never, unit: 'rows' } as const] : []),
      { what: 'refused or failed', value: failed, unit: 'rows' },
      ...withValue('event and list together: p50', at(ms, 0.5), 'ms'),
      ...withValue('– p99', at(ms, 0.99), 'ms'),
    ]
  } finally {
    await shop.stop()
  }
}
