import { existsSync } from 'node:fs'
import { dirname, isAbsolute, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { RecstreamError } from '../errors.ts'
import { packageRoot } from '../package-root.ts'
import { definitionProblem } from '../pipeline/define-pipeline.ts'
import type { PipelineDefinition } from '../records/definition.ts'
import { whyNotLoaded } from './why-not-loaded.ts'

type Module = { default?: unknown }

const shipped: Record<string, () => Promise<Module>> = {
  kuairand: () => import('../../pipelines/kuairand/index.ts'),
  'kuairand-click': () => import('../../pipelines/kuairand/click.ts'),
  'kuairand-long-view': () => import('../../pipelines/kuairand/long-view.ts'),
  movielens: () => import('../../pipelines/movielens/index.ts'),
  ecommerce: () => import('../../pipelines/ecommerce/index.ts'),
  livestream: () => import('../../pipelines/livestream/index.ts'),
  simulated: () => import('../../pipelines/simulated/index.ts'),
  generated: () => import('../../pipelines/generated/index.ts'),
  'generated-shop': () => import('../../pipelines/generated-shop/index.ts'),
}

/** Names of the pipelines that come with the package. */
export const pipelineNames: readonly string[] = Object.keys(shipped)

/**
 * A pipeline by its name, or by the path of a module whose default export is one.
 *
 *     await findPipeline('movielens')
 *     await findPipeline('./shop.mjs')   // export default definePipeline({ name: 'shop', … })
 *
 * The source's folder comes back as an absolute path. A module is a program: give only paths that you trust. TypeScript
 * needs a Node that runs it (22.18 or later).
 */
export async function findPipeline(nameOrPath: string): Promise<PipelineDefinition> {
  const load = Object.hasOwn(shipped, nameOrPath) ? shipped[nameOrPath] : undefined
  if (load !== undefined) return withFolder((await load()).default as PipelineDefinition, packageRoot())
  const path = resolve(nameOrPath)
  if (nameOrPath === '' || !existsSync(path)) {
    throw new RecstreamError('PIPELINE_UNKNOWN', whyNotFound(nameOrPath))
  }
  return withFolder(await loadModule(path, nameOrPath), dirname(path))
}

function whyNotFound(nameOrPath: string): string {
  const ending = ['.mjs', '.mts', '.js', '.ts'].find(each => existsSync(resolve(`${nameOrPath}${each}`)))
  if (nameOrPath !== '' && ending !== undefined) {
    const path = /[\\/]/.test(nameOrPath) ? nameOrPath : `./${nameOrPath}`
    return `There is no pipeline "${nameOrPath}"; give its module, ${path}${ending}.`
  }
  if (/[\\/]|\.[cm]?[jt]s$/.test(nameOrPath)) {
    return `There is no file ${resolve(nameOrPath)}; give the path of a module that exports a pipeline, such as ./shop.mjs.`
  }
  return `There is no pipeline "${nameOrPath}"; give one of ${pipelineNames.join(', ')}, or the path of a module that exports one.`
}

async function loadModule(path: string, given: string): Promise<PipelineDefinition> {
  let module: Module
  try {
    module = await import(pathToFileURL(path).href)
  } catch (error) {
    if (error instanceof RecstreamError) throw error
    const reason = whyNotLoaded(path, error)
    throw new RecstreamError('PIPELINE_INVALID', `The module ${given} cannot be loaded: ${reason}`, { cause: error })
  }
  const definition = module.default as PipelineDefinition
  const isObject = typeof definition === 'object' && definition !== null
  const problem = isObject ? definitionProblem(definition) : 'it has no default export.'
  if (problem === null) return definition
  throw new RecstreamError('PIPELINE_INVALID', `The module ${given} must export default definePipeline(…): ${problem}`)
}

function withFolder(definition: PipelineDefinition, base: string): PipelineDefinition {
  const { source } = definition
  if (source?.folder === undefined || source.kind === 'text' || isAbsolute(source.folder)) return definition
  return { ...definition, source: { ...source, folder: resolve(base, source.folder) } }
}
