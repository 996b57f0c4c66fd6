import { fileURLToPath } from 'node:url'
import kuairand from '../../dist/pipelines/kuairand/index.js'

const { source } = kuairand

/** kuairand with the first 20,000 events of its sample. */
export default {
  ...kuairand,
  name: 'first-events',
  source: {
    ...source,
    folder: fileURLToPath(new URL('../../pipelines/kuairand/data', import.meta.url)),
    read(folder) {
      const reader = source.read(folder)
      return { ...reader, events: () => first(20_000, reader.events()), eventCount: () => 20_000 }
    },
  },
}

async function* first(count, events) {
  let left = count
  for await (const event of events) {
    if (left-- === 0) return
    yield event
  }
}
