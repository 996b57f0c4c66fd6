import type { Layout } from '../../run/layout.ts'
import { queryWarehouse } from '../sql/query-warehouse.ts'

/** What the users of an arm brought, as the warehouse has it; reward is per user, over the days. */
export interface ArmResult {
  arm: string
  policy: string
  users: number
  /** Users whose days are over: only they are compared. */
  completeUsers: number
  /** Users who got lists of another arm later. */
  movedUsers: number
  mean: number
  variance: number
}

const limits = { memoryMb: 1024, seconds: 300, maxRows: 10_000 }

/** Arms with at least one list, by name. */
export async function armResults(layout: Layout, days: number, since: number | undefined): Promise<ArmResult[]> {
  const from = since === undefined ? 'NULL' : `TIMESTAMP '${new Date(since).toISOString().slice(0, -1)}'`
  const { rows } = await queryWarehouse(layout, `FROM arm_rewards(days := ${days}, since := ${from})`, limits)
  return rows.map(([arm, policy, users, complete, moved, mean, variance]) => ({
    ...{ arm: String(arm), policy: String(policy) },
    ...{ users: Number(users), completeUsers: Number(complete), movedUsers: Number(moved) },
    ...{ mean: Number(mean ?? Number.NaN), variance: Number(variance ?? Number.NaN) },
  }))
}
