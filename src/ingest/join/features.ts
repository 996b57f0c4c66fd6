import type { BehaviourEvent, Item, PipelineDefinition, UserProfile } from '../../records/definition.ts'

type Features = PipelineDefinition['features']

/** Features of a user as they stand in a row: a JSON array of tokens such as "age=25-34". */
export function userFeatures(profile: UserProfile, features: Features): string {
  return tokensText(features.user?.(profile) ?? attributeTokens(profile.attributes))
}

/** Features of an item as they stand in a row: attributes as "name=value" and tags as "tag=name". */
export function itemFeatures(item: Item, features: Features): string {
  return tokensText(
    features.item?.(item) ?? [...attributeTokens(item.attributes), ...item.tags.map(tag => `tag=${tag}`)],
  )
}

/** Features of what surrounds an event, each with "@" before it, such as "@tab=1"; `noFeatures` where there is none. */
export function contextFeatures(event: BehaviourEvent, features: Features): string {
  return features.context === undefined ? noFeatures : tokensText(features.context(event).map(token => `@${token}`))
}

/**
 * A user's features with those of an event's surroundings behind them.
 *
 *     withContext('["age=25-34"]', '["@tab=1"]')   // '["age=25-34","@tab=1"]'
 */
export function withContext(user: string, context: string): string {
  if (context === noFeatures) return user
  return user === noFeatures ? context : `${user.slice(0, -1)},${context.slice(1)}`
}

function tokensText(tokens: unknown): string {
  if (Array.isArray(tokens) && tokens.every(token => typeof token === 'string')) return JSON.stringify(tokens)
  throw new TypeError('A features function must return an array of texts.')
}

/** Features of a user or item of whom nothing is known. */
export const noFeatures = '[]'

function attributeTokens(attributes: Readonly<Record<string, string>>): string[] {
  return Object.entries(attributes).map(([name, value]) => `${name}=${value}`)
}
