import type { ASTNode } from '@marcbachmann/cel-js'
import { attributeValue } from '../records/attribute-value.ts'
import { type ScopeName, scopeNames } from './language.ts'

const names: ReadonlySet<string> = new Set([...scopeNames, 'params'])

/** Macros that go through a list. */
export const macroNames: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter'])

/** The parts of an expression that are expressions themselves. */
export function childrenOf(node: ASTNode): ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return []
    case '.':
    case '.?':
      return [node.args[0]]
    case 'call':
      return node.args[1]
    case 'rcall':
      return [node.args[1], ...node.args[2]]
    case 'list':
      return node.args
    case 'map':
      return node.args.flat()
    case '!_':
    case '-_':
      return [node.args]
    default:
      return [...node.args]
  }
}

/** The field that a node reads of a name, as in `item.price` and `item["price"]`. */
export function fieldOf(node: ASTNode): { of: string; field: string } | null {
  if (node.op === '.' && node.args[0].op === 'id') return { of: node.args[0].args, field: node.args[1] }
  if (node.op !== '[]' || node.args[0].op !== 'id' || node.args[1].op !== 'value') return null
  const field = node.args[1].args
  return typeof field === 'string' ? { of: node.args[0].args, field } : null
}

/** The names that an expression uses, and the fields that it reads of items and users; null where it reads the whole. */
export function namesRead(ast: ASTNode): {
  reads: Set<ScopeName>
  item: Set<string> | null
  user: Set<string> | null
} {
  const reads = new Set<ScopeName>()
  const fields: Record<string, Set<string> | null> = { item: new Set(), user: new Set() }
  const walk = (node: ASTNode): void => {
    const read = fieldOf(node)
    const name = read === null ? (node.op === 'id' ? node.args : null) : read.of
    // A loop's variable may be called like one of ours; then more seems to be read than is, which does no harm.
    if (name !== null && names.has(name)) reads.add(name as ScopeName)
    if (read !== null) {
      fields[read.of]?.add(read.field)
      return
    }
    if (name !== null && name in fields) fields[name] = null
    for (const child of childrenOf(node)) walk(child)
  }
  walk(ast)
  return { reads, item: fields['item']!, user: fields['user']! }
}

/**
 * Fields of items and users without which an expression has no value, or with `orFalse` is at best false: those that it
 * reads but not under has(), in a branch, in a loop, or beside another side that could decide alone.
 */
export function fieldsNeeded(ast: ASTNode, orFalse: boolean): Readonly<Record<'item' | 'user', readonly string[]>> {
  const needed = { item: new Set<string>(), user: new Set<string>() }
  const walk = (node: ASTNode, top = false): void => {
    const read = fieldOf(node)
    if (read?.of === 'item' || read?.of === 'user') needed[read.of].add(read.field)
    if (read === null) for (const part of partsNeeded(node, top)) walk(part, top && node.op === '&&')
  }
  walk(ast, orFalse)
  return { item: [...needed.item], user: [...needed.user] }
}

/** Parts without which a node has no value; with `orFalse` it may be false instead. */
function partsNeeded(node: ASTNode, orFalse: boolean): ASTNode[] {
  if (node.op === '||' || (node.op === '&&' && !orFalse)) return []
  if (node.op === '?:') return [node.args[0]]
  if (node.op === 'call' && node.args[0] === 'has') return []
  if (node.op === 'rcall' && (macroNames.has(node.args[0]) || node.args[0] === 'bind')) return [node.args[1]]
  return childrenOf(node)
}

/** Texts such as "20" or "true" that are compared with an attribute, which would be a number or true or false. */
export function misquoted(node: ASTNode): string[] {
  const own = compared.has(node.op) ? comparedTexts(childrenOf(node)) : []
  return [...own, ...childrenOf(node).flatMap(misquoted)]
}

const compared: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', 'in'])
/** Fields that are texts, or lists of texts, whatever they hold. */
const texts: ReadonlySet<string> = new Set(['id', 'title', 'tags', 'arm'])

function comparedTexts(sides: readonly ASTNode[]): string[] {
  const attribute = sides.map(fieldOf).find(read => read !== null)
  if (attribute === undefined || texts.has(attribute.field)) return []
  return sides
    .flatMap(side => (side.op === 'list' ? side.args : [side]))
    .flatMap(side => (side.op === 'value' && typeof side.args === 'string' ? [side.args] : []))
    .filter(text => typeof attributeValue(text) !== 'string')
}
