/** What a behaviour of a pipeline means to its lists. */
export interface BehaviourMeaning {
  /**
   * When an item may be shown to a user again after this: at once ('always'), not any more ('never'), or so many
   * milliseconds of event time later.
   */
  again: 'always' | 'never' | number
  /** Whether lists are there to bring it about. */
  target: boolean
  /** Whether it says that the user does not want the item. */
  against: boolean
}

/** Names of behaviours, or what each means as far as it is not what its name suggests. */
export type GivenBehaviours = readonly string[] | Readonly<Record<string, Partial<BehaviourMeaning>>>

/** Names that say by themselves what they mean, in small letters and with nothing but letters. */
export const wellKnownBehaviours = {
  purchase: words('buy bought purchase purchased order ordered checkout pay paid transaction sale'),
  repeated: words('rebuy reorder repurchase'),
  cart: words('cart addtocart basket addtobasket'),
  step: words(
    'view viewed productview pageview pv detail click clicked fav favourite favorite wish wishlist like save bookmark',
  ),
  listening: words('listen listened play played scrobble'),
  against: words(
    'dislike disliked hide hidden hate block blocked report reported downvote thumbsdown notinterested return returned refund refunded cancel cancelled',
  ),
  takenBack: words('removefromcart removefrombasket unfav unlike unsave removefromwishlist'),
  skip: words('skip skipped'),
} as const

/** How a name is looked up among the well-known ones. */
type Kind = keyof typeof wellKnownBehaviours | 'other'

/**
 * What behaviours mean: what is said of each, and for the rest what its name suggests.
 *
 *     behaviourMeanings(['view', 'buy'])
 *     // view: { again: 'always', target: false, … }, buy: { again: 'never', target: true, … }
 *     behaviourMeanings({ view: { again: 3_600_000 }, buy: {} })   // what was viewed comes back after an hour
 *
 * Where one is said to be a target, those of which nothing is said are none. A name that says nothing is a target that
 * does not come back, and in a shop no target.
 */
export function behaviourMeanings(given: GivenBehaviours): Record<string, BehaviourMeaning> {
  const said: Readonly<Record<string, Partial<BehaviourMeaning>>> = Array.isArray(given)
    ? Object.fromEntries(given.map(name => [name, {}]))
    : { ...(given as Record<string, Partial<BehaviourMeaning>>) }
  const names = Object.keys(said)
  const kinds = new Set(names.map(kindOf))
  const chosen = Object.values(said).some(each => each?.target === true)
  return Object.fromEntries(
    names.map(name => {
      const own = said[name]
      // Whoever checks the definition says what is wrong with it.
      if (typeof own !== 'object' || own === null) return [name, own as never]
      const suggested = suggestedMeaning(kindOf(name), kinds)
      const against = own.against ?? (own.target === true ? false : suggested.against)
      const target = own.target ?? (!chosen && !against && suggested.target)
      return [name, { again: suggested.again, ...own, target, against }]
    }),
  )
}

function suggestedMeaning(kind: Kind, kinds: ReadonlySet<Kind>): BehaviourMeaning {
  const bought = kinds.has('purchase') || kinds.has('repeated')
  const music = kinds.has('listening')
  const shop = bought || kinds.has('cart')
  switch (kind) {
    case 'purchase':
      return { again: 'never', target: true, against: false }
    case 'repeated':
      return { again: 'always', target: true, against: false }
    case 'listening':
      return { again: 'always', target: !bought, against: false }
    case 'cart':
      return { again: 'always', target: !bought, against: false }
    case 'step':
      return { again: shop || music ? 'always' : 'never', target: !shop, against: false }
    case 'against':
      return { again: 'never', target: false, against: true }
    case 'takenBack':
      return { again: 'always', target: false, against: true }
    case 'skip':
      return { again: music ? 'always' : 'never', target: false, against: true }
    case 'other':
      return { again: 'never', target: !shop, against: false }
  }
}

function kindOf(name: string): Kind {
  const plain = name.toLowerCase().replace(/[^\p{L}]/gu, '')
  for (const [kind, names] of Object.entries(wellKnownBehaviours)) if (names.has(plain)) return kind as Kind
  return 'other'
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(' '))
}
