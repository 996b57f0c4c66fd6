import type { Layout } from '../../run/layout.ts'
import { snapshotOf } from '../../run/snapshot-of.ts'
import type { QueryLimits, QueryResult } from '../../warehouse/sql/query.ts'
import { runQuery } from '../../warehouse/sql/run-query.ts'

/** Ask a pipeline's warehouse: a snapshot from its owner while the pipeline runs, else a copy of the file. */
export async function queryWarehouse(layout: Layout, sql: string, limits: QueryLimits): Promise<QueryResult> {
  return runQuery({ snapshot: (await snapshotOf(layout)).snapshot, sql, limits })
}
