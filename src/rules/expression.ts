import type { ASTNode, ParseResult } from '@marcbachmann/cel-js'
import { shown } from '../settings/check.ts'
import { nearest } from '../settings/nearest.ts'
import { functionNames, language, longestExpression, type Scope, type ScopeName, scopeNames } from './language.ts'
import { Missing, quickly } from './quick.ts'
import { childrenOf, fieldsNeeded, macroNames, misquoted, namesRead } from './syntax.ts'

/** An expression that was read and checked. */
export interface Expression {
  readonly text: string
  /** The names that it uses; `item` alone: its value changes only with the item. */
  readonly reads: ReadonlySet<ScopeName>
  /** Fields by the name they are read of, such as item → price; null where it reads the whole. */
  readonly fields: Readonly<Record<'item' | 'user', ReadonlySet<string> | null>>
  /** Its value, or null where it has none: an attribute is missing, or does not fit. `failed` then receives why. */
  evaluate(scope: Scope, failed: (why: string) => void): unknown
}

/** What a rule expects of its expression. */
export type Wanted = 'true or false' | 'a value'

/**
 * Read and check an expression; a text is what is wrong with it, to be put behind "The rule … ".
 *
 *     readExpression('item.price < user.budget', 'true or false')   // { reads: {item, user}, evaluate, … }
 *     readExpression('itm.price < 10', 'true or false')
 *     // 'has an error at character 1: Unknown variable: itm; did you mean item?'
 *     readExpression('item.price < params.most', 'true or false', { params: true })
 */
export function readExpression(text: unknown, wanted: Wanted, { params = false } = {}): Expression | string {
  if (typeof text !== 'string' || text.trim() === '')
    return `needs an expression such as 'item.price < 20', not ${shown(text)}`
  if (text.length > longestExpression) return `has an expression longer than ${longestExpression} characters`
  let parsed: ParseResult
  try {
    parsed = language.parse(text)
  } catch (error) {
    return faultText(text, error)
  }
  const checked = parsed.check()
  if (!checked.valid) return faultText(text, checked.error)
  const type = numeric.has(parsed.ast.op) ? 'number or text' : checked.type
  if (wanted === 'true or false' && type !== 'bool' && type !== 'dyn') {
    return `must have an expression that is true or false; ${shown(text)} is a ${type}`
  }
  const costly = costProblem(parsed.ast) ?? literalProblem(text, parsed.ast)
  if (costly !== null) return costly
  const { reads, item, user } = namesRead(parsed.ast)
  if (reads.has('params') && !params) return faultText(text, new Error('Unknown variable: params'))
  const needed = fieldsNeeded(parsed.ast, wanted === 'true or false')
  const quick = wanted === 'true or false' ? quickly(parsed.ast) : null
  return {
    text,
    reads,
    fields: { item, user },
    evaluate(scope, failed) {
      const known = quick?.(scope)
      if (typeof known === 'boolean') return known
      // What the library throws is dear, and this is what it would say.
      const missing =
        known instanceof Missing
          ? known.field
          : (missingField(scope.item, needed.item) ?? missingField(scope.user, needed.user))
      if (missing !== null) {
        failed(`No such key: ${missing}`)
        return null
      }
      try {
        const value: unknown = parsed(scope)
        if (wanted === 'a value' || typeof value === 'boolean') return value
        failed(`it is ${shown(value)} and not true or false`)
      } catch (error) {
        failed(summary(error))
      }
      return null
    },
  }
}

function missingField(of: Scope['item'], fields: readonly string[]): string | null {
  for (const field of fields) if (of === undefined || of[field] === undefined || !Object.hasOwn(of, field)) return field
  return null
}

/** Whether an expression depends on the item alone, so that it is evaluated once per change of the item. */
export const ofItemAlone = ({ reads }: Expression): boolean => [...reads].every(name => name === 'item')

/** What these make is nothing that is true or false, whatever is in them. */
const numeric: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '-_'])

/** Loops in loops, and regular expressions, have no bound worth the name. */
function costProblem(node: ASTNode, inLoop = false): string | null {
  const [name, loops] =
    node.op === 'rcall' ? [node.args[0], macroNames.has(node.args[0])] : [node.op === 'call' ? node.args[0] : '', false]
  if (name === 'matches') {
    return 'uses matches(), whose time has no bound; take contains(), startsWith() or endsWith()'
  }
  if (loops && inLoop)
    return `has ${name}() within another loop; a list may be gone through once, not once per item of a list`
  for (const child of childrenOf(node)) {
    const problem = costProblem(child, inLoop || loops)
    if (problem !== null) return problem
  }
  return null
}

/** Texts that would never be equal to a number, and times that are none. */
function literalProblem(text: string, ast: ASTNode): string | null {
  const quoted = misquoted(ast)[0]
  if (quoted !== undefined) {
    return `compares an attribute with the text "${quoted}", but it arrives as ${quoted}: write ${quoted} without quotes, or string(…) around the attribute`
  }
  const walk = (node: ASTNode): string | null => {
    if (node.op === 'call' && ['duration', 'timestamp'].includes(node.args[0]) && node.args[1][0]?.op === 'value') {
      try {
        language.evaluate(text.slice(node.range.start, node.range.end))
      } catch (error) {
        return faultText(text, error, node.range.start)
      }
    }
    for (const child of childrenOf(node)) {
      const problem = walk(child)
      if (problem !== null) return problem
    }
    return null
  }
  return walk(ast)
}

function faultText(text: string, error: unknown, at = (error as { range?: { start: number } }).range?.start): string {
  const place = at === undefined ? '' : ` at character ${at + 1}`
  return `has an error${place} of ${shown(text)}: ${summary(error)}${suggestion(error)}`
}

function suggestion(error: unknown): string {
  const said = summary(error)
  const name = /^Unknown variable: (\w+)/.exec(said)?.[1]
  if (name !== undefined) {
    return `; an expression knows ${scopeNames.join(', ')}; the nearest is ${nearest(name, scopeNames, 1)[0]}`
  }
  const call = /no matching overload for '(?:[^']*\.)?(\w+)\(/.exec(said)?.[1]
  if (call === undefined || functionNames.includes(call)) return ''
  return `; the nearest functions are ${nearest(call, functionNames).join(', ')}`
}

const summary = (error: unknown): string =>
  (error as { summary?: string }).summary ?? (error instanceof Error ? error.message : String(error))
