import { mkdirSync } from 'node:fs'
import { RecstreamError } from '../../errors.ts'
import { type Claim, claim } from './claim.ts'

/**
 * Hold a folder for as long as this process lives; ALREADY_RUNNING, naming the holder, when another one has it.
 *
 *     const held = await holdFolder('.recstream/shop/learn.lock', 'The learner of shop')
 */
export async function holdFolder(folder: string, what: string, waitMs = 2_000): Promise<Claim> {
  mkdirSync(folder, { recursive: true })
  const result = await claim(folder, waitMs, true)
  if ('release' in result) return result
  const since = result.since.toISOString()
  throw new RecstreamError(
    'ALREADY_RUNNING',
    `${what} is run by process ${result.pid} on ${result.host} since ${since}; stop that one first.`,
  )
}
