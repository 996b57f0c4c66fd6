import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import simulated from '../../../../pipelines/simulated/index.ts'
import { createCrowd } from '../../../../src/lab/simulate/live/crowd.ts'
import { runLive } from '../../../../src/lab/simulate/live/live-run.ts'
import { openPopulation } from '../../../../src/lab/simulate/open-population.ts'
import { worlds } from '../../../../src/lab/simulate/world/settings.ts'
import { createWorld } from '../../../../src/lab/simulate/world/world.ts'
import { openEmbeddedLog } from '../../../../src/log/embedded/embedded-log.ts'

const population = await openPopulation()

/** Three people on a log of their own, with nobody who makes lists, for so long as a clock of whole seconds runs. */
async function alone(
  work: (run: (stop: AbortSignal) => Promise<void>, ends: () => Promise<number[]>) => Promise<void>,
) {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-alone-'))
  const log = await openEmbeddedLog({ folder })
  const definition = { ...simulated, simulate: simulated.simulate! }
  let now = 0
  const run = (stop: AbortSignal) => {
    const world = createWorld({ population, settings: worlds.saturating, slots: 3, seed: 1 })
    const crowd = createCrowd({ world, seed: 1, definition, horizonMs: 86_400_000 })
    const limits = { steps: 100, until: Number.POSITIVE_INFINITY, patienceMs: 5_000 }
    return runLive({ log, definition, crowd, seed: 1, ...limits, stop, clock: () => (now += 1_000), onRound: () => {} })
  }
  const topics = ['items', 'user-profiles', 'behaviour-events']
  const ends = () => Promise.all(topics.map(async topic => (await log.ranges(`simulated.${topic}`))[0]!.end))
  try {
    await work(run, ends)
  } finally {
    await log.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

test('without lists it ends after its patience, and says what to do', () =>
  alone(async (run, ends) => {
    const missing = {
      code: 'LIST_MISSING',
      message: expect.stringMatching(/within 5 s for the event s1-\d-0-0.*recstream start/),
    }
    await expect(run(new AbortController().signal)).rejects.toMatchObject(missing)
    expect(await ends()).toEqual([600, 3, 3])
    // Another try waits for the same lists, and writes nothing twice.
    await expect(run(new AbortController().signal)).rejects.toMatchObject(missing)
    expect(await ends()).toEqual([600, 3, 3])
  }))

test('a stop ends the waiting', () =>
  alone(async (run, ends) => {
    const stop = new AbortController()
    stop.abort()
    await run(stop.signal)
    expect(await ends()).toEqual([600, 0, 0])
  }))
