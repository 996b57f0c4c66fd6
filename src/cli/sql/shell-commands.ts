import { readFileSync } from 'node:fs'
import { RecstreamError } from '../../errors.ts'
import type { QueryResult } from '../../warehouse/sql/query.ts'
import { writeLines } from '../print/write-lines.ts'
import type { Asker } from './asker.ts'
import { type TextFormat, textFormats } from './formats.ts'
import { listTables, plotOf } from './print-answer.ts'
import { macrosQuery, tablesQuery } from './tables-query.ts'
import { terminalWidth } from './text-of.ts'

/** What a shell remembers from one statement to the next. */
export interface ShellState {
  asker: Asker
  seconds: number
  format: TextFormat
  parameters: Record<string, string>
  last: QueryResult | null
  /** Answer statements as if they had been typed. */
  run(text: string): Promise<void>
  leave(): void
}

interface ShellCommand {
  /** Names of the same in psql. */
  aliases: readonly string[]
  words: string
  help: string
  run(state: ShellState, words: readonly string[]): Promise<void>
}

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`

const namesQuery = `
select name, kind, about from (
  select table_name as name, 'table' as kind, coalesce(comment, '') as about from duckdb_tables()
    where database_name = current_database() and schema_name = 'main'
  union all select view_name, 'view', coalesce(comment, '') from duckdb_views()
    where database_name = current_database() and schema_name = 'main' and not internal)`

/** What begins with a point, by name. */
export const shellCommands: Readonly<Record<string, ShellCommand>> = {
  '.help': {
    aliases: ['\\?', '\\h'],
    words: '',
    help: 'what can be said here',
    run: async () => {
      const lines = Object.entries(shellCommands).map(
        ([name, { words, help, aliases }]) =>
          `${`${name} ${words}`.trim().padEnd(22)} ${help}${aliases.length > 0 ? ` (${aliases.join(', ')})` : ''}`,
      )
      await writeLines([
        'A statement ends with ";" and may take several lines. Ctrl-C ends a query, Ctrl-D the shell.',
        ...lines,
      ])
    },
  },
  '.tables': {
    aliases: ['\\dt', '\\d'],
    words: '[part of a name]',
    help: 'tables and views, and what each holds',
    run: async (state, [part = '']) =>
      show(state, `${namesQuery} where contains(name, ${literal(part)}) order by name`),
  },
  '.schema': {
    aliases: [],
    words: '[table]',
    help: 'columns with their types and meanings',
    run: async (state, [table]) =>
      table === undefined
        ? listTables(state.asker, 'table', state.seconds)
        : show(state, `select "column", type, meaning from (${tablesQuery}) where "table" = ${literal(table)}`),
  },
  '.macros': {
    aliases: ['\\df'],
    words: '',
    help: 'macros, and what each gives',
    run: async state => show(state, macrosQuery),
  },
  '.mode': {
    aliases: [],
    words: textFormats.join('|'),
    help: 'how answers are written',
    run: async (state, [mode = '']) => {
      const format = textFormats.find(each => each === mode)
      if (format === undefined) {
        throw new RecstreamError('CONFIG_INVALID', `An answer is written as ${textFormats.join(', ')}; name one.`)
      }
      state.format = format
    },
  },
  '.param': {
    aliases: ['\\set'],
    words: 'name value',
    help: 'what $name stands for in queries',
    run: async (state, [name, ...value]) => {
      if (name === undefined) {
        return writeLines(Object.entries(state.parameters).map(([name, value]) => `$${name} = ${value}`))
      }
      state.parameters[name] = value.join(' ')
    },
  },
  '.plot': {
    aliases: [],
    words: 'x y',
    help: 'two columns of the last answer, as points',
    run: async ({ last }, [x, y]) => {
      if (last === null || x === undefined || y === undefined) {
        throw new RecstreamError('CONFIG_INVALID', 'Ask a query, then .plot with the names of two of its columns.')
      }
      await writeLines([await plotOf(last, [x, y])])
    },
  },
  '.read': {
    aliases: ['\\i'],
    words: 'file',
    help: 'answer the statements of a file',
    run: async ({ run }, words) => run(textOf(words.join(' '))),
  },
  '.refresh': {
    aliases: [],
    words: '',
    help: 'read what the tables hold now; till then all answers are as of one event',
    run: async state => {
      await state.asker.refresh()
      await writeLines([state.asker.asOf(await state.asker.ask('select 1'))])
    },
  },
  '.quit': { aliases: ['.exit', '\\q'], words: '', help: 'leave, as Ctrl-D does', run: async ({ leave }) => leave() },
}

/** The command of a line, by its name or one that psql has for it; null where it is none. */
export function commandIn(line: string): { command: ShellCommand; words: string[] } | null {
  const [name = '', ...words] = line.trim().replace(/;$/, '').split(/\s+/)
  if (/^(quit|exit)$/i.test(name) && words.length === 0) return { command: shellCommands['.quit']!, words }
  if (!/^[.\\]/.test(name)) return null
  // psql shows one table by \d and its name, and all of them by \d alone.
  if (name === '\\d' && words.length > 0) return { command: shellCommands['.schema']!, words }
  const found = Object.entries(shellCommands).find(([each, { aliases }]) => each === name || aliases.includes(name))
  if (found === undefined) {
    throw new RecstreamError('CONFIG_INVALID', `There is no ${name}; .help lists what there is.`)
  }
  return { command: found[1], words }
}

async function show(state: ShellState, sql: string): Promise<void> {
  const { asTable } = await import('../../warehouse/sql/format.ts')
  await writeLines([asTable(await state.asker.ask(sql), terminalWidth())])
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new RecstreamError('SOURCE_MISSING', `There is no file ${file} to read statements from.`, { cause })
  }
}
