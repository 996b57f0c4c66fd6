import { RecstreamError, thrownText } from '../../errors.ts'
import { follow } from '../../lab/simulate/follow.ts'
import { createCrowd } from '../../lab/simulate/live/crowd.ts'
import { runLive } from '../../lab/simulate/live/live-run.ts'
import { openPopulation } from '../../lab/simulate/open-population.ts'
import { oracleIndex } from '../../lab/simulate/policies/built-in.ts'
import { worldNamed } from '../../lab/simulate/world/settings.ts'
import { createWorld } from '../../lab/simulate/world/world.ts'
import { withSettings } from '../../pipeline/settings.ts'
import type { PipelineDefinition } from '../../records/definition.ts'
import { bindFolder } from '../../run/bind-folder.ts'
import { findPipeline } from '../../run/find-pipeline.ts'
import { layoutOf } from '../../run/layout.ts'
import type { Connection } from '../../run/messages.ts'
import { openLog } from '../../run/open-log.ts'
import { runPipeline } from '../../run/supervisor.ts'
import type { CommonOptions } from '../common-options.ts'
import type { ConnectionOptions } from '../connection-options.ts'
import { jsonLine, writeLines } from '../print/write-lines.ts'
import { holdPipeline } from '../start/hold-pipeline.ts'
import { exitCodeOf, stopSignal } from '../stop-signal.ts'
import { createLiveProgress } from './live-progress.ts'
import { liveResult } from './live-result.ts'
import { liveText } from './live-text.ts'

export interface LiveCommandOptions extends CommonOptions, ConnectionOptions {
  arms?: string
  people: number
  stay?: number
  steps: number
  days?: number
  seed: number
  world: string
  source?: string
  attach?: true
  set: Record<string, string>
  backend?: 'native' | 'wasm'
}

const dayMs = 86_400_000
/** Others may look so far ahead of the next one in a round: far enough that most take part. */
const horizonMs = dayMs
/** So long without a list is too long; a pipeline of our own reports when it fails, and may be slow. */
const patienceMs = { attached: 60_000, own: 300_000 }
/** People by whom the oracle's reward is taken; its standard error is then about a hundredth of it. */
const oraclePeople = 256

/** Let simulated people use a pipeline, with progress on stderr and what they came to, or with --json one line, on stdout. */
export async function simulateLive(pipeline: string, connection: Connection, options: LiveCommandOptions) {
  const { seed, attach } = options
  const named = worldNamed(options.world)
  const world = { ...named, days: options.stay ?? named.days }
  const settings = {
    // Every event gives a list: people wait for one, and rounds for all of them.
    'recommend.everyMs': 0,
    'guard.days': world.days,
    ...options.set,
    ...(options.arms === undefined ? {} : { arms: options.arms }),
  }
  const definition = simulatedOf(withSettings(await findPipeline(pipeline), settings))
  const population = await openPopulation(options.source)
  const people = createWorld({ population, settings: world, slots: options.people, seed })
  const begins = people.time(0)
  const crowd = createCrowd({ world: people, seed, definition, horizonMs })
  const layout = layoutOf(options.data, definition.name)
  if (attach === undefined) await holdPipeline(definition.name, layout)
  const log = await openLog(connection, layout)
  const progress = createLiveProgress({ crowd, begins, steps: options.steps, quiet: options.json === true })
  const { stopped, received } = stopSignal(() => progress.say('Stopping between two rounds; the same command goes on.'))
  const over = new AbortController()
  const stop = AbortSignal.any([stopped, over.signal])
  let feeding: Promise<void> = Promise.resolve()
  const seconds = { begun: 0, spent: 0, steps: 0 }
  try {
    if (attach === undefined) bindFolder(layout.logIdentity, await log.identity())
    progress.say(
      `${options.people} people of ${population.source} use ${definition.name}, in the world ${options.world}`,
    )
    feeding = runLive({
      ...{ log, definition, crowd, seed, stop },
      patienceMs: attach === undefined ? patienceMs.own : patienceMs.attached,
      steps: options.steps,
      until: options.days === undefined ? Number.POSITIVE_INFINITY : begins + dayMs * options.days,
      clock: () => performance.now(),
      onRound: () => {
        const now = performance.now()
        if (seconds.begun === 0) Object.assign(seconds, { begun: now, steps: crowd.steps })
        seconds.spent = (now - seconds.begun) / 1000
        progress.update()
      },
    })
    if (attach === undefined) await runUnder(feeding, stop, over)
    await feeding
  } finally {
    over.abort()
    await feeding.catch(() => {})
    progress.end()
    await log.close()
  }
  const signal = received()
  if (signal !== null) {
    process.exitCode = exitCodeOf(signal)
    progress.say('Stopped. The same command goes on from here.')
    return
  }
  const speed = (crowd.steps - seconds.steps) / Math.max(seconds.spent, 0.001)
  const oracle = follow({
    ...{ population, settings: world, seed, policy: oracleIndex },
    people: Math.min(options.people, oraclePeople),
  })
  const result = liveResult(definition, options, crowd, { begins, speed, oracle, source: population.source, world })
  await writeLines([options.json ? jsonLine(result) : `\n${liveText(result, options)}`])

  /** Run the pipeline until what the people wrote is worked on; what goes wrong on either side ends both in good order. */
  async function runUnder(feeding: Promise<void>, stop: AbortSignal, over: AbortController): Promise<void> {
    let failure: unknown
    const fed = feeding.catch(error => {
      failure = error
      over.abort()
    })
    await runPipeline({
      assignment: {
        ...{ pipeline, settings, data: options.data, connection },
        ...(options.backend === undefined ? {} : { backend: options.backend }),
      },
      ...{ import: false, untilIdle: true, fed, stop },
      onProgress: () => {},
      onNotice: progress.notice,
      clock: () => performance.now(),
    })
    if (failure !== undefined) throw failure
  }
}

/** The pipeline with its `simulate`, and with a list at every event. */
function simulatedOf(definition: PipelineDefinition) {
  const { name, simulate, recommend } = definition
  if (simulate === undefined) {
    throw new RecstreamError(
      'CONFIG_INVALID',
      `The pipeline ${name} does not say how simulated people use it (simulate: { event, profile, item }); try simulated, ecommerce or livestream.`,
    )
  }
  if (recommend.everyMs > 0) {
    throw new RecstreamError(
      'CONFIG_INVALID',
      'Simulated people wait for a list at every event: recommend.everyMs must be 0.',
    )
  }
  const guarded = {
    event: guard(name, 'event', simulate.event),
    profile: guard(name, 'profile', simulate.profile),
    item: guard(name, 'item', simulate.item),
  }
  return { ...definition, simulate: guarded }
}

/** A function of the module's `simulate`; that it throws is the module's fault. */
function guard<Given, Made>(pipeline: string, name: string, call: (given: Given) => Made): (given: Given) => Made {
  return given => {
    try {
      return call(given)
    } catch (cause) {
      const message = `simulate.${name} of ${pipeline} threw ${thrownText(cause)}; mend it in the pipeline's module.`
      throw new RecstreamError('DEFINITION_FAILED', message, { cause })
    }
  }
}
