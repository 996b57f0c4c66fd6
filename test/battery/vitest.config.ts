import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/battery/**/*.test.ts'],
    globalSetup: ['test/kafka/setup.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 3_600_000,
    hookTimeout: 3_600_000,
  },
})
