import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { killAll, recstream, root, until } from './command.ts'

/** A small shop that `recstream start` runs and serves. */
export interface ServedShop {
  url: string
  module: string
  data: string
  close(): void
}

/** Start it on a free port, and wait until lists can be asked for. */
export async function servedShop(): Promise<ServedShop> {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-served-'))
  const module = join(folder, 'shop.mjs')
  const data = join(folder, 'data')
  const entry = pathToFileURL(join(root, 'dist', 'src', 'index.js')).href
  writeFileSync(
    module,
    `import { definePipeline } from '${entry}'
export default definePipeline({
  name: 'shop',
  behaviours: ['view', 'buy'],
  scale: { kind: 'watch', positiveFrom: 0.5 },
  reward: event => ({ view: 0.1, buy: 1 })[event.behaviour] ?? 0,
  learn: { blockSize: 32, replayCapacity: 128, hiddenSize: 4, shortSize: 4, factors: 4 },
})
`,
  )
  const running = recstream(['start', module, '--no-import', '--http', '0', '--data', data])
  const address = () => /http:\/\/127\.0\.0\.1:\d+/.exec(running.said())?.[0]
  await until('the address', () => address() !== undefined)
  const url = address()!
  await until('a service that is ready', async () => (await fetch(`${url}/readyz`)).status === 200)
  return {
    ...{ url, module, data },
    close() {
      killAll(running)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
