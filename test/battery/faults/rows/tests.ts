import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { root } from '../../../promises/command.ts'
import type { Trial, Tried } from '../row.ts'

interface Results {
  numPassedTests: number
  numFailedTests: number
  testResults: {
    name: string
    message?: string
    status: string
    assertionResults: { fullName: string; status: string; failureMessages: string[] }[]
  }[]
}

/** A file of tests that hold a row, run once more; each test is one fault. */
export function testsIn(file: string, options: { count: number; named?: string; env?: Record<string, string> }): Trial {
  const { count, named, env = {} } = options
  return {
    name: named === undefined ? file : `${file}: ${named}`,
    count,
    async run({ folder }): Promise<Tried> {
      const report = join(folder, 'tests.json')
      const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
      const which = named === undefined ? [file] : [file, '--testNamePattern', named]
      const args = [vitest, 'run', ...which, '--reporter=json', `--outputFile=${report}`]
      await new Promise(resolve => {
        const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, ...env }, stdio: 'ignore' })
        child.on('close', resolve)
      })
      const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8')) as Results
      const unread = testResults.filter(
        ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
      )
      const failed = testResults.flatMap(({ assertionResults }) =>
        assertionResults.filter(({ status }) => status === 'failed'),
      )
      const tried = numPassedTests + numFailedTests + unread.length
      return {
        tried,
        held: numPassedTests,
        differences: [
          ...unread.map(({ name, message }) => `${name}: ${message}`),
          ...failed.map(({ fullName, failureMessages }) => `${fullName}: ${failureMessages[0]}`),
          ...(tried === 0 ? ['no test was run'] : []),
        ],
      }
    },
  }
}
