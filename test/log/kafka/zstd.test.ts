import { beforeAll, expect, test } from 'vitest'
import { prepareZstd, unzstd } from '../../../src/log/kafka/zstd.ts'

beforeAll(prepareZstd)

const text = 'many words, many words, and the same words again; '.repeat(40)
// Written by the zstd command line: with the content's size, without it and with a checksum, two frames after each other.
const frames = {
  sized: 'KLUv/WTQBm0BAAQCbWFueSB3b3JkcywgYW5kIHRoZSBzYW1lIGFnYWluOyADAJtX9flNLJ0rSQcT6nU=',
  unsized: 'KLUv/QQIhQEA+G1hbnkgd29yZHMsIGFuZCB0aGUgc2FtZSBhZ2FpbjsFAINX9cMLB5I6ZqghnStJBxPqdQ==',
  two: 'KLUv/QRYhQEA+G1hbnkgd29yZHMsIGFuZCB0aGUgc2FtZSBhZ2FpbjsFAG+qquCFA0kdM9SQzpUk48wStCi1L/0EWIUBAPhtYW55IHdvcmRzLCBhbmQgdGhlIHNhbWUgYWdhaW47BQDHVPXDCweSOmaoIZ0rSWFeRq4=',
}
const skippable = Buffer.from('502a4d1803000000616263', 'hex')

test.each(Object.entries(frames))('unpacks frames: %s', (_, base64) => {
  const packed = Buffer.from(base64, 'base64')
  expect(unzstd(packed, 1_000_000).toString()).toBe(text)
  expect(unzstd(Buffer.concat([skippable, packed]), 1_000_000).toString()).toBe(text)
  expect(unzstd(packed, text.length).toString()).toBe(text)
})

test.each(Object.entries(frames))(
  'refuses more than its limit, and bytes that were changed or cut off: %s',
  (_, base64) => {
    const packed = Buffer.from(base64, 'base64')
    expect(() => unzstd(packed, text.length - 1)).toThrow(RangeError)
    // Cut behind its first frame the pair is whole.
    const cuts = [...packed.keys()].filter(cut => !packed.subarray(cut).subarray(0, 4).equals(packed.subarray(0, 4)))
    for (const cut of [0, ...cuts]) expect(() => unzstd(packed.subarray(0, cut), 1e6)).toThrow(RangeError)
    expect(() => unzstd(Buffer.from('not packed'), 1e6)).toThrow(RangeError)
  },
)
