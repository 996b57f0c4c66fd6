import { expect, test } from 'vitest'
import { keepSecret, scrub } from '../../src/run/scrub.ts'

test('takes logins out of addresses, however many there are', () => {
  expect(scrub('http://user:word@registry:8081 and https://u:p%40@other/x@y')).toBe(
    'http://***@registry:8081 and https://***@other/x@y',
  )
})

test('leaves other texts alone', () => {
  const text = 'Write to someone@example.org about http://registry:8081/subjects'
  expect(scrub(text)).toBe(text)
})

test('takes out a secret that it was told, wherever it stands', () => {
  keepSecret('swordfish-7')
  expect(scrub('login with "swordfish-7" failed')).toBe('login with "***" failed')
})
