import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const files = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
  .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
  .map(entry => relative(root, join(entry.parentPath, entry.name)))

/** What a file imports: packages by name, own files by path from the root. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  const names = [...text.matchAll(/(?:^|\n)(?:import|export)\b[^'"]*?from\s+'([^']+)'|\bimport\(\s*'([^']+)'/g)]
  return names
    .map(match => (match[1] ?? match[2])!)
    .map(name => (name.startsWith('.') ? relative(root, resolve(root, dirname(file), name)) : name))
}

const only = (packageName: RegExp, folders: string[]) =>
  files.flatMap(file =>
    importsOf(file)
      .filter(name => packageName.test(name) && !folders.some(folder => file.startsWith(folder)))
      .map(name => `${file} imports ${name}`),
  )

test('only the Kafka adapter imports the Kafka client', () => {
  expect(only(/^kafkajs/, ['src/log/kafka/'])).toEqual([])
})

test('only the warehouse imports DuckDB', () => {
  expect(only(/^@duckdb\//, ['src/warehouse/'])).toEqual([])
})

test('only the model and the agents import TensorFlow.js', () => {
  expect(only(/^@tensorflow\//, ['src/model/', 'src/agents/'])).toEqual([])
})

test('only the codec imports avsc', () => {
  expect(only(/^avsc/, ['src/codec/'])).toEqual([])
})

/** Layers from the edge inwards; a file may import from its own layer and from those after it. */
const layers = [
  ['src/cli', 'src/index.ts'],
  ['src/experiment', 'src/simulate', 'src/tune'],
  ['src/pipeline'],
  ['src/ingest', 'src/learn'],
  ['src/collect', 'src/clean', 'src/join', 'src/window', 'src/train', 'src/arms', 'src/recommend', 'src/evaluate'],
  ['src/log', 'src/codec', 'src/warehouse', 'src/model', 'src/agents', 'src/stack', 'src/baselines', 'src/memory'],
  ['src/errors.ts', 'src/failpoint.ts'],
]
/** Descriptions without effects, which every layer speaks in. */
const vocabulary = [
  'src/pipeline/definition.ts',
  'src/pipeline/topics.ts',
  'src/pipeline/package-root.ts',
  'src/window/sequence.ts',
  'src/recommend/recommendation.ts',
  'src/arms/command.ts',
  'src/train/model-version.ts',
  'src/train/learner.ts',
  'src/clean/reasons.ts',
]

const layerOf = (file: string) =>
  layers.findIndex(layer => layer.some(place => file === place || file.startsWith(`${place}/`)))

test('imports point one way: cli, pipeline, stage groups, stages, adapters', () => {
  const wrong = files.flatMap(file =>
    importsOf(file)
      .filter(name => name.startsWith('src/') && !vocabulary.includes(name))
      .filter(name => layerOf(name) < layerOf(file))
      .map(name => `${file} imports ${name}`),
  )
  expect(wrong).toEqual([])
})

test('every source file lies in a layer', () => {
  expect(files.filter(file => layerOf(file) < 0)).toEqual([])
})

test('clocks and chance enter at the edge only', () => {
  const edge = ['src/cli/', 'src/pipeline/', 'src/log/', 'src/warehouse/sql/', 'src/warehouse/snapshot']
  const wrong = files.filter(
    file =>
      !edge.some(place => file.startsWith(place)) &&
      /\bDate\.now\(|\bMath\.random\(|new Date\(\)/.test(
        readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ''),
      ),
  )
  expect(wrong).toEqual([])
})
