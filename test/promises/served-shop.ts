import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Command, killAll, recstream, root, until } from './command.ts'

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
  const { running, url } = await startServed([module, '--no-import', '--data', data])
  return {
    ...{ url, module, data },
    close() {
      killAll(running)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** `recstream start` with these arguments on a free port, once lists can be asked for. */
export async function startServed(args: readonly string[]): Promise<{ running: Command; url: string }> {
  const running = recstream(['start', ...args, '--http', '0'])
  try {
    const url = await addressOf(running)
    await until('a service that is ready', async () => (await fetch(`${url}/readyz`)).status === 200)
    return { running, url }
  } catch (error) {
    killAll(running)
    throw error
  }
}

/** Where a pipeline that was started says that it answers. */
export async function addressOf({ said }: Pick<Command, 'said'>): Promise<string> {
  const address = () => /Lists at (https?:\/\/[^/\s]+)/.exec(said())?.[1]
  await until('the address', () => address() !== undefined)
  return address()!
}
