import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { root } from './command.ts'
import { deliberateFaults, faultyBuild } from './faulty-build.ts'
import { differing } from './judge.ts'
import { ownPipeline } from './own-pipeline.ts'
import { seeded } from './random.ts'
import { disturbed, type Outcome, type Run, undisturbed } from './twins.ts'

const settings = ['learn.checkpointEvery=500', 'learn.batchesPerStep=1', 'recommend.everyMs=600000']
const run = { name: 'generated', pipeline: 'generated', source: 'events=2000,users=50,items=40', settings }

/** Faults that a build may have on purpose, by name. */
export const faults = Object.keys(deliberateFaults) as (keyof typeof deliberateFaults)[]

/** To be called once in a file of tests; what it returns tries a build with a fault, which the judge must tell from a whole one. */
export function tellingApart(): (fault: keyof typeof deliberateFaults) => Promise<void> {
  let folder: string
  let twin: Outcome
  beforeAll(async () => {
    folder = mkdtempSync(join(root, '.crash-'))
    twin = await undisturbed({ ...run, data: join(folder, 'twin') })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return async name => {
    const fault = deliberateFaults[name]!
    const own = mkdtempSync(join(folder, 'build-'))
    const dist = faultyBuild(own, fault)
    const faulty: Run = { ...run, pipeline: ownPipeline(own, 'generated', 'generated', dist), data: join(own, 'data') }
    const how = { kills: [], between: [0, 0] as const, failpoints: fault.failpoints, random: seeded(1), dist }
    const { report, ...outcome } = await disturbed({ ...faulty, dist }, how)
    expect(report.notReached).toEqual([])
    expect(differing(twin, outcome)).not.toEqual([])
  }
}
