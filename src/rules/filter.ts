import type { Attributes } from '../records/attribute-value.ts'
import type { Filter } from '../records/question.ts'
import { type Expression, readExpression } from './expression.ts'
import type { ItemFacts } from './item-rules.ts'
import type { Scope } from './language.ts'
import type { ListOf } from './rule-set.ts'

/** What a request wants of its items. */
export interface ItemFilter {
  fits(item: number): boolean
  /** It was tried on as many items as may be; no further one fits. */
  readonly exceeded: boolean
}

/** Expressions that are kept read, and items on which one may be tried for a request. */
const [kept, mostTries] = [256, 10_000]

/**
 * Filters of requests: an expression over `item`, `user`, `context`, `now` and `params`, read once; items are slots.
 *
 *     const read = itemFilters(factsOf)
 *     const filter = read({ text: 'item.price < params.most', params: { most: 20 } }, whose)
 *     filter.fits(item)
 *
 * Returns a text where it cannot be read: what is wrong, to be put behind "The filter ". An item for which it has no value does
 * not fit.
 */
export function itemFilters(
  factsOf: (item: number) => ItemFacts,
): (filter: Filter, whose: ListOf) => ItemFilter | string {
  const expressions = new Map<string, Expression | string>()
  const seen: { attributes: Attributes; scope: NonNullable<Scope['item']> }[] = []

  const expressionOf = (text: string): Expression | string => {
    const known = expressions.get(text)
    if (known !== undefined) expressions.delete(text)
    const expression = known ?? readExpression(text, 'true or false', { params: true })
    expressions.set(text, expression)
    if (expressions.size > kept) expressions.delete(expressions.keys().next().value!)
    return expression
  }
  const scopeOf = (item: number): NonNullable<Scope['item']> => {
    const { id, title, tags, attributes } = factsOf(item)
    const before = seen[item]
    // Attributes are the same object until anything changes.
    if (before?.attributes === attributes && before.scope['id'] === id) return before.scope
    const scope = { ...attributes, attributes, id, tags, ...(title === null ? {} : { title }) }
    seen[item] = { attributes, scope }
    return scope
  }

  return ({ text, params }, { user, time, context }) => {
    const expression = expressionOf(text)
    if (typeof expression === 'string') return expression
    const now = new Date(time)
    const scope: Scope = {
      user: { ...user.attributes, attributes: user.attributes, id: user.id, events: user.events },
      context: { ...context, time: now },
      ...{ now, params },
    }
    let tries = 0
    return {
      fits(item) {
        tries += 1
        if (tries > mostTries) return false
        scope.item = scopeOf(item)
        return expression.evaluate(scope, () => {}) === true
      },
      get exceeded() {
        return tries > mostTries
      },
    }
  }
}
