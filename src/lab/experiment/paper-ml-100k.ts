import { paperTable } from './paper/table.ts'

/**
 * The paper's table on MovieLens 100K: RMSE and MAE on both scales and Ave_Reward, frozen on the last 20% of each user.
 *
 *     npx recstream experiment paper-ml-100k --source ml-100k
 */
export const paperMl100k = paperTable(
  'paper-ml-100k',
  "the paper's table: baselines and DDPG-LA, frozen on the last 20% of each user of MovieLens 100K",
)
