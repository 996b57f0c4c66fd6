import { Environment } from '@marcbachmann/cel-js'

/** The names that an expression may use, and what they hold; `params` only where somebody gives some. */
export const scopeNames = ['item', 'user', 'context', 'now'] as const
export type ScopeName = (typeof scopeNames)[number] | 'params'

/** What an expression is evaluated on: plain objects, numbers as numbers, times as dates. */
export type Scope = { [Name in ScopeName]?: Name extends 'now' ? Date : Readonly<Record<string, unknown>> }

/** An expression is at most this long, and this large once it is read. */
export const longestExpression = 2_000
const limits = { maxAstNodes: 500, maxDepth: 40, maxListElements: 200, maxMapEntries: 50, maxCallArguments: 8 }

const time = 'google.protobuf.Timestamp'

/**
 * CEL as rules speak it: every number of an item or user is a double, so arithmetic takes whole literals beside doubles.
 *
 * CEL itself does not convert (`item.price * 2` is an error there, `item.price * 2.0` is not), which nobody who writes a
 * rule expects; comparisons convert in CEL too.
 */
function celEnvironment(): Environment {
  const environment = new Environment({ homogeneousAggregateLiterals: false, limits })
    .registerVariable('item', 'map<string, dyn>')
    .registerVariable('user', 'map<string, dyn>')
    .registerVariable('context', 'map<string, dyn>')
    .registerVariable('params', 'map<string, dyn>')
    .registerVariable('now', time)
  const operators: Record<string, (a: number, b: number) => number> = {
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '/': (a, b) => a / b,
  }
  for (const [sign, apply] of Object.entries(operators)) {
    for (const [left, right] of [
      ['double', 'int'],
      ['int', 'double'],
    ]) {
      environment.registerOperator(`${left} ${sign} ${right}: double`, (a, b) => apply(Number(a), Number(b)))
    }
  }
  return environment.registerFunction(`timestamp(double): ${time}`, (seconds: number) => new Date(1000 * seconds))
}

export const language = celEnvironment()

/** Functions and macros by name, methods among them. */
export const functionNames: readonly string[] = [
  ...new Set(language.getDefinitions().functions.map(({ name }) => name)),
]
