import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { RecstreamError } from '../errors.ts'
import type { Forgotten } from '../records/forgotten.ts'
import { keyName } from '../records/pseudonym.ts'
import type { Layout } from './layout.ts'

/** Environment variable with the key, as it stands in the file: where a folder does not outlive its process. */
export const forgetKeyVariable = 'RECSTREAM_FORGET_KEY'

/** The key of the hashes that stand for people who were forgotten; null while nobody was. */
export function forgetKey({ forgetKey: file }: Pick<Layout, 'forgetKey'>): Buffer | null {
  const given = process.env[forgetKeyVariable]
  if (given !== undefined && given !== '') return keyOf(given, `The environment variable ${forgetKeyVariable}`)
  try {
    return keyOf(readFileSync(file, 'utf8'), file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** The same, made if there is none: 32 bytes by chance, in a file that only its owner can read. */
export function makeForgetKey(layout: Pick<Layout, 'forgetKey'>): Buffer {
  const { forgetKey: file } = layout
  const known = forgetKey(layout)
  if (known !== null) return known
  mkdirSync(dirname(file), { recursive: true })
  const own = `${file}.${process.pid}`
  writeFileSync(own, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flush: true })
  try {
    // Of two who make one at once, one does.
    linkSync(own, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(own, { force: true })
  }
  return forgetKey(layout)!
}

/** CONFIG_INVALID where people were forgotten whom this key does not know: they could come back. */
export function checkForgetKey(forgotten: Forgotten, layout: Pick<Layout, 'forgetKey'>): void {
  const missing = forgotten.unknownKey
  if (missing === null) return
  const own = forgetKey(layout)
  const here = own === null ? 'there is none here' : `the one here is ${keyName(own)}`
  throw new RecstreamError(
    'CONFIG_INVALID',
    `People were forgotten under the key ${missing}, and ${here}: without it they could come back. Put the file ${layout.forgetKey} back, or give the key by ${forgetKeyVariable}.`,
  )
}

function keyOf(text: string, where: string): Buffer {
  const hex = text.trim()
  if (/^[0-9a-f]{64}$/i.test(hex)) return Buffer.from(hex, 'hex')
  throw new RecstreamError('CONFIG_INVALID', `${where} holds no key to forget people with: 64 hexadecimal digits.`)
}
