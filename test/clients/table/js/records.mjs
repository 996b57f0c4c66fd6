// What every client in JavaScript is given to send, and how it tells what it read.
import { readFileSync } from 'node:fs'

export const [command, brokers, topic, third, fourth, file] = process.argv.slice(2)

export function toSend() {
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map(line => {
      const { key, value, timestamp } = JSON.parse(line)
      return { key, value: Buffer.from(value, 'base64'), timestamp }
    })
}

/** Takes each record read; the promise ends a moment after as many as asked for, or when nothing more comes. */
export function taking(count) {
  const lines = []
  let last = performance.now()
  const take = (partition, offset, sequence) => {
    last = performance.now()
    lines.push(`${partition} ${offset} ${sequence ?? 'none'}`)
  }
  const done = new Promise(resolve => {
    const timer = setInterval(() => {
      if (performance.now() - last < (lines.length >= count ? 1_000 : 60_000)) return
      clearInterval(timer)
      resolve()
    }, 100)
  })
  return { take, done, print: () => process.stdout.write(lines.map(line => `${line}\n`).join('')) }
}
