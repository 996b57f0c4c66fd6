import type { Attributes } from '../records/attribute-value.ts'
import type { Available, Item } from '../records/definition.ts'
import { shown } from '../settings/check.ts'
import { ofItemAlone, readExpression } from './expression.ts'

/** What is wrong with a pipeline's `available`, as a sentence; null when all is well. */
export function availableProblem({ name, available }: { name: string; available?: Available }): string | null {
  if (available === undefined || typeof available === 'function') return null
  if (typeof available !== 'string') {
    return `The setting available of ${name} must be an expression such as 'item.stock > 0' or a function of an item, not ${shown(available)}.`
  }
  const read = readExpression(available, 'true or false')
  if (typeof read === 'string') return `The setting available of ${name} ${read}.`
  if (ofItemAlone(read)) return null
  return `The setting available of ${name} must be about the item alone; what depends on the user or the moment is a rule: { show: ${shown(available)} }.`
}

/**
 * Whether items may be in lists, by their attributes; one of which nothing can be told may not.
 *
 *     const isAvailable = availability('item.stock > 0')
 *     isAvailable({ itemId: 'i1', … }, { stock: 0 })   // false
 *     isAvailable({ itemId: 'i1', … }, {})             // false
 */
export function availability(available: Available | undefined): (item: Item, attributes: Attributes) => boolean {
  if (available === undefined) return () => true
  if (typeof available === 'function') {
    return item => {
      try {
        return available(item) === true
      } catch {
        return false
      }
    }
  }
  const expression = readExpression(available, 'true or false')
  if (typeof expression === 'string') return () => false
  return ({ itemId, title, tags }, attributes) =>
    expression.evaluate({ item: { ...attributes, id: itemId, title, tags } }, () => {}) === true
}
