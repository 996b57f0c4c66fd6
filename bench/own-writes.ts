import type { Row } from './results.ts'
import { startShop } from './served-shop.ts'

const [items, users] = [10_000, 5_000]
/** Askers at a time. */
const atOnce = 4

/**
 * An event is posted and its user's list asked for at once, so many times, while other events come in: how many lists know it,
 * and how long event and list took together.
 */
export async function benchOwnWrites(writes: number, say: (line: string) => void): Promise<Row[]> {
  const shop = await startShop({ items, users }, say)
  try {
    const { url } = shop
    const ms: number[] = []
    let late: number[] = []
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
        const asked = await fetch(`${url}/v1/users/${user}/recommendations`)
        await asked.body?.cancel()
        if (posted.status >= 300 || asked.status !== 200) failed += 1
        else if (asked.headers.get('recstream-behind') === '0') ms.push(performance.now() - began)
        else late.push(Number(asked.headers.get('recstream-behind')))
      }
    }
    await Promise.all(Array.from({ length: atOnce }, asker))
    await sending
    ms.sort((a, b) => a - b)
    late = late.sort((a, b) => b - a)
    const at = (share: number) => ms[Math.floor(share * (ms.length - 1))] ?? Number.NaN
    return [
      { what: 'lists that knew the event that was posted right before', value: ms.length, unit: 'rows' },
      { what: '– that did not, and said so', value: late.length, unit: 'rows' },
      { what: '– records that these were behind, at most', value: late[0] ?? 0, unit: 'rows' },
      { what: 'refused or failed', value: failed, unit: 'rows' },
      { what: 'event and list together: p50', value: at(0.5), unit: 'ms' },
      { what: '– p99', value: at(0.99), unit: 'ms' },
    ]
  } finally {
    await shop.stop()
  }
}
