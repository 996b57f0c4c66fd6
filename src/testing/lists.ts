import { decodeRecommendation, encodeRecommendation } from '../codec/output.ts'
import { RecstreamError } from '../errors.ts'
import type { Learner } from '../learner/learner.ts'
import type { PipelineDefinition } from '../records/definition.ts'
import type { InterestBlock } from '../records/interest-block.ts'
import type { Score } from '../records/model-version.ts'
import type { Recommendation } from '../records/recommendation.ts'

/** What the learner makes of blocks; it is loaded when it is first asked, so that a test of rows alone never waits for it. */
export class Lists {
  readonly #definition: PipelineDefinition
  readonly #blocks: readonly InterestBlock[]
  readonly #made: Recommendation[] = []
  #learner: Promise<Learner> | undefined
  #consumed = 0
  #disposed = false

  /** `blocks` may grow. */
  constructor(definition: PipelineDefinition, blocks: readonly InterestBlock[]) {
    this.#definition = definition
    this.#blocks = blocks
  }

  async all(): Promise<readonly Recommendation[]> {
    await this.#caughtUp()
    return [...this.#made]
  }

  async scores(): Promise<Score[]> {
    return (await this.#caughtUp()).scores()
  }

  dispose(): void {
    this.#disposed = true
    void this.#learner?.then(learner => learner.dispose())
    this.#learner = undefined
  }

  async #caughtUp(): Promise<Learner> {
    if (this.#disposed) {
      throw new RecstreamError('NOT_RUNNING', 'This test pipeline was disposed of; make a new one with testPipeline.')
    }
    this.#learner ??= openLearner(this.#definition)
    const learner = await this.#learner
    const { encoding } = this.#definition
    for (; this.#consumed < this.#blocks.length; this.#consumed++) {
      const block = this.#blocks[this.#consumed]!
      const { recommendations } = learner.consume(block, 0, block.sequence.length)
      this.#made.push(...recommendations.map(list => decodeRecommendation(encodeRecommendation(list, encoding))))
    }
    return learner
  }
}

/** WebAssembly computes the same bits on every machine, which the native library does not. */
async function openLearner(definition: PipelineDefinition): Promise<Learner> {
  const [{ createLearner }, { openBackend }] = await Promise.all([
    import('../learner/create-learner.ts'),
    import('../nn/backend.ts'),
  ])
  return createLearner({ definition, backend: await openBackend('wasm') })
}
