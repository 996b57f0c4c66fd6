import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      'test/battery/**/*.test.ts',
      'test/agents/**/*.test.ts',
      'test/learner/process/**/*.test.ts',
      'test/learner/users/**/*.test.ts',
      'test/examples.test.ts',
      'test/promises/off-policy.test.ts',
    ],
    env: { LONG: '1' },
    globalSetup: ['test/kafka/setup.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 3_600_000,
    hookTimeout: 3_600_000,
  },
})
