import { readLines } from '../../src/index.ts'

/** A row by the names in the header; undefined for a column that is not there. */
export type CsvRow = (column: string) => string | undefined

/** The rows of a CSV file with a header, in blocks; a field may be quoted but may not hold a line end. */
export async function* readCsv(path: string): AsyncGenerator<CsvRow[]> {
  let header: Map<string, number> | undefined
  for await (const lines of readLines(path)) {
    const rows: CsvRow[] = []
    for (const line of lines) {
      const fields = splitCsv(line)
      if (header === undefined) {
        header = new Map(fields.map((name, index) => [name, index]))
        continue
      }
      const index = header
      rows.push(column => fields[index.get(column) ?? -1])
    }
    yield rows
  }
}

/**
 * The fields of one line.
 *
 *     splitCsv('1,"[100,1k)",a "b"')   // ['1', '[100,1k)', 'a "b"']
 */
export function splitCsv(line: string): string[] {
  if (!line.includes('"')) return line.split(',')
  const fields: string[] = []
  for (let at = 0; at <= line.length; ) {
    if (line[at] === '"') {
      let end = line.indexOf('"', at + 1)
      while (end >= 0 && line[end + 1] === '"') end = line.indexOf('"', end + 2)
      if (end < 0) end = line.length
      fields.push(line.slice(at + 1, end).replaceAll('""', '"'))
      at = end + 2
      if (at === line.length + 1) break
    } else {
      const comma = line.indexOf(',', at)
      const end = comma < 0 ? line.length : comma
      fields.push(line.slice(at, end))
      at = end + 1
    }
  }
  return fields
}
