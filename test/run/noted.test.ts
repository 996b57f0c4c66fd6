import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { note, noted } from '../../src/run/noted.ts'
import { flipBit, harm, harms } from '../promises/damage.ts'
import { seeded } from '../promises/random.ts'

test('what was noted is read again, and what is damaged is as if nothing had been noted', () => {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-noted-'))
  const file = join(folder, 'ids', 'shop.items')
  try {
    expect(noted(file)).toBeNull()
    note(file, 'the first')
    note(file, 'the second')
    expect(noted(file)).toBe('the second')
    expect(readdirSync(join(folder, 'ids'))).toEqual(['shop.items'])
    for (let at = 0; at < statSync(file).size - 1; at++) {
      flipBit(file, at, at % 8)
      expect([at, noted(file)]).toEqual([at, null])
      flipBit(file, at, at % 8)
    }
    for (const how of harms) {
      note(file, 'again')
      harm(file, how, seeded(2))
      expect(noted(file)).toBeNull()
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
})
