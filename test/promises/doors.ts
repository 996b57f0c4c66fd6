import { connect, type Socket } from 'node:net'
import { choose } from './random.ts'

const methods = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'TRACE', 'BREW']
const inherited = Object.getOwnPropertyNames(Object.prototype)
const others = ['', '*', 'Status', 'status/', 'status?a=1', 'snapshot%00', '..%2fstatus', 'a'.repeat(4_000), '[object]']
const bodies = [0, 1, 1_000, 100_000, 1_000_000]

/** Fewer than the door takes in at once. */
const waitingAtMost = 32

type Knock = (socket: string, random: () => number, known: readonly string[]) => Promise<string>

/** A whole request of any method, path and body. */
const ask: Knock = async (socket, random, known) => {
  const method = choose(methods, random)
  const path = `/${choose([...known, ...known, ...inherited, ...inherited, ...others], random)}`
  const length = choose(bodies, random)
  const head = `${method} ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${length}\r\n\r\n`
  return answerOf(connect(socket), [head, 'x'.repeat(length)])
}

/** Bytes that are no request. */
const babble: Knock = (socket, random) => {
  const words = ['hello\r\n\r\n', '\u0000\u0001\u0002', 'GET /status HTTP/9.9\r\n\r\n']
  return answerOf(connect(socket), [choose(words, random)])
}

/** Nothing, or half a request, and then nothing: it waits until it is let go. */
const dawdle: Knock = (socket, random) => {
  const half = choose(['', '\r\n\r\n', 'GET\r\n', 'GET /sta', 'GET /status HTTP/1.1\r\nhost: loc'], random)
  return answerOf(connect(socket), half === '' ? [] : [half])
}

/** A request whose caller is gone before the answer. */
const leave: Knock = async (socket, random, known) => {
  const caller = connect(socket).on('error', () => {})
  await new Promise(resolve => caller.write(`GET /${choose(known, random)} HTTP/1.1\r\nhost: a\r\n\r\n`, resolve))
  caller.destroy()
  return 'left'
}

/**
 * Knock at a control socket this many times: every method, path (also the names that each object inherits) and size of body,
 * bytes that are no request, callers that say nothing and callers that leave. What came back, and how often.
 */
export async function knock(
  socket: string,
  { times, random, known }: { times: number; random: () => number; known: readonly string[] },
): Promise<Map<string, number>> {
  const answers = new Map<string, number>()
  const note = (answer: string) => void answers.set(answer, (answers.get(answer) ?? 0) + 1)
  let waiting: Promise<void>[] = []
  for (let k = 0; k < times; k++) {
    const way = choose([ask, ask, ask, ask, ask, babble, dawdle, leave], random)
    if (way === dawdle) waiting.push(way(socket, random, known).then(note))
    else note(await way(socket, random, known))
    if (waiting.length < waitingAtMost && k + 1 < times) continue
    await Promise.all(waiting)
    waiting = []
  }
  return answers
}

/** The status with which a caller is answered, or that it was let go without one. */
function answerOf(caller: Socket, parts: readonly string[]): Promise<string> {
  return new Promise(resolve => {
    let text = ''
    caller.on('data', part => (text += part))
    caller.on('error', () => {})
    caller.on('close', () => resolve(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 'let go'))
    // The other end may close as soon as it has answered.
    for (const part of parts) caller.write(part, () => {})
  })
}
