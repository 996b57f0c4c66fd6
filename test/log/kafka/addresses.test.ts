import { expect, test } from 'vitest'
import { addressOf, brokersFrom, hostOf, nameOf } from '../../../src/log/kafka/addresses.ts'

test.each<[string, string[]]>([
  ['a:9092', ['a:9092']],
  [' a:9092 ,\tb:9093 ,', ['a:9092', 'b:9093']],
  ['a:9092,b:9092,a:9092', ['a:9092', 'b:9092']],
  ['PLAINTEXT://a:9092,ssl://b:9093,SASL_SSL://c:9094', ['a:9092', 'b:9093', 'c:9094']],
  ['[::1]:9092', ['[::1]:9092']],
  ['SASL_PLAINTEXT://[2001:db8::7]:09092', ['[2001:db8::7]:9092']],
])('%s', (given, brokers) => {
  expect(brokersFrom(given)).toEqual(brokers)
})

test.each<[string, RegExp]>([
  ['', /No broker is named/],
  [' , ', /No broker is named/],
  ['a', /"a" is no broker address/],
  ['a:', /"a:" has no port from 1 to 65535/],
  ['a:0', /no port from 1/],
  ['a:65536', /no port from 1/],
  ['a:9o92', /no port from 1/],
  ['a b:9092', /"a b:9092" is no broker address/],
  ['::1:9092', /stands in brackets, as in \[::1\]:9092/],
  ['[::1]', /no port from 1/],
  ['[nine]:9092', /is no broker address/],
  ['http://a:9092', /without a scheme/],
  ['a:9092/topic', /no port from 1/],
])('"%s" is refused', (given, said) => {
  expect(() => brokersFrom(given)).toThrow(said)
  expect(() => brokersFrom(given)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }))
})

test('a password in an address is not shown', () => {
  for (const given of ['SASL_SSL://shop:open-sesame@a:9092', 'shop:open,sesame@a:9092', 'shop:open/sesame@a:9092']) {
    expect(() => brokersFrom(given)).toThrow(/^(?!.*sesame)(?!.*open).*RECSTREAM_SASL_PASSWORD/)
  }
  expect(() => brokersFrom('shop:open-sesame')).toThrow(/^(?!.*sesame).*"shop:…" has no port/)
})

test("kafkajs's name of an IPv6 address has no colon but that of the port, and means the same host", () => {
  const name = nameOf('[2001:db8::7]:9092')
  expect(name.split(':')).toEqual(['[2001-db8--7]', '9092'])
  expect(hostOf(name.split(':')[0]!)).toBe('2001:db8::7')
  expect(addressOf('[2001-db8--7]', 9092)).toBe('[2001:db8::7]:9092')
  expect(addressOf('2001:db8::7', 9092)).toBe('[2001:db8::7]:9092')
  expect(nameOf('a-b:9092')).toBe('a-b:9092')
})
