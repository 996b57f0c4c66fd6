import { colours } from '../print/colours.ts'
import { table } from '../print/table.ts'

/** The answers to `tablesQuery` and `macrosQuery` for a person. */
export function tablesText(rows: readonly (readonly string[])[], macros: readonly (readonly string[])[]): string {
  const { bold } = colours()
  const tables = new Map<string, readonly string[][]>()
  for (const [name, ...rest] of rows) tables.set(name!, [...(tables.get(name!) ?? []), rest])
  const described = [...tables].map(([name, columns]) => {
    const cells = columns.map(([, column, type, meaning]) => [column!, type!, meaning!])
    return `${bold(name)}: ${columns[0]![0]}\n${table(['column', 'type', 'meaning'], cells, { indent: 2 })}`
  })
  const called = macros.map(([macro, about]) => `${bold(macro!)}: ${about}`)
  return [...described, ...called].join('\n\n')
}
