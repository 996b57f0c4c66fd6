import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/clients/table/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 600_000,
    // The first run builds librdkafka for Node and the Rust client.
    hookTimeout: 1_800_000,
  },
})
