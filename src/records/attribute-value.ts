/** An attribute as rules and numeric features see it. */
export type AttributeValue = number | boolean | string

/**
 * What the text of an attribute says: a decimal number as it is written usually, true or false, else the text itself.
 *
 *     attributeValue('9.90')    // 9.9
 *     attributeValue('0049')    // '0049': a code, not a number
 *     attributeValue('true')    // true
 *
 * A whole number beyond 2⁵³, of which not every one is told from its neighbours, stays a text.
 */
export function attributeValue(text: string): AttributeValue {
  if (text === 'true') return true
  if (text === 'false') return false
  if (!decimal.test(text)) return text
  const value = Number(text)
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : text
}

const decimal = /^-?(0|[1-9]\d{0,15})(\.\d{1,20})?$/

/** Attributes by name, as what they say. */
export type Attributes = Readonly<Record<string, AttributeValue>>

/** Where nothing is known. */
export const noAttributes: Attributes = Object.freeze(Object.create(null))

/** A JSON object of texts as attributes. */
export function typedAttributes(text: string): Attributes {
  const attributes: Record<string, AttributeValue> = Object.create(null)
  for (const [name, value] of Object.entries(JSON.parse(text) as Record<string, string>)) {
    attributes[name] = attributeValue(value)
  }
  return Object.freeze(attributes)
}
