import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './command.ts'

/**
 * A module that is a shipped pipeline under another name, so that tests on one broker keep their topics apart.
 *
 * Returns its path, for `recstream start`.
 */
export function ownPipeline(
  folder: string,
  name: string,
  like: 'generated' | 'generated-shop' | 'movielens' | 'kuairand' | 'simulated',
  dist = join(root, 'dist'),
): string {
  const file = join(folder, `${name}.mjs`)
  const shipped = pathToFileURL(join(dist, 'pipelines', like, 'index.js')).href
  writeFileSync(file, `import like from '${shipped}'\nexport default { ...like, name: '${name}' }\n`)
  return file
}
