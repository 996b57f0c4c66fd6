import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'

/** What may befall a file while nobody looks. */
export type Harm = 'bits' | 'cut' | 'empty' | 'gone'
export const harms: readonly Harm[] = ['bits', 'cut', 'empty', 'gone']

/**
 * Harm a file or folder, in places drawn from `random`; what was done, in words.
 *
 *     harm(layoutOf(data, 'shop').warehouse, 'bits', seeded(1))   // 'warehouse.duckdb: bit 3 of byte 4711'
 */
export function harm(path: string, how: Harm, random: () => number): string {
  const name = path.split('/').slice(-2).join('/')
  if (how === 'gone') {
    rmSync(path, { recursive: true, force: true })
    return `${name}: gone`
  }
  const { size } = statSync(path)
  if (how === 'empty' || size === 0) {
    truncateSync(path, 0)
    return `${name}: empty`
  }
  const at = Math.floor(random() * size)
  if (how === 'cut') {
    truncateSync(path, at)
    return `${name}: cut at byte ${at} of ${size}`
  }
  const bit = Math.floor(random() * 8)
  flipBit(path, at, bit)
  return `${name}: bit ${bit} of byte ${at} of ${size}`
}

export function flipBit(path: string, at: number, bit: number): void {
  const file = openSync(path, 'r+')
  const byte = Buffer.alloc(1)
  readSync(file, byte, 0, 1, at)
  byte[0]! ^= 1 << bit
  writeSync(file, byte, 0, 1, at)
  closeSync(file)
}

/** Files under a folder, and the folder's own path where it is one file; in the order of their names. */
export function filesUnder(path: string): string[] {
  if (!existsSync(path)) return []
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path)
    .sort()
    .flatMap(name => filesUnder(join(path, name)))
}

/** Put another file in a file's place. */
export function replaceBy(path: string, other: string): string {
  copyFileSync(other, path)
  return `${path.split('/').slice(-2).join('/')}: another's`
}
