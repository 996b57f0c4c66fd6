import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'

/**
 * A text that was noted in a file; null where there is none, or what is there is not what was noted.
 *
 *     note(file, 'the embedded log')
 *     noted(file)   // 'the embedded log'
 */
export function noted(file: string): string | null {
  let lines: string[]
  try {
    lines = readFileSync(file, 'utf8').split('\n')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  const [text = '', checksum = ''] = lines
  return checksum === String(crc32(text)) ? text : null
}

/** Several processes may note at once: each writes all of it, or nothing. */
export function note(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true })
  const temporary = `${file}.${process.pid}.new`
  writeFileSync(temporary, `${text}\n${crc32(text)}\n`)
  renameSync(temporary, file)
}
