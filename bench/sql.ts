import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../src/package-root.ts'
import { layoutOf } from '../src/run/layout.ts'
import { openWarehouse } from '../src/warehouse/open-warehouse.ts'
import type { Row } from './results.ts'

const bare = `
import { DuckDBInstance } from '@duckdb/node-api'
const instance = await DuckDBInstance.create(process.argv[1], { access_mode: 'READ_ONLY' })
const connection = await instance.connect()
console.log((await connection.runAndReadAll('select 1')).getRows())`

/**
 * From the start of `recstream sql "select 1"` to its end, beside a bare Node process that opens the same file and asks the
 * same. In turns, so that what else the machine does falls on both; the medians are compared.
 */
export async function benchSql(rounds: number, say: (line: string) => void, other: string | null): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-bench-'))
  try {
    const layout = layoutOf(folder, 'shop')
    await (await openWarehouse({ ...layout, file: layout.warehouse })).close()
    const ask = (root: string) => [join(root, 'dist/src/cli/main.js'), 'sql', 'select 1', '--data', folder]
    const kinds: [what: string, args: string[]][] = [
      ['a bare Node process', ['--input-type=module', '-e', bare, layout.warehouse]],
      ['`recstream sql "select 1"`', ask(packageRoot())],
      ...(other === null ? [] : [['the same of the other build', ask(other)] as [string, string[]]]),
    ]
    const taken = kinds.map((): number[] => [])
    say(`asking ${rounds} times each`)
    for (let round = 0; round <= rounds; round++) {
      for (const [k, [what, args]] of kinds.entries()) {
        const from = performance.now()
        const { status, stderr } = spawnSync(process.execPath, args, { cwd: packageRoot(), encoding: 'utf8' })
        if (status !== 0) throw new Error(`${what}: ${stderr}`)
        // The first one of each reads the program and makes the copy.
        if (round > 0) taken[k]!.push(performance.now() - from)
      }
    }
    const medians = taken.map(times => times.sort((a, b) => a - b)[times.length >> 1]!)
    return kinds.flatMap(([what], k): Row[] => [
      { what, value: medians[k]!, unit: 'ms' },
      ...(k === 0
        ? []
        : [{ what: '– times the bare process', value: medians[k]! / medians[0]!, unit: 'ratio' as const }]),
    ])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
