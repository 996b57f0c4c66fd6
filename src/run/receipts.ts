import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ForgetCommand } from '../records/forgotten.ts'
import type { Layout } from './layout.ts'

/** What was removed of somebody who was forgotten, where and when. It names nobody. */
export interface Receipt {
  pipeline: string
  commandId: string
  /** Keyed hashes (HMAC-SHA-256) of the person's ids. */
  people: readonly string[]
  /** When it was asked for and when nothing was left; ISO 8601. */
  asked: string
  done: string
  /** Events from this row on are somebody new's. */
  fromRow: number
  /** How much was removed, by place. */
  removed: Readonly<Record<string, number>>
  /** Input topics that are not ours to clear: up to these offsets, by topic and partition, they may still hold events. */
  left: Readonly<Record<string, number>>
  reason: string
}

export function receiptOf(
  { commandId, time, reason, forget }: ForgetCommand,
  { pipeline, now, left }: { pipeline: string; now: number; left: Readonly<Record<string, number>> },
): Receipt {
  const { people, removed } = forget
  const [asked, done] = [time, now].map(ms => new Date(ms).toISOString()) as [string, string]
  return { pipeline, commandId, people, asked, done, fromRow: forget.upTo! + 1, removed, left, reason }
}

/** Keep a receipt beside what it tells of. */
export function writeReceipt({ receipts }: Pick<Layout, 'receipts'>, receipt: Receipt): string {
  mkdirSync(receipts, { recursive: true, mode: 0o700 })
  const path = join(receipts, `${receipt.commandId}.json`)
  writeFileSync(`${path}.new`, `${JSON.stringify(receipt, null, 2)}\n`, { mode: 0o600, flush: true })
  renameSync(`${path}.new`, path)
  return path
}

export function readReceipt({ receipts }: Pick<Layout, 'receipts'>, commandId: string): Receipt | null {
  const path = join(receipts, `${commandId}.json`)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Receipt) : null
}
