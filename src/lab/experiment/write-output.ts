import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plot } from './plots.ts'
import { renderSvg } from './render-svg.ts'

/** Write `summary.json`, `table.md` and the plots into a folder, in place of those that were there; returns the plots' names. */
export async function writeOutput(
  folder: string,
  { summary, table, plots }: { summary: object; table: string; plots: readonly Plot[] },
): Promise<string[]> {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`)
  writeFileSync(join(folder, 'table.md'), `${table}\n`)
  for (const file of readdirSync(folder)) if (file.endsWith('.svg')) rmSync(join(folder, file))
  const names: string[] = []
  for (const { name, spec } of plots) {
    writeFileSync(join(folder, `${name}.svg`), await renderSvg(spec))
    names.push(`${name}.svg`)
  }
  return names
}
