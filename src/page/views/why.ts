import { h } from '../dom.ts'
import { decimal } from '../format.ts'

/** A list as the service answers it. */
export interface AskedList {
  recommendationId: string
  policy: string
  arm: string
  modelVersion: number
  items: { itemId: string; score: number; propensity: number; reason: string }[]
  short: string | null
  explanations?: (Explanation | null)[]
}

interface Explanation {
  parts?: { part: string; reward: number }[]
  alike?: { itemId: string; share: number }[]
  rules?: string[]
  followed?: { itemId: string; times: number } | null
}

/** Why an item is there, as lines to unfold; null where nothing is said. */
export function reasonsOf(explanation: Explanation | null | undefined): HTMLElement | null {
  if (explanation === null || explanation === undefined) return null
  const { parts = [], alike = [], rules = [], followed = null } = explanation
  const lines = [
    ...parts.map(({ part, reward }) => `${part}: ${reward >= 0 ? '+' : ''}${decimal(reward, 3)}`),
    ...alike.slice(0, 3).map(({ itemId, share }) => `people agree on it and on ${itemId} (${decimal(share, 2)})`),
    ...(followed === null ? [] : [`it followed ${followed.itemId} ${followed.times} times`]),
    ...rules,
  ]
  if (lines.length === 0) return null
  return h('details', {}, h('summary', {}, 'In numbers'), h('ul', {}, ...lines.map(line => h('li', {}, line))))
}
