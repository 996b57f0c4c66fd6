import { createInterface } from 'node:readline'
import type { Layout } from '../../run/layout.ts'
import { allStatements, splitStatements } from '../../warehouse/sql/split-statements.ts'
import { say, showKey, writeLines } from '../print/write-lines.ts'
import { problemOf } from '../report-error.ts'
import type { Asker } from './asker.ts'
import { completions, namesIn } from './completion.ts'
import { addToHistory, oneLine, readHistory } from './history.ts'
import { sayTruncated } from './print-answer.ts'
import { commandIn, type ShellState, shellCommands } from './shell-commands.ts'
import { textOf } from './text-of.ts'

interface ShellOptions {
  /** Of the pipeline. */
  name: string
  layout: Pick<Layout, 'sqlHistory'>
  seconds: number
  parameters: Record<string, string>
}

/** Ask and answer on a terminal until Ctrl-D. What goes wrong is said, and the shell goes on. */
export function runShell(asker: Asker, { name, layout, seconds, parameters }: ShellOptions): Promise<void> {
  const prompt = `${name}> `
  const more = `${'.'.repeat(name.length)}> `
  const state: ShellState = {
    asker,
    seconds,
    format: 'table',
    parameters: { ...parameters },
    last: null,
    leave: () => {},
    run: async text => {
      for (const sql of allStatements(text)) await answer(state, sql)
    },
  }
  let names: string[] = []
  let typed = ''
  let running = false
  /** Lines come faster than answers where somebody pastes them. */
  let work: Promise<unknown> = Promise.resolve()

  return new Promise(resolve => {
    const lines = createInterface({
      input: process.stdin,
      output: process.stdout,
      terminal: true,
      history: readHistory(layout.sqlHistory),
      historySize: 1_000,
      removeHistoryDuplicates: true,
      prompt,
      completer: (line: string) => completions(line, names, Object.keys(shellCommands)),
    })
    state.leave = () => lines.close()
    // The lines of a statement, which readline remembers each by itself, become one entry.
    let history: string[] = []
    lines.on('history', entries => {
      history = entries
    })
    const remember = (statement: string, lineCount: number) => {
      history.splice(0, Math.min(lineCount, history.length), oneLine(statement))
      addToHistory(layout.sqlHistory, statement)
    }
    const ask = (text: string = '') => {
      lines.setPrompt(text)
      lines.prompt()
    }

    const take = async (line: string): Promise<void> => {
      const command = typed === '' ? commandIn(line) : null
      if (command !== null) {
        addToHistory(layout.sqlHistory, line)
        return command.command.run(state, command.words)
      }
      const lineCount = typed === '' ? 1 : typed.split('\n').length
      typed += `${line}\n`
      const { statements, rest } = splitStatements(typed)
      if (statements.length === 0) {
        if (rest === null) typed = ''
        return
      }
      remember(typed.trim(), lineCount)
      typed = rest === null ? '' : `${rest}\n`
      for (const sql of statements) await answer(state, sql)
    }

    lines.on('line', line => {
      work = work.then(async () => {
        running = true
        await take(line).catch(sayProblem)
        running = false
        if (!closed) ask(typed === '' ? prompt : more)
      })
    })
    lines.on('SIGINT', () => {
      if (running) return asker.interrupt()
      typed = ''
      showKey('^C')
      // What stands on the line goes too.
      lines.write(null, { ctrl: true, name: 'e' })
      lines.write(null, { ctrl: true, name: 'u' })
      ask(prompt)
    })
    let closed = false
    lines.on('close', () => {
      closed = true
      asker.interrupt()
      showKey('')
      work.then(() => resolve())
    })

    work = work.then(async () => {
      await welcome(asker).catch(sayProblem)
      names = await namesIn(asker).catch(() => [])
      ask(prompt)
    })
  })
}

async function welcome(asker: Asker): Promise<void> {
  const now = asker.asOf(await asker.ask('select 1'))
  await writeLines([`The tables are ${now}. A statement ends with ";", .help says what else there is, Ctrl-D leaves.`])
}

async function answer(state: ShellState, sql: string): Promise<void> {
  const { asker, parameters, format, seconds } = state
  const result = await asker.ask(sql, { parameters })
  state.last = result
  await writeLines([textOf(result, format, { seconds, asOf: asker.asOf(result) })])
  if (result.truncated) sayTruncated(result)
}

function sayProblem(error: unknown): void {
  const { code, message } = problemOf(error)
  say(`error[${code}]: ${message}`)
}
