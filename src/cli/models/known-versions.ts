import { featureNames } from '../../agents/ddpg-la/planning/index/user-memory.ts'
import { RecstreamError } from '../../errors.ts'
import { indexApart } from '../../records/index-weights.ts'
import type { ArmIndex, Score, ServedScore } from '../../records/model-version.ts'
import { presentName } from '../../records/policy-names.ts'
import { servedApart } from '../../records/served-scores.ts'
import type { Layout } from '../../run/layout.ts'
import { queryWarehouse } from '../sql/query-warehouse.ts'

/** A version as the warehouse has it. */
export interface KnownVersion {
  version: number
  sequences: number
  step: number
  champion: string
  weightsSha256: string
  scores: Score[]
  /** How good the published lists were, by arm. */
  served: ServedScore[]
  /** The indexes by which agents of arms rank. */
  index: ArmIndex[]
}

const limits = { memoryMb: 512, seconds: 60, maxRows: 1_000_000 }

/** The newest versions, newest first. */
export function newestVersions(layout: Layout, count: number): Promise<KnownVersion[]> {
  return versions(layout, `order by version desc limit ${count}`)
}

/** These versions, in this order; CONFIG_INVALID names the nearest one there is when one is missing. */
export async function namedVersions(layout: Layout, wanted: readonly number[]): Promise<KnownVersion[]> {
  const found = await versions(layout, `where version in (${wanted.join(', ')})`)
  const missing = wanted.find(version => !found.some(each => each.version === version))
  if (missing === undefined) return wanted.map(version => found.find(each => each.version === version)!)
  const [near] = await versions(layout, `order by abs(version - ${missing}) limit 1`)
  throw new RecstreamError(
    'CONFIG_INVALID',
    near === undefined
      ? 'No version has been published yet; the first comes after learn.checkpointEvery events.'
      : `There is no version ${missing}; the nearest is ${near.version}.`,
  )
}

async function versions(layout: Layout, chosen: string): Promise<KnownVersion[]> {
  // A version that was published again after a crash stands twice, alike; what a pipeline is judged by first comes first.
  const { rows } = await queryWarehouse(
    layout,
    `with chosen as (select distinct version, sequences, step, champion, weights_sha256 from models ${chosen})
     select chosen.*, scores.policy, scores.metric, scores.value, scores.events
     from chosen left join (select distinct * from scores) as scores using (version)
     order by chosen.version desc, metric in ('rmse', 'auc') desc, metric, policy`,
    limits,
  )
  const found = new Map<number, KnownVersion>()
  for (const [number, sequences, step, champion, sha, policy, metric, value, events] of rows) {
    const version = Number(number)
    const known = found.get(version) ?? {
      ...{ version, sequences: Number(sequences), step: Number(step) },
      ...{ champion: presentName(String(champion)), weightsSha256: String(sha), scores: [] },
      ...{ served: [], index: [] },
    }
    found.set(version, known)
    if (policy === null) continue
    known.scores.push({
      policy: String(policy),
      metric: String(metric),
      value: Number(value),
      events: Number(events),
    })
  }
  return [...found.values()].map(version => {
    const { scores: ofLists, index } = indexApart(version.scores)
    const { scores, served } = servedApart(ofLists)
    // Policies were called otherwise before; of lists and indexes it is an arm, which may have any name.
    const present = scores.map(score => ({ ...score, policy: presentName(score.policy) }))
    return { ...version, scores: present, served, index: index.map(inOrder) }
  })
}

/** Features as an index has them, by name where one is not known. */
function inOrder(index: ArmIndex): ArmIndex {
  const place = ({ feature }: { feature: string }) => (featureNames.indexOf(feature) + 100) % 100
  return { ...index, weights: index.weights.toSorted((a, b) => place(a) - place(b)) }
}
