import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { RecstreamError } from '../../src/errors.ts'
import { failureOf } from '../../src/run/process-failure.ts'

test('a package that is not there is TOOL_MISSING in one sentence, which no restart can help', () => {
  let error: unknown
  try {
    createRequire(import.meta.url)('@recstream/not-there/library.node')
  } catch (thrown) {
    error = thrown
  }
  expect(failureOf(error)).toEqual({
    code: 'TOOL_MISSING',
    message:
      "A package that recstream needs does not load: Cannot find module '@recstream/not-there/library.node'; install again, with optional dependencies.",
  })
})

test('an error of ours keeps its code; any other is PROCESS_FAILED with what was thrown', () => {
  expect(failureOf(new RecstreamError('WAREHOUSE_LOCKED', 'Held by 7.'))).toEqual({
    code: 'WAREHOUSE_LOCKED',
    message: 'Held by 7.',
  })
  expect(failureOf(new TypeError('no'))).toEqual({ code: 'PROCESS_FAILED', message: 'no' })
  expect(failureOf('gone')).toEqual({ code: 'PROCESS_FAILED', message: 'gone' })
})
