import { RecstreamError } from '../../errors.ts'

/** How an answer is written: as a text, */
export const textFormats = ['table', 'csv', 'json', 'jsonl', 'markdown'] as const
/** or as bytes. */
export const binaryFormats = ['parquet', 'arrow'] as const

export type TextFormat = (typeof textFormats)[number]
export type BinaryFormat = (typeof binaryFormats)[number]
export type Format = TextFormat | BinaryFormat

export function isBinary(format: Format): format is BinaryFormat {
  return (binaryFormats as readonly string[]).includes(format)
}

/** The format that a file's ending says; null where it says none. */
function formatOf(file: string): Format | null {
  const ending = /\.([a-z]+)$/.exec(file.toLowerCase())?.[1] ?? ''
  const known: Record<string, Format> = {
    csv: 'csv',
    json: 'json',
    jsonl: 'jsonl',
    ndjson: 'jsonl',
    md: 'markdown',
    parquet: 'parquet',
    arrow: 'arrow',
    arrows: 'arrow',
    txt: 'table',
  }
  return Object.hasOwn(known, ending) ? known[ending]! : null
}

/** The format that the options of a command ask for. */
export function formatFrom({ format, json, output }: { format?: Format; json?: true; output?: string }): Format {
  if (json && format !== undefined && format !== 'json') {
    throw new RecstreamError('CONFIG_INVALID', `--json and --format ${format} are two formats; give one.`)
  }
  return json ? 'json' : (format ?? (output === undefined ? null : formatOf(output)) ?? 'table')
}
