import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Log } from '../../../src/log/log.ts'
import type { PipelineDefinition } from '../../../src/records/definition.ts'
import { topicSpecs } from '../../../src/records/topics.ts'
import { root } from '../../promises/command.ts'

export const [parts, partitions] = [4, 8]

/** Made-up viewers in four parts of two partitions each, a list at most every two seconds each. */
export async function shardedShop(
  folder: string,
  name: string,
): Promise<{ module: string; definition: PipelineDefinition }> {
  const module = join(folder, `${name}.mjs`)
  const like = pathToFileURL(join(root, 'dist', 'pipelines', 'generated', 'index.js')).href
  writeFileSync(
    module,
    `import like from '${like}'
export default {
  ...like,
  name: '${name}',
  parts: ${parts},
  partitions: ${partitions},
  // Few viewers act a lot here.
  clean: { ...like.clean, botLimit: 1_000_000 },
  recommend: { ...like.recommend, everyMs: 2_000 },
  learn: { ...like.learn, checkpointEvery: 5_000 },
}
`,
  )
  return { module, definition: (await import(/* @vite-ignore */ pathToFileURL(module).href)).default }
}

export const makeTopics = (log: Log, name: string) => log.ensureTopics(topicSpecs(name, partitions, 'forever', parts))
