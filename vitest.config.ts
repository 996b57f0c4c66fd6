import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Where files take long; one of them at the end would leave a core idle. */
const long = /\/test\/(promises|agents|examples)/

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => Number(!long.test(moduleId))
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b))
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/battery/**', 'test/clients/table/**', 'node_modules/**', 'dist/**'],
    globalSetup: ['test/kafka/setup.ts'],
    pool: 'forks',
    // Tests spend much of their time waiting, for processes and brokers: two cores have room for a third.
    maxWorkers: 3,
    // Tests that run whole pipelines at once.
    maxConcurrency: 4,
    sequence: { sequencer: LongFirst },
    // A busy machine needs several times as long as an idle one.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
})
