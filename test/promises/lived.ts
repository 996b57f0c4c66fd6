import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { topicsOf } from '../../src/records/topics.ts'
import { layoutOf } from '../../src/run/layout.ts'
import { openLog } from '../../src/run/open-log.ts'
import { type Ended, lastLine, recstream, root } from './command.ts'
import { type Contents, tablesOf, topicsOfRun, withoutOffsets } from './contents.ts'
import { ownPipeline } from './own-pipeline.ts'

/** What the simulator says at the end. */
export interface Result {
  pipeline: string
  steps: number
  days: number
  stepsPerSecond: number
  oracle: { rewardPerUserDay: number }
  arms: { arm: string; policy: string; people: number; rewardPerUserDay: { mean: number; standardError: number } }[]
}
export const name = 'lived'
export const people = ['--people', '8', '--stay', '1', '--steps', '480', '--backend', 'wasm']
const arms = ['--arms', 'myopic=0.5,ddpg-la=0.5', '--set', 'guard.enabled=no']
/** What people who use a pipeline said and left. */
export interface Lived {
  /** What the simulator says at the end, but for how fast it was. */
  said: Omit<Result, 'stepsPerSecond'>
  contents: Contents
}

/** Arguments of `recstream simulate live` for a few people in two arms. */
export const live = (folder: string, data: string, more: readonly string[] = []) => [
  ...['simulate', 'live', ownPipeline(folder, name, 'simulated'), '--data', data, '--json'],
  ...[...people, ...arms, ...more],
]

/** What a run that has ended said, and all that it left; without offsets, which differ between logs and where one was killed. */
export async function livedBy(ended: Ended, data: string, brokers?: string[]): Promise<Lived> {
  const { stepsPerSecond: _, ...said } = lastLine<Result>(ended)
  const log = await openLog(brokers === undefined ? {} : { brokers }, layoutOf(data, name))
  const tables = await tablesOf(data, name)
  const contents = withoutOffsets({ ...tables.contents, ...(await topicsOfRun(log, name)) }, tables.columns)
  await log.close()
  // Killed before an event came, the simulator tells of its items again: what is said twice is known once.
  const told = 'changes on interest-sequences'
  return { said, contents: { ...contents, [told]: toldOnce(contents[told]!) } }
}

/** Changes without those that change nothing, and without their numbers, which count these too. */
function toldOnce(changes: readonly string[]): string[] {
  const known = new Map<string, string>()
  return changes.flatMap(line => {
    const [, { number: _, ...change }] = JSON.parse(line) as [number, { number: number; kind: string; id: string }]
    const text = JSON.stringify(change)
    if (known.get(`${change.kind} ${change.id}`) === text) return []
    known.set(`${change.kind} ${change.id}`, text)
    return [text]
  })
}

/** Events on the topic of a run that may not have begun yet. */
export async function eventsIn(data: string): Promise<number> {
  const log = await openLog({}, layoutOf(data, name))
  try {
    const ranges = await log.ranges(topicsOf(name).behaviourEvents)
    return ranges.reduce((sum, { first, end }) => sum + end - first, 0)
  } catch {
    return 0
  } finally {
    await log.close()
  }
}

/** The run to which nothing happens, made once for a file of tests, and the folder that it lies in. */
export function livedOnce(): { readonly folder: string; readonly first: Lived } {
  let folder: string
  let first: Lived
  beforeAll(async () => {
    folder = mkdtempSync(join(root, '.lived-'))
    const data = join(folder, 'first')
    first = await livedBy(await recstream(live(folder, data)).ended, data)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return {
    get folder() {
      return folder
    },
    get first() {
      return first
    },
  }
}
