import { type BehaviourMeaning, behaviourMeanings, wellKnownBehaviours } from '../../../src/records/behaviours.ts'

const about: Readonly<Record<keyof typeof wellKnownBehaviours | 'other', string>> = {
  purchase: 'a purchase',
  repeated: 'a purchase of what is used up',
  cart: 'into the cart',
  step: 'a step towards something',
  listening: 'music',
  against: 'a wish against the item',
  takenBack: 'a step taken back',
  skip: 'passed over',
  other: 'any other name',
}

/** Each kind of name alone, in a shop, and beside music. */
const beside: readonly (readonly string[])[] = [[], ['buy'], ['listen']]

/** The page of what names of behaviours suggest, from the names. */
export function behavioursPage(): string {
  const rows = Object.entries({ ...wellKnownBehaviours, other: new Set(['watch', 'rate', 'read', '…']) }).map(
    ([kind, names]) => {
      const [name] = names
      const cells = beside.map(others => inShort(behaviourMeanings([name!, ...others])[name!]!))
      return `| ${about[kind as keyof typeof about]} | ${[...names].map(each => `\`${each}\``).join(' ')} | ${cells.join(' | ')} |`
    },
  )
  return `<!-- Made from the code by \`npm run docs\`. -->

# What names of behaviours suggest

A definition says what its [behaviours mean](../guide/behaviours.md); what it does not say is as the name suggests. Names are looked up in small letters and
without anything that is not a letter: \`addToCart\`, \`add_to_cart\` and \`add-to-cart\` are one. A shop is a pipeline in which a name
of a purchase or of the cart stands.

| Kind | Names | Alone | In a shop with purchases | Beside music |
|---|---|---|---|---|
${rows.join('\n')}

"never" and "always" are what \`again\` is. Where a definition says \`target: true\` of any behaviour, the others are no targets unless it says so.
`
}

function inShort({ again, target, against }: BehaviourMeaning): string {
  return [again, ...(target ? ['target'] : []), ...(against ? ['against'] : [])].join(', ')
}
