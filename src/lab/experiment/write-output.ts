import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { RecstreamError } from '../../errors.ts'
import type { Plot } from './plots.ts'
import { renderSvg } from './render-svg.ts'

/** The plots that were written, by file name; why there are none where they cannot be drawn on this machine. */
export interface WrittenPlots {
  plots: string[]
  undrawn: RecstreamError | null
}

/**
 * Write `summary.json`, `table.md` and the plots into a folder, in place of those that were there.
 *
 *     const { plots, undrawn } = await writeOutput(folder, { summary, table, plots: plotsOf(summary) })
 */
export async function writeOutput(
  folder: string,
  { summary, table, plots }: { summary: object; table: string; plots: readonly Plot[] },
): Promise<WrittenPlots> {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`)
  writeFileSync(join(folder, 'table.md'), `${table}\n`)
  for (const file of readdirSync(folder)) if (file.endsWith('.svg')) rmSync(join(folder, file))
  const names: string[] = []
  try {
    for (const { name, spec } of plots) {
      writeFileSync(join(folder, `${name}.svg`), await renderSvg(spec))
      names.push(`${name}.svg`)
    }
  } catch (error) {
    if (error instanceof RecstreamError && error.code === 'TOOL_MISSING') return { plots: names, undrawn: error }
    throw error
  }
  return { plots: names, undrawn: null }
}
