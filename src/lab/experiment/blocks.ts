import { orThrow } from '../../ingest/definition-calls.ts'
import { contextFeatures, noFeatures, withContext } from '../../ingest/join/features.ts'
import { propertiesText } from '../../ingest/join/join.ts'
import { BlockBuilder } from '../../ingest/window/block-builder.ts'
import { newUser, type UserState } from '../../ingest/window/user-state.ts'
import { windowEvent } from '../../ingest/window/window.ts'
import type { PipelineDefinition } from '../../records/definition.ts'
import type { InterestBlock } from '../../records/interest-block.ts'
import type { ChangeRow, EnrichedEvent } from '../../records/warehouse.ts'
import type { CatalogueChange, Ratings } from './ratings.ts'

/**
 * Rows of a source as the interest sequences that ingest would publish, without a log and without a disk.
 *
 *     for (const block of blocksOf(ratings, definition)) learner.consume(block, 0, block.sequence.length)
 *
 * `rows` gives other rows or another order; sequence numbers count from 1 in the order given. With `known`, the blocks tell of
 * items what became known of them before each event, and of users their attributes, as ingest does.
 */
export function* blocksOf(
  ratings: Ratings,
  { window, features }: Pick<PipelineDefinition, 'window' | 'features'>,
  rows: ArrayLike<number> = { length: ratings.length },
  known = false,
): Generator<InterestBlock> {
  const states: UserState[] = ratings.userIds.map(newUser)
  const userFeatures = ratings.userTokens.map(featuresText)
  const itemFeatures = ratings.itemTokens.map(featuresText)
  const slots = new Map(ratings.itemIds.map((id, slot) => [id, slot]))
  let told = 0
  const builder = new BlockBuilder(blockSize)
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] ?? at
    const [user, item] = [ratings.user[row]!, ratings.item[row]!]
    for (; known && told < ratings.catalogue.length; told++) {
      const change = ratings.catalogue[told]!
      if (change.time > ratings.time[row]!) break
      const slot = slots.get(change.itemId)
      if (slot !== undefined) itemFeatures[slot] = change.deleted ? noFeatures : change.features
      builder.change(itemChange(change, at + 1, told))
    }
    const attributes = ratings.userAttributes?.[user] ?? ''
    if (known && states[user]!.count === 0 && attributes !== '') {
      builder.change({ kind: 'attributes', number: null, sequence: at + 1, id: ratings.userIds[user]!, attributes })
    }
    const source = ratings.event(row)
    const { eventId, behaviour, value, recommendationId } = source
    const event: EnrichedEvent = {
      ...{ sequence: at + 1, partition: 0, offset: row, eventId, behaviour, value, recommendationId },
      userId: ratings.userIds[user]!,
      itemId: ratings.itemIds[item]!,
      time: ratings.time[row]!,
      reward: ratings.reward[row]!,
      userFeatures: withContext(userFeatures[user]!, orThrow(contextFeatures(source, features))),
      itemFeatures: itemFeatures[item]!,
      userKnown: userFeatures[user] !== noFeatures,
      itemKnown: itemFeatures[item] !== noFeatures,
      properties: propertiesText(source.properties),
      ...{ liked: false, late: false, count: 0, generation: 0 },
    }
    windowEvent(event, states[user]!, window.shortLength, builder)
    if ((at + 1) % blockSize === 0) yield* builder.take()
  }
  yield* builder.take()
}

const blockSize = 512

function itemChange(change: CatalogueChange, sequence: number, at: number): ChangeRow {
  const { itemId: id, title, deleted, tags, attributes } = change
  return {
    ...{ kind: 'item', sequence, number: at + 1, id, title, deleted, partition: 0, offset: at },
    features: deleted ? noFeatures : change.features,
    attributes: deleted ? '{}' : JSON.stringify(attributes),
    tags: deleted ? [] : tags,
  }
}

function featuresText(tokens: readonly string[]): string {
  return tokens.length === 0 ? noFeatures : JSON.stringify(tokens)
}
