import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/package-root.ts'
import type { Rule } from '../../src/records/rules.ts'
import { rulesProblem } from '../../src/rules/rules-problem.ts'

const page = readFileSync(join(packageRoot(), 'docs', 'guide', 'rules.md'), 'utf8')
const rowsOf = (begin: RegExp) => [...page.matchAll(begin)].map(([, written, said]) => [written!, said!] as const)
const ruleOf = (written: string) => new Function(`return {${written}}`)() as Rule

test.each(rowsOf(/^\| `((?:name|show|cap): .*?)` \| (The rule .*) \|$/gm))(
  '%s is refused as the guide says',
  (written, said) => {
    expect(rulesProblem({ name: 'shop', rules: [ruleOf(written)] })).toBe(said)
  },
)

test('the guide has a right rule of each kind', () => {
  const rules = rowsOf(/^\| `\{ ((?:show|boost|cap|pin|spread): .*?) \}` \| (.*) \|$/gm).map(([written]) =>
    ruleOf(written),
  )
  expect(rules.map(rule => Object.keys(rule)[0])).toEqual(['show', 'boost', 'cap', 'pin', 'spread'])
  expect(rulesProblem({ name: 'shop', rules })).toBe(null)
})
