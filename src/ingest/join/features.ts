import type { BehaviourEvent, Item, PipelineDefinition, UserProfile } from '../../records/definition.ts'
import { type Contract, called, DefinitionFailure } from '../definition-calls.ts'

type Features = PipelineDefinition['features']

/** Features of a user or item of whom nothing is known. */
export const noFeatures = '[]'

/** Features of a user as they stand in a row: a JSON array of tokens such as "age=25-34". */
export function userFeatures(profile: UserProfile, { user }: Features): string | DefinitionFailure {
  return user === undefined ? text(attributeTokens(profile.attributes)) : text(called(userTokens, user, profile))
}

/** Features of an item as they stand in a row: attributes as "name=value" and tags as "tag=name". */
export function itemFeatures(item: Item, { item: ofItem }: Features): string | DefinitionFailure {
  if (ofItem !== undefined) return text(called(itemTokens, ofItem, item))
  return text([...attributeTokens(item.attributes), ...item.tags.map(tag => `tag=${tag}`)])
}

/** Features of what surrounds an event, each with "@" before it, such as "@tab=1"; `noFeatures` where there is none. */
export function contextFeatures(event: BehaviourEvent, { context }: Features): string | DefinitionFailure {
  if (context === undefined) return noFeatures
  const tokens = called(contextTokens, context, event)
  return tokens instanceof DefinitionFailure ? tokens : text(tokens.map(token => `@${token}`))
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

const tokens = {
  rule: 'a list of texts',
  isRight: (value: unknown): value is string[] =>
    Array.isArray(value) && value.every(token => typeof token === 'string'),
}
const userTokens: Contract<string[]> = { name: 'features.user', ...tokens }
const itemTokens: Contract<string[]> = { name: 'features.item', ...tokens }
const contextTokens: Contract<string[]> = { name: 'features.context', ...tokens }

function text(found: readonly string[] | DefinitionFailure): string | DefinitionFailure {
  return found instanceof DefinitionFailure ? found : JSON.stringify(found)
}

function attributeTokens(attributes: Readonly<Record<string, string>>): string[] {
  return Object.entries(attributes).map(([name, value]) => `${name}=${value}`)
}
