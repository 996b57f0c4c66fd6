import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { defaultArms } from '../../src/arms/defaults.ts'
import { packageRoot } from '../../src/package-root.ts'
import { findPipeline, pipelineNames } from '../../src/run/find-pipeline.ts'
import { defaultGuard, defaultLearn, defaultPlan, defaultRecommend } from '../../src/settings/defaults.ts'

const folder = mkdtempSync(join(tmpdir(), 'recstream-find-'))
afterAll(() => rmSync(folder, { recursive: true }))

function moduleOf(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

/** What definePipeline would return, written out: a module in a temporary folder cannot import this package. */
function definitionText(changes = ''): string {
  return `export default { name: 'shop', description: '', behaviours: ['view'],
    meanings: { view: { again: 'never', target: true, against: false } }, epoch: 0, partitions: 1, parts: 1, topicRetention: 'forever', encoding: 'json',
    value: { min: 0, max: 1, required: false }, reward: () => 1, scale: { kind: 'watch', positiveFrom: 0.5 }, features: {},
    clean: { duplicateWindowMs: 1, duplicateCapacity: 1, maxFutureMs: 1, botLimit: 1, botWindowMs: 1 },
    window: { shortLength: 5, usersInMemory: 1000, itemsInMemory: 1000 },
    learn: ${JSON.stringify(defaultLearn)},
    recommend: ${JSON.stringify(defaultRecommend)}, like: () => false, arms: ${JSON.stringify(defaultArms)},
    plan: ${JSON.stringify(defaultPlan)}, guard: ${JSON.stringify(defaultGuard)},
    schedule: {}, rules: [], source: { folder: 'rows', read: () => ({}) } ${changes} }`
}

test('finds every shipped pipeline under its own name', async () => {
  expect(pipelineNames).toEqual([
    ...['kuairand', 'kuairand-click', 'kuairand-long-view', 'movielens'],
    ...['ecommerce', 'livestream', 'simulated', 'generated', 'generated-shop'],
  ])
  for (const name of pipelineNames) expect((await findPipeline(name)).name).toBe(name)
})

test('resolves the folder of the shipped sample against the package, wherever it is called from', async () => {
  const { source } = await findPipeline('kuairand')
  expect(source?.folder).toBe(join(packageRoot(), 'pipelines/kuairand/data'))
  expect(source?.read(source.folder!).name).toBe('kuairand/log_standard_sample')
})

test('the generated pipeline has a size of its own', async () => {
  const { source } = await findPipeline('generated')
  expect(source?.read(source.folder!).eventCount?.()).toBe(100_000)
})

test('loads a module by its path and resolves its folder beside it', async () => {
  const path = moduleOf('shop.mjs', definitionText())
  const definition = await findPipeline(path)
  expect(definition.name).toBe('shop')
  expect(definition.source?.folder).toBe(join(dirname(path), 'rows'))
})

test.each(['movielense', '', 'toString'])('does not know %j and lists the names', async name => {
  await expect(findPipeline(name)).rejects.toMatchObject({
    code: 'PIPELINE_UNKNOWN',
    message: expect.stringContaining('kuairand-long-view, movielens, ecommerce, livestream, simulated, generated'),
  })
})

test.each(['./no/such/module.js', 'shopp.mjs', './shops'])(
  'says that there is no file where %j is a path',
  async path => {
    await expect(findPipeline(path)).rejects.toMatchObject({
      code: 'PIPELINE_UNKNOWN',
      message: `There is no file ${resolve(path)}; give the path of a module that exports a pipeline, such as ./shop.mjs.`,
    })
  },
)

test('names the module that lies there where only its ending is missing', async () => {
  const path = moduleOf('cinema.mjs', definitionText())
  await expect(findPipeline(path.replace('.mjs', ''))).rejects.toMatchObject({
    code: 'PIPELINE_UNKNOWN',
    message: expect.stringMatching(/give its module, .*cinema\.mjs\.$/),
  })
})

test.each([
  ['nothing.mjs', 'export const name = 1', 'it has no default export'],
  ['number.mjs', 'export default 3', 'it has no default export'],
  ['empty.mjs', 'export default {}', 'The name must be'],
  [
    'partial.mjs',
    "export default { name: 'shop', behaviours: ['a'], meanings: { a: { again: 'never', target: true, against: false } }, reward: () => 1 }",
    'value of shop must be an object; definePipeline',
  ],
  ['wrong.mjs', definitionText(", encoding: 'xml'"), 'encoding'],
  ['broken.mjs', 'export default {', 'cannot be loaded'],
  ['throws.mjs', 'throw new Error("no such table")', 'no such table'],
])('refuses the module %s in a sentence', async (name, text, message) => {
  await expect(findPipeline(moduleOf(name, text))).rejects.toMatchObject({
    code: 'PIPELINE_INVALID',
    message: expect.stringContaining(message),
  })
})
