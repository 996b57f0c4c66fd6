import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { blocksOn } from '../docs/markdown.ts'

export interface PageClient {
  language: 'python' | 'js'
  /** What runs the file, such as ['python3', '-u']. */
  command: readonly string[]
  /** Where the file goes; its libraries are found from there. */
  folder: string
  broker: string
  /** The pipeline that takes the place of movielens. */
  pipeline: string
  /** What the first line of a list that it prints looks like; it is stopped once it has printed so many. */
  list: RegExp
  lists: number
  timeoutMs: number
}

/** Run a client of docs/guide/topics.md as it stands, but for the names of broker, pipeline and group; what it printed. */
export function runPageClient(client: PageClient): Promise<string> {
  const { language, command, folder, broker, pipeline, list, lists, timeoutMs } = client
  const { text } = blocksOn('docs/guide/topics.md').find(block => block.language === language)!
  const file = join(folder, language === 'python' ? 'page_client.py' : 'page-client.mjs')
  // A group of its own: who was stopped by force stays in a group for a while.
  const mine = text
    .replaceAll('127.0.0.1:9092', broker)
    .replace(/(["'])movielens\./g, `$1${pipeline}.`)
    .replace(/(["'])shop\1/g, `$1${pipeline}-${language}$1`)
  writeFileSync(file, mine)
  const [program, ...words] = [...command, file]
  const child = spawn(program!, words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  let errors = ''
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
    child.stderr.setEncoding('utf8').on('data', part => (errors += part))
    child.stdout.setEncoding('utf8').on('data', part => {
      printed += part
      if ((printed.match(list) ?? []).length >= lists) child.kill('SIGKILL')
    })
    child.on('close', () => {
      clearTimeout(timer)
      if (printed === '') reject(new Error(errors))
      else resolve(printed)
    })
  })
}
