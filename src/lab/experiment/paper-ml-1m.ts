import { paperTable } from './paper/table.ts'

/**
 * The same table on MovieLens 1M, which nothing was tuned on.
 *
 *     npx recstream experiment paper-ml-1m --source ml-1m --seeds 1
 */
export const paperMl1m = paperTable(
  'paper-ml-1m',
  "the paper's table: baselines and DDPG-LA, frozen on the last 20% of each user of MovieLens 1M",
)
