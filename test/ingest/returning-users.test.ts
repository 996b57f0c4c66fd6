import { describe, expect, test } from 'vitest'
import { encodeCommand } from '../../src/codec/output.ts'
import { mergesReadHeader } from '../../src/records/command.ts'

import { failingAfter, ingestAll, log, onTopic, type Sent, send, start, told, topics, withShopLog } from './shop-log.ts'

withShopLog()

describe('a user whom the learner has forgotten', () => {
  const coming: Sent[] = [
    { at: 1, user: 'ann', attributes: { country: 'de' } },
    { at: 2, user: 'ann', item: 'tea', behaviour: 'buy' },
    { at: 3, user: 'ann', item: 'rum' },
    { at: 4, user: 'ann', item: 'gin', behaviour: 'rent' },
    { at: 5, user: 'bob', item: 'tea', behaviour: 'buy' },
    { at: 6, user: 'ann', item: 'nut', behaviour: 'buy' },
    { at: 7, user: 'cy', item: 'tea' },
    { at: 8, user: 'dan', item: 'tea' },
    { at: 9, user: 'ann', item: 'oil', behaviour: 'buy' },
    { at: 30, user: 'bob', item: 'ale' },
    { at: 31, user: 'cy', item: 'tea' },
    { at: 32, user: 'ann', item: 'tea' },
  ]
  const never = Number.POSITIVE_INFINITY
  const annAt9 = [
    ['gin', start + 24],
    ['nut', never],
    ['tea', never],
  ]
  const annAt32 = [
    ['nut', never],
    ['oil', never],
    ['tea', never],
  ]
  /** Cy, who comes back in row 10, has bought nothing. */
  const expected = [
    [8, 'ann', annAt9],
    [9, 'bob', [['tea', never]]],
    [11, 'ann', annAt32],
  ]
  const broughtBack = async () =>
    (await told()).changes.flatMap(([row, change]) =>
      change.kind === 'excluded' ? [[row, change.id, change.items.map((item, k) => [item, change.until[k]])]] : [],
    )

  test.each([1, 3, 100])('brings back what they may not be shown, in batches of %i', async batchSize => {
    await send(coming)
    await ingestAll(log, 'data', { maxUsers: 2, batchSize })
    expect(await broughtBack()).toEqual(expected)
    expect((await told()).attributes.map(([row]) => row)).toEqual([1, 8, 11])
  })

  test('and so after restarts, and after a crash', async () => {
    const small = { maxUsers: 2, batchSize: 100 }
    await send(coming.slice(0, 7))
    await ingestAll(log, 'data', small)
    await send(coming.slice(7, 9))
    await expect(ingestAll(failingAfter(0), 'data', small)).rejects.toThrow('the log is gone')
    await ingestAll(log, 'data', small)
    await send(coming.slice(9))
    await ingestAll(log, 'again', small)
    expect(await broughtBack()).toEqual(expected)
  })

  test('nobody is forgotten where there is room; where it changes, everybody brings back once what they may not be shown', async () => {
    await send(coming.slice(0, 9))
    await ingestAll(log, 'data', { maxUsers: 10, batchSize: 100 })
    expect(await broughtBack()).toEqual([])
    await send([...coming.slice(9), { at: 33, user: 'bob', item: 'ale' }])
    await ingestAll(log, 'data', { maxUsers: 20, batchSize: 100 })
    expect(await broughtBack()).toEqual(expected.slice(1))
  })

  describe('that are one with others', () => {
    const before: Sent[] = [
      { at: 1, user: 'cookie', item: 'tea', behaviour: 'buy' },
      { at: 2, user: 'ann', item: 'nut', behaviour: 'buy' },
      { at: 3, user: 'bob', item: 'ale' },
      { at: 4, user: 'cy', item: 'ale' },
      { at: 5, user: 'cookie', item: 'oil', behaviour: 'buy' },
    ]
    const after: Sent[] = [
      { at: 6, user: 'cookie', item: 'ale' },
      { at: 7, user: 'cookie', item: 'gin' },
      { at: 8, user: 'ann', item: 'gin' },
      { at: 9, user: 'ann', item: 'rum', behaviour: 'buy' },
      { at: 10, user: 'bob', item: 'ale' },
      { at: 11, user: 'cy', item: 'ale' },
      { at: 12, user: 'new', item: 'ale' },
    ]
    const small = { maxUsers: 2, batchSize: 100 }
    const allOf = (...items: string[]) => items.map(item => [item, never])
    /** Both ids once, though the learner may know the first; `new` is nobody's first event. */
    const told = [
      [6, 'cookie', allOf('nut', 'oil', 'tea')],
      [8, 'ann', allOf('nut', 'oil', 'tea')],
      [12, 'new', allOf('nut', 'oil', 'rum', 'tea')],
    ]
    const cookieBefore = [5, 'cookie', allOf('tea')]
    async function merge(fromUser: string, toUser: string): Promise<void> {
      const producer = await log.producer('command line')
      const command = {
        ...{ commandId: `${fromUser} ${toUser}`, kind: 'merge' as const, fromUser, toUser },
        shares: {},
      }
      const value = encodeCommand({ ...command, arm: null, time: 0, reason: '', appliedAt: null }, 'avro')
      await producer.append(topics.commands, [{ key: null, timestamp: 0, value }])
      await producer.close()
    }
    const comeBefore = async () => {
      await send(before)
      await ingestAll(log, 'data', small)
    }

    test('bring back what any of them may not be shown; the learner follows from a block on that says so', async () => {
      await comeBefore()
      await merge('cookie', 'ann')
      await merge('new', 'cookie')
      await send(after)
      await ingestAll(log, 'data', small)
      expect(await broughtBack()).toEqual([cookieBefore, ...told])
      expect((await onTopic()).map(({ headers }) => headers[mergesReadHeader]?.toString())).toEqual(['0', '2'])
    })

    test('and so after restarts, a crash and with the warehouse built again', async () => {
      await comeBefore()
      await merge('cookie', 'ann')
      await merge('new', 'cookie')
      await ingestAll(log, 'data', small)
      await send(after.slice(0, 1))
      await expect(ingestAll(failingAfter(0), 'data', small)).rejects.toThrow('the log is gone')
      await ingestAll(log, 'data', small)
      await send(after.slice(1, 4))
      await ingestAll(log, 'data', small)
      await send(after.slice(4))
      await ingestAll(log, 'again', small)
      expect(await broughtBack()).toEqual([cookieBefore, ...told])
    })
  })
})
