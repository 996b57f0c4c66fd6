import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/battery/**', 'test/clients/table/**', 'node_modules/**', 'dist/**'],
    globalSetup: ['test/kafka/setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // A busy machine needs several times as long as an idle one.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
})
