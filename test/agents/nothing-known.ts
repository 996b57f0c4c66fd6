import type { Catalogue } from '../../src/agents/catalogue.ts'

/** Facts of items of which nothing is known, and estimates that are all alike. */
export function nothingKnown(items: number): Pick<Catalogue, 'estimate' | 'itemFacts'> {
  const facts = {
    version: 1,
    shareSize: 1,
    shares: new Float32Array(items),
    bias: new Float32Array(items),
    met: new Float32Array(items),
    since: new Float64Array(items).fill(Number.NaN),
  }
  return { estimate: () => 0, itemFacts: () => facts }
}
