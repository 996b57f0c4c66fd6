import { cosineNeighbours } from './item-knn.ts'
import { linearItems } from './linear.ts'
import { onlinePolicy } from './online-policy.ts'
import { popularItems } from './popular.ts'
import type { MakeRankingPolicies } from './ranking-policy.ts'
import { sequential } from './sequential.ts'

export interface RankingEntry {
  name: string
  make: MakeRankingPolicies
  /** Names of the further policies that `make` gives, which share the first one's pass. */
  alongside?: readonly string[]
  /** Learns to rank as events come, which makes sense only where they come one by one. */
  online?: boolean
}

/** What ranks in the experiments, by the name of the first policy that each makes. */
export const rankingPolicies: readonly RankingEntry[] = [
  { name: 'popularity', make: popularItems, alongside: ['decayed popularity'] },
  { name: 'sequential transitions', make: sequential },
  { name: 'item-kNN (cosine)', make: cosineNeighbours },
  {
    name: 'EASE',
    make: linearItems,
    alongside: ['EASE, half-life 3', 'EASE, half-life 5', 'EASE, half-life 10'],
  },
  { name: 'online ranker', online: true, make: ratings => [onlinePolicy(ratings)] },
  { name: 'online ranker with EASE', online: true, make: ratings => [onlinePolicy(ratings, { easeItems: 4096 })] },
  {
    name: 'online ranker with EASE and sequences',
    online: true,
    make: ratings => [onlinePolicy(ratings, { easeItems: 4096, networks: 3 })],
  },
]
