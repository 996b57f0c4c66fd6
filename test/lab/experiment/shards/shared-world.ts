import generated from '../../../../pipelines/generated/index.ts'
import type { Running, TrialContext } from '../../../../src/lab/experiment/experiment.ts'
import { loadRatings } from '../../../../src/lab/experiment/load-ratings.ts'
import { partNames } from '../../../../src/lab/experiment/shards/merging.ts'
import { shardPass } from '../../../../src/lab/experiment/shards/shard-pass.ts'
import { type ShardPort, shardHere } from '../../../../src/lab/experiment/shards/shard-port.ts'
import { type ShardSource, shardSource } from '../../../../src/lab/experiment/shards/shard-source.ts'
import type { ShardOptions } from '../../../../src/lab/experiment/shards/shared-policy.ts'
import type { Scale } from '../../../../src/records/definition.ts'

export const running: Running = { progress() {}, signal: new AbortController().signal, clock: () => 0 }
export const everything: ShardOptions = { seed: 1, exchanged: partNames, steps: 'added' }

/** Two thousand events of some forty people, with the hour of each, as ratings or as watch rewards. */
export async function world(kind: Scale['kind']): Promise<Pick<TrialContext, 'definition' | 'ratings'>> {
  const scale: Scale = kind === 'rating' ? { kind, min: 1, max: 5 } : { kind, positiveFrom: 0.5 }
  const context = ({ time }: { time: number }) => [`hour=${Math.floor(time / 3_600_000) % 24}`]
  const definition = { ...generated, scale, features: { ...generated.features, context } }
  return { definition, ratings: await loadRatings(definition, 'events=2000,users=40,items=30') }
}

/** What learners in this thread predict, row by row. */
export async function predictionsOf(
  context: Pick<TrialContext, 'definition' | 'ratings'>,
  learners: number,
  every: number,
  options = everything,
  open: (source: ShardSource, own: number, options: ShardOptions) => ShardPort | Promise<ShardPort> = (...given) =>
    shardHere(...given, () => 0),
): Promise<number[]> {
  const source = shardSource(context, learners)
  const ports = await Promise.all(Array.from({ length: learners }, (_, own) => open(source, own, options)))
  await shardPass(running, ports, { rows: source.length, every, atOnce: false })
  await Promise.all(ports.map(port => port.close()))
  return [...source.predictions]
}
