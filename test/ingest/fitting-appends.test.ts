import { expect, test } from 'vitest'
import { RecstreamError } from '../../src/errors.ts'
import { bytesOf, FittingAppends } from '../../src/ingest/fitting-appends.ts'
import type { OutgoingRecord, Producer } from '../../src/log/log.ts'

test('one record that is too large among 200,000 small ones is made smaller, and all of them land', async () => {
  let landed = 0
  const producer: Producer = {
    async append(topic, records) {
      if (records.some(record => bytesOf(record) > 100))
        throw new RecstreamError('RECORD_TOO_LARGE', `A record for ${topic} is too large.`)
      landed += records.length
    },
    close: async () => {},
  }
  const recordsOf = (length: number, largest: number): OutgoingRecord[] => [
    { key: null, value: Buffer.alloc(Math.min(length, largest)), timestamp: 0 },
  ]
  const lengths = new Array<number>(200_000).fill(1)
  lengths[150_000] = 150
  await new FittingAppends(producer, 't', 1_000, recordsOf).append(lengths)
  expect(landed).toBe(200_000)
})
