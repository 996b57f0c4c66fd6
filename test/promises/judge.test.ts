import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from './command.ts'
import { deliberateFaults, faultyBuild } from './faulty-build.ts'
import { differing } from './judge.ts'
import { ownPipeline } from './own-pipeline.ts'
import { seeded } from './random.ts'
import { disturbed, type Outcome, type Run, undisturbed } from './twins.ts'

const settings = ['learn.checkpointEvery=500', 'learn.batchesPerStep=1', 'recommend.everyMs=600000']
const run = { name: 'generated', pipeline: 'generated', source: 'events=2000,users=50,items=40', settings }
let folder: string
let twin: Outcome

beforeAll(async () => {
  folder = mkdtempSync(join(root, '.crash-'))
  twin = await undisturbed({ ...run, data: join(folder, 'twin') })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a build is told apart that', () => {
  test.concurrent.each(Object.entries(deliberateFaults))('%s', async (_name, fault) => {
    const own = mkdtempSync(join(folder, 'build-'))
    const dist = faultyBuild(own, fault)
    const faulty: Run = { ...run, pipeline: ownPipeline(own, 'generated', 'generated', dist), data: join(own, 'data') }
    const how = { kills: [], between: [0, 0] as const, failpoints: fault.failpoints, random: seeded(1), dist }
    const { report, ...outcome } = await disturbed({ ...faulty, dist }, how)
    expect(report.notReached).toEqual([])
    expect(differing(twin, outcome)).not.toEqual([])
  })
})
