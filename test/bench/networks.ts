import { type BackendName, openBackend } from '../../src/model/backend.ts'
import type { Enhancement } from '../../src/model/rlstm.ts'
import { trainStep } from './network-step.ts'
import { openPyTorch } from './pytorch.ts'
import type { Row } from './results.ts'

interface Contender {
  name: string
  kind: 'lstm' | 'rlstm'
  /** Whether its losses must be those of the others of its kind; nn.LSTM starts from weights of its own. */
  sameStart: boolean
  step(): Promise<{ milliseconds: number; loss: number }>
}

/** One training step of the recurrent networks, ours and PyTorch's in turns, one thread each: D=32 H=64 T=20 B=256. */
export async function benchNetworks(rounds: number, say: (line: string) => void): Promise<Row[]> {
  const contenders = [...(await ours('native', say)), ...(await ours('wasm', say))]
  const pytorch = await openPyTorch()
  if (pytorch === null) say('PyTorch was not measured: no Python here imports torch (RECSTREAM_PYTHON names another).')
  else {
    say(`PyTorch ${pytorch.version}`)
    for (const kind of ['lstm', 'rlstm'] as const) {
      const step = () => pytorch.step(kind)
      contenders.push({ name: `PyTorch, cell by hand: ${kind.toUpperCase()}`, kind, sameStart: true, step })
    }
    contenders.push({ name: 'PyTorch, nn.LSTM', kind: 'lstm', sameStart: false, step: () => pytorch.step('nn') })
  }

  const times = new Map<Contender, number[]>(contenders.map(contender => [contender, []]))
  for (let round = 0; round < warmUp + rounds; round++) {
    const losses = new Map<string, number>()
    for (const contender of contenders) {
      // The first step after another's turn finds cold caches and a sleeping process; it is not counted.
      await contender.step()
      const { milliseconds, loss } = await contender.step()
      if (round >= warmUp) times.get(contender)!.push(milliseconds)
      if (!contender.sameStart) continue
      const other = losses.get(contender.kind) ?? loss
      losses.set(contender.kind, loss)
      if (!(Math.abs(loss - other) < 1e-3)) throw new Error(`${contender.name}: loss ${loss}, another has ${other}`)
    }
  }
  pytorch?.close()

  return contenders.flatMap(contender => {
    const value = median(times.get(contender)!)
    const rows: Row[] = [{ what: contender.name, value, unit: 'ms' }]
    const hand = contenders.find(({ name }) => name === 'PyTorch, cell by hand: LSTM')
    if (hand !== undefined && hand !== contender) {
      rows.push({
        what: '– of the LSTM cell by hand in PyTorch',
        value: value / median(times.get(hand)!),
        unit: 'ratio',
      })
    }
    return rows
  })
}

const warmUp = 10

async function ours(backend: BackendName, say: (line: string) => void): Promise<Contender[]> {
  try {
    await openBackend(backend)
  } catch {
    say(`The ${backend} backend does not load here and was not measured.`)
    return []
  }
  const contender = async (kind: 'lstm' | 'rlstm', enhancement: Enhancement): Promise<Contender> => {
    const { tf } = await openBackend(backend)
    const run = trainStep(tf, enhancement)
    const step = async () => {
      await openBackend(backend)
      const started = performance.now()
      const loss = run()
      return { milliseconds: performance.now() - started, loss }
    }
    return { name: `${backend}: ${kind.toUpperCase()}`, kind, sameStart: true, step }
  }
  return [await contender('lstm', 'identity'), await contender('rlstm', 'lift')]
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]!
}
