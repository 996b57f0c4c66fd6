import { type BackendName, openBackend } from '../../src/nn/backend.ts'

/** The backends that work on this machine; the native one is there when its library could be downloaded. */
export async function availableBackends(): Promise<BackendName[]> {
  const opened: BackendName[] = []
  for (const name of ['cpu', 'wasm', 'native'] as const) {
    try {
      opened.push((await openBackend(name)).name)
    } catch (error) {
      if (name !== 'native') throw error
    }
  }
  return opened
}
