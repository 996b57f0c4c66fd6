/** Scores that every ranker has, in the order of the columns. */
export const scored = [
  'sequence',
  'sequence-flat',
  'forward',
  'lately',
  'long',
  'last',
  'count',
  'popularity-short',
  'popularity-middle',
  'popularity-long',
  'popularity-at-length',
  'likeness',
  'neighbours',
  'unwanted',
] as const

/** What an item that the user has had was to the user. */
export const ownNames = [
  'own',
  'own-last',
  'own-place',
  'own-fresh',
  'own-times',
  'own-worth',
  'own-repeater',
  'own-against',
] as const

/** The weights to begin with: what followed the last items, until the ranker knows better. */
export function initialWeights(names: readonly string[]): number[] {
  const start: Record<string, number> = {
    'log sequence': 1,
    'sequence-flat': 0.5,
    unwanted: -1,
    disapproval: -4,
    'popularity for newcomers': 0.5,
    own: 1,
    'own-place': 3,
    'own-fresh': 1,
    'own-against': 5,
  }
  return names.map(name => start[name] ?? 0)
}
