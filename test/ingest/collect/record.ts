import type { LogRecord } from '../../../src/log/log.ts'

/** A record of an input topic, at partition 3, offset 17. */
export function record(value: Buffer | string | object | null, key: Buffer | string | null = 'ann'): LogRecord {
  return {
    topic: 'shop.behaviour-events',
    partition: 3,
    offset: 17,
    timestamp: 1_700_000_000_000,
    key: typeof key === 'string' ? Buffer.from(key) : key,
    value: bytes(value),
    headers: {},
  }
}

function bytes(value: Buffer | string | object | null): Buffer | null {
  if (value === null || Buffer.isBuffer(value)) return value
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
}
