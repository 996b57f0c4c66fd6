import type { Command } from 'commander'
import { expect, test } from 'vitest'
import generated from '../../pipelines/generated/index.ts'
import { createProgram } from '../../src/cli/program.ts'
import { policyNames, variantsIn } from '../../src/lab/simulate/variants.ts'
import { withSettings } from '../../src/pipeline/settings.ts'
import { blocksOf, pages, proseOf } from './markdown.ts'

/** Commands of a page: lines of its blocks, and what stands in backticks. */
const commands = [
  ...blocksOf('sh', '').flatMap(({ page, text }) => text.split('\n').map(line => [page, line] as const)),
  ...pages.flatMap(page => [...proseOf(page).matchAll(/`([^`\n]+)`/g)].map(([, code]) => [page, code!] as const)),
].flatMap(([page, line]) =>
  [...line.matchAll(/(?:^|\$ |&& |\| )npx recstream (.*)/g)].map(([, given]) => [page, wordsOf(given!)] as const),
)

/** Words of a shell's line up to a comment, a pipe, a redirection or a help's second column; `<a folder>` is one word. */
function wordsOf(line: string): string[] {
  const words: string[] = []
  for (const [word] of line
    .split('  ', 1)[0]!
    .matchAll(/'[^']*'|"[^"]*"|<[^>]+>|[^\s'"<]+(?:"[^"]*"|<[^>]+>)?\S*|<|\S+/g)) {
    if (['<', '>', '|', '&&', '#'].includes(word)) break
    words.push(word.replace(/^(['"])(.*)\1$/s, '$2'))
  }
  return words
}

/** The program, which does nothing and throws what is wrong with a line. */
async function idleProgram(): Promise<Command> {
  const program = await createProgram()
  const idle = (command: Command) => {
    command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} })
    if (command !== program) command.action((...given: unknown[]) => checkOptions(given.at(-1) as Command))
    for (const each of command.commands) idle(each)
  }
  idle(program)
  return program
}

/** Policies and settings are looked at when a command runs, so here too. */
function checkOptions(command: Command): void {
  const { set = {}, policies } = command.opts<{ set?: Record<string, string>; policies?: string }>()
  if (command.name() === 'simulate') {
    if (!policies?.includes('<')) variantsIn(policies ?? policyNames.join(','), set)
  } else if (command.name() !== 'tune') withSettings(generated, set)
}

test.each(commands)('%s: npx recstream %j is a line that the program takes', async (_, words) => {
  try {
    ;(await idleProgram()).parse(words, { from: 'user' })
  } catch (error) {
    expect(String((error as { code?: string }).code)).toMatch(/^commander\.(help|helpDisplayed|version)$/)
  }
})

test.each([
  [['start', 'kuairand', '--until-idel'], '--until-idel'],
  [['strat', 'kuairand'], 'strat'],
  [['start', 'kuairand', '--set', 'learn.sead=7'], 'learn.seed'],
  [['simulate', '--policies', 'dqn:gama=0'], 'gama'],
])('a mistyped option, command, setting or policy is not taken: %j', async (words, said) => {
  const program = await idleProgram()
  expect(() => program.parse(words, { from: 'user' })).toThrow(said)
})
