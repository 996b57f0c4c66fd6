import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { codes } from '../../src/errors.ts'
import { packageRoot } from '../../src/package-root.ts'
import { reasons } from '../../src/records/reasons.ts'

const rowsOf = (name: string) =>
  [
    ...readFileSync(join(packageRoot(), 'docs', 'reference', `${name}.md`), 'utf8').matchAll(
      /^\| `([\w-]+)` \| ([^|]*) \| ([^|]*) \|$/gm,
    ),
  ].map(([, ...cells]) => cells)

test('the page of errors has every code and no other, whether a retry can help, and what to do', () => {
  const listed = rowsOf('errors').map(([code, retry]) => [code, retry])
  expect(listed).toEqual(Object.entries(codes).map(([code, { retriable }]) => [code, retriable ? 'yes' : 'no']))
})

test('the page of reasons has every reason and no other, and what to do', () => {
  expect(rowsOf('reasons').map(([reason]) => reason)).toEqual(Object.keys(reasons))
})
