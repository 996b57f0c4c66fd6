import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test('no SQL takes epoch_ms of a column as it stands: DuckDB 2.0 has none of TIMESTAMP_MS', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'))
  const taking = files.filter(name => readFileSync(join('src', name), 'utf8').includes('epoch_ms('))
  expect(taking).toEqual([join('warehouse', 'milliseconds.ts')])
})
