import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './command.ts'

/** A fault put into the build, which only a death at the right moment brings to light. */
export interface DeliberateFault {
  /** A module under dist/src. */
  module: string
  line: string
  instead: string
  /** Where a process has to die for it to show. */
  failpoints: readonly string[]
}

export const deliberateFaults: Record<string, DeliberateFault> = {
  'commits positions before the rows': {
    module: 'warehouse/duckdb-warehouse.js',
    line: "await this.#writer.run('BEGIN TRANSACTION');",
    instead: `await this.#landing.write({ ...batch, events: [], deadLetters: [], users: [], items: [], recommendations: [], versions: [] }, this.#landed);
            await this.#writer.run('BEGIN TRANSACTION');`,
    failpoints: ['commit.before', 'commit.before'],
  },
  'applies the newest batch twice': {
    module: 'ingest/start-positions.js',
    line: 'resumeAt(log, topic, range, position.offset, resume)',
    instead: 'resumeAt(log, topic, range, Math.max(first, position.offset - 100), resume)',
    failpoints: ['commit.after', 'commit.after', 'commit.after'],
  },
  'leaves the optimiser out of checkpoints': {
    module: 'learner/checkpoint.js',
    line: '{ arrays: state.arrays,',
    instead:
      '{ arrays: Object.fromEntries(Object.entries(state.arrays).map(([name, array]) => [name, /adam/i.test(name) ? new array.constructor(array.length) : array])),',
    failpoints: ['manifest.after'],
  },
  'skips what was committed and not yet published': {
    module: 'ingest/restore.js',
    line: 'for (let after = publishedSequence; after < newest.sequence;)',
    instead: 'for (let after = newest.sequence; after < newest.sequence;)',
    failpoints: ['commit.after', 'publish.before'],
  },
}

/** A copy of the build with one fault, in this folder; its `dist`. */
export function faultyBuild(folder: string, { module, line, instead }: DeliberateFault): string {
  const dist = join(folder, 'dist')
  for (const part of ['src', 'pipelines']) cpSync(join(root, 'dist', part), join(dist, part), { recursive: true })
  const file = join(dist, 'src', module)
  const text = readFileSync(file, 'utf8')
  const changed = text.replace(line, () => instead)
  if (changed === text) throw new Error(`${module} has no such line any more; change the deliberate fault with it`)
  writeFileSync(file, changed)
  return dist
}
