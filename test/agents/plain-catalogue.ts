import type { Catalogue } from '../../src/agents/catalogue.ts'
import { nothingKnown } from './nothing-known.ts'

/** Items and users of whom nothing is known but that they are there. */
export const plainCatalogue = (itemCount: number): Catalogue => ({
  itemSize: 1,
  profileSize: 1,
  itemCount,
  version: 1,
  itemVectors: () => new Float32Array(itemCount).fill(1),
  readProfile: (_user, into) => into.fill(1),
  readTaste: (_user, into) => into.fill(1),
  ...nothingKnown(itemCount),
})
