import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Claim } from '../../log/embedded/claim.ts'
import { holdFolder } from '../../log/embedded/hold-folder.ts'
import type { Layout } from '../../run/layout.ts'

/** A predecessor that was killed lets go at once; of two that begin together one has to see the other, ms. */
const waitMs = 200

/**
 * Hold a pipeline's folder, or what `lock` says of it, for as long as this process runs it; ALREADY_RUNNING, naming the process that does.
 *
 *     const held = await holdPipeline('shop', layoutOf('.recstream', 'shop'))
 */
export function holdPipeline(name: string, { startLock, root }: Layout, lock = startLock): Promise<Claim> {
  refuseTooLong(root)
  return holdFolder(lock, `The pipeline ${name} in ${root}`, waitMs)
}

/** A folder may be made whose files cannot: ENAMETOOLONG where a path of the longest that lie in it is too long. */
export function refuseTooLong(root: string): void {
  try {
    statSync(join(root, 'x'.repeat(200), 'x'.repeat(200)), { throwIfNoEntry: false })
  } catch (error) {
    // What else is wrong shows where a file is made.
    if ((error as NodeJS.ErrnoException).code === 'ENAMETOOLONG') throw Object.assign(error as Error, { path: root })
  }
}
