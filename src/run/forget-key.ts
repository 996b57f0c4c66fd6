import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { RecstreamError } from '../errors.ts'
import type { Log } from '../log/log.ts'
import type { ForgetCommand, Forgotten } from '../records/forgotten.ts'
import { keyName, keyNameOf } from '../records/pseudonym.ts'
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

/**
 * FORGET_KEY_MISSING where people were forgotten under a key that is not here and that is needed: the forgetting is not done yet,
 * or the log still holds records of before it, which may be theirs. An embedded log holds none of them when it is done.
 */
export async function checkForgetKey(
  forgotten: Forgotten,
  { layout, log }: { layout: Pick<Layout, 'forgetKey'>; log: Pick<Log, 'kind' | 'ranges'> },
): Promise<void> {
  const [missing] = await commandsLacking(forgotten, log)
  if (missing === undefined) return
  const own = forgetKey(layout)
  const here = own === null ? 'there is none here' : `the one here is ${keyName(own)}`
  throw new RecstreamError(
    'FORGET_KEY_MISSING',
    `People were forgotten under the key ${keyNameOf(missing.forget.people[0]!)}, and ${here}: without it they could come back. Put the file ${layout.forgetKey} back, or give the key by ${forgetKeyVariable}; if it is lost for good, see \`recstream forget --key-lost\`.`,
  )
}

/** Commands whose key is not here although it is needed. */
export async function commandsLacking(
  forgotten: Forgotten,
  log: Pick<Log, 'kind' | 'ranges'>,
): Promise<ForgetCommand[]> {
  const found: ForgetCommand[] = []
  for (const command of forgotten.underOtherKeys) {
    const { stage, until } = command.forget
    // One that was only given is told, and harms nobody.
    if (stage === 'given') continue
    if (stage !== 'done' || (log.kind === 'kafka' && (await holdsBefore(log, until)))) found.push(command)
  }
  return found
}

/** Whether a log holds records of before these places. */
async function holdsBefore(log: Pick<Log, 'ranges'>, until: Readonly<Record<string, number>>): Promise<boolean> {
  for (const topic of new Set(Object.keys(until).map(place => place.slice(0, place.lastIndexOf('/'))))) {
    for (const { partition, first } of await log.ranges(topic))
      if (first < (until[`${topic}/${partition}`] ?? 0)) return true
  }
  return false
}

function keyOf(text: string, where: string): Buffer {
  const hex = text.trim()
  if (/^[0-9a-f]{64}$/i.test(hex)) return Buffer.from(hex, 'hex')
  throw new RecstreamError('CONFIG_INVALID', `${where} holds no key to forget people with: 64 hexadecimal digits.`)
}
