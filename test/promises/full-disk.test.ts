import { join } from 'node:path'
import { expect, test } from 'vitest'
import { differences } from './contents.ts'
import { type DiskPhase, filledRun, noSmallDisk, smallDisk } from './full-disk.ts'
import { inFolder, lasting, outcomeOf, type Run, startArguments, undisturbed } from './twins.ts'

const source = 'events=600,users=60,items=60,repeats=0.02,late=0.02'
const settings = ['learn.checkpointEvery=200', 'learn.batchesPerStep=1', 'recommend.everyMs=600000']
/** The others are the battery's. */
const phases: readonly DiskPhase[] = ['birth', 'ingest.commit.before']

test.skipIf(noSmallDisk !== null)(
  `a full disk is told, waited out, and leaves nothing behind${noSmallDisk ?? ''}`,
  () =>
    inFolder(async folder => {
      const run: Run = { name: 'generated', pipeline: 'generated', source, settings, data: join(folder, 'twin') }
      const disk = smallDisk(128)
      try {
        const small = { ...run, data: join(disk.folder, 'data') }
        const filling = filledRun(startArguments(small), { disk, phases, fullMs: 200 })
        const twin = await undisturbed(run)
        const { ended, notReached, said } = await filling
        expect(notReached).toEqual([])
        expect(said).toBeGreaterThan(0)
        expect(said).toBeLessThanOrEqual(phases.length)
        const outcome = await outcomeOf(small, ended)
        expect(differences(twin.contents, outcome.contents)).toEqual([])
        expect(lasting(outcome)).toEqual(lasting(twin))
      } finally {
        disk.remove()
      }
    }),
)
