import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { RecstreamError } from '../../errors.ts'
import { count } from '../../records/words.ts'
import { layoutOf } from '../../run/layout.ts'
import { sharedSnapshots } from '../../run/shared-snapshots.ts'
import { snapshotOf } from '../../run/snapshot-of.ts'
import type { QueryResult } from '../../warehouse/sql/query.ts'
import { allStatements } from '../../warehouse/sql/split-statements.ts'
import { choosePipeline, nameOf } from '../choose-pipeline.ts'
import { say, writeLines } from '../print/write-lines.ts'
import { type Asker, openAsker } from './asker.ts'
import type { Begun, SqlOptions } from './begin-session.ts'
import { type Format, isBinary } from './formats.ts'
import { listTables, plotOf, sayTruncated } from './print-answer.ts'
import { textOf } from './text-of.ts'

/** Answer queries, list the tables and macros, or open the shell. */
export async function askWarehouse(
  given: string | undefined,
  options: SqlOptions,
  { format, session }: Begun,
): Promise<void> {
  const { name, layout, take } = await chosen(options)
  const [query, plot] = plotFrom(given, options)
  const shell =
    query === undefined &&
    options.file === undefined &&
    process.stdin.isTTY &&
    options.format === undefined &&
    !options.json
  const asker = openAsker(take, session)
  if (shell) {
    const { runShell } = await import('./shell.ts')
    return runShell(asker, { name, layout, seconds: options.seconds, parameters: options.param })
  }
  const statements = allStatements(await textToAsk(query, options.file))
  if (statements.length === 0) await listTables(asker, format, options.seconds)
  else await answerAll(asker, statements, format, plot, options)
}

/** Which tables are asked: those of a pipeline here, or what hosts have put together in a folder. */
async function chosen({ pipeline, data, snapshots }: SqlOptions) {
  if (snapshots === undefined) {
    const { name, layout } = await choosePipeline(pipeline, data)
    return { name, layout, take: () => snapshotOf(layout) }
  }
  const given = pipeline === undefined ? undefined : await nameOf(pipeline)
  const { name } = sharedSnapshots(snapshots, given)
  return { name, layout: layoutOf(data, name), take: async () => sharedSnapshots(snapshots, name) }
}

async function answerAll(
  asker: Asker,
  statements: readonly string[],
  format: Format,
  plot: readonly [string, string] | null,
  options: SqlOptions,
): Promise<void> {
  if (isBinary(format)) {
    if (statements.length > 1) {
      throw new RecstreamError(
        'CONFIG_INVALID',
        `These are ${statements.length} statements, and ${format} holds the rows of one; give one.`,
      )
    }
    const { writeBinary } = await import('./write-binary.ts')
    const result = await writeBinary(asker, statements[0]!, options.param, { format, target: options.output })
    return sayAbout(asker, result)
  }
  const texts: string[] = []
  let last: QueryResult | null = null
  for (const [k, sql] of statements.entries()) {
    last = await asker.ask(sql, { parameters: options.param })
    const text =
      plot === null
        ? textOf(last, format, {
            seconds: options.seconds,
            asOf: asker.asOf(last),
          })
        : await plotOf(last, plot)
    // A blank line ends a table, for people and in Markdown.
    const lines = k > 0 && (format === 'table' || format === 'markdown') ? ['', text] : [text]
    if (options.output === undefined) await writeLines(lines)
    else texts.push(...lines)
    if (last.truncated) sayTruncated(last)
  }
  if (options.output !== undefined) writeFileSync(options.output, `${texts.join('\n')}\n`)
  if (format !== 'table' || plot !== null) sayAsOf(asker, last!)
}

function sayAbout(asker: Asker, result: QueryResult): void {
  if (result.truncated) say(`Only the first ${count(result.count)} rows are written; see --max-rows.`)
  sayAsOf(asker, result)
}

function sayAsOf(asker: Asker, result: QueryResult): void {
  const words = asker.asOf(result)
  say(`${words[0]!.toUpperCase()}${words.slice(1)}.`)
}

/** `--plot x y "select …"`: the query stands behind the columns. */
function plotFrom(
  query: string | undefined,
  { plot, format, json }: SqlOptions,
): [query: string | undefined, plot: readonly [string, string] | null] {
  if (plot === undefined) return [query, null]
  const [x, y, behind, ...more] = plot
  if (x === undefined || y === undefined || more.length > 0 || (behind !== undefined && query !== undefined)) {
    throw new RecstreamError('CONFIG_INVALID', '--plot takes the names of two columns, such as --plot version value.')
  }
  if (json || (format !== undefined && format !== 'table')) {
    throw new RecstreamError('CONFIG_INVALID', 'A plot is for a terminal; leave --plot or the format out.')
  }
  return [query ?? behind, [x, y]]
}

/** What was given as the query, in a file, or on stdin where that is no terminal. */
async function textToAsk(query: string | undefined, file: string | undefined): Promise<string> {
  if (query !== undefined && file !== undefined) {
    throw new RecstreamError('CONFIG_INVALID', 'Give a query or --file, not both.')
  }
  if (query !== undefined && query !== '-') return query
  if (file === undefined || file === '-') return process.stdin.isTTY && query === undefined ? '' : await fromStdin()
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
  } catch (cause) {
    throw new RecstreamError('SOURCE_MISSING', `There is no file ${resolve(file)} to read queries from.`, { cause })
  }
}

async function fromStdin(): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of process.stdin) parts.push(part as Buffer)
  return Buffer.concat(parts)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
}
