import { fileURLToPath } from 'node:url'
import { startPyTorch } from './pytorch.ts'
import type { Row } from './results.ts'
import { type StepKind, type StepProcess, startStepProcess } from './step-process.ts'

interface Contender {
  name: string
  kind: StepKind
  process: StepProcess
}

/**
 * One training step of the recurrent networks, ours and PyTorch's in turns, one thread each: D=32 H=64 T=20 B=256.
 *
 * What counts is the time of the processor, which other work on the machine disturbs least; each has a process of its own.
 */
export async function benchNetworks(rounds: number, say: (line: string) => void): Promise<Row[]> {
  const contenders: Contender[] = []
  for (const backend of ['native', 'wasm']) {
    const script = fileURLToPath(new URL('network-process.js', import.meta.url))
    const started = await startStepProcess(process.execPath, [script, backend])
    if (started === null) say(`The ${backend} backend does not load here and was not measured.`)
    else
      for (const kind of ['lstm', 'rlstm'] as const)
        contenders.push({ name: `${backend}: ${kind.toUpperCase()}`, kind, process: started })
  }
  const pytorch = await startPyTorch()
  if (pytorch === null) say('PyTorch was not measured: no Python here imports torch (RECSTREAM_PYTHON names another).')
  else {
    say(`PyTorch ${pytorch.greeting}`)
    contenders.push({ name: byHand, kind: 'lstm', process: pytorch })
    contenders.push({ name: 'PyTorch, cell by hand: RLSTM', kind: 'rlstm', process: pytorch })
    contenders.push({ name: 'PyTorch, nn.LSTM', kind: 'nn', process: pytorch })
  }

  const times = new Map<Contender, number[]>(contenders.map(contender => [contender, []]))
  for (let round = 0; round < warmUp + rounds; round++) {
    const losses = new Map<StepKind, number>()
    for (const contender of contenders) {
      const { kind, process } = contender
      // The first step after another's turn finds cold caches and a sleeping process; it is not counted.
      await process.step(kind)
      const { milliseconds, loss } = await process.step(kind)
      if (round >= warmUp) times.get(contender)!.push(milliseconds)
      const other = losses.get(kind) ?? loss
      losses.set(kind, loss)
      if (!(Math.abs(loss - other) < 1e-3)) throw new Error(`${contender.name}: loss ${loss}, another has ${other}`)
    }
  }
  for (const process of new Set(contenders.map(contender => contender.process))) process.close()

  const hand = contenders.find(({ name }) => name === byHand)
  return contenders.flatMap(contender => {
    const value = median(times.get(contender)!)
    const rows: Row[] = [{ what: contender.name, value, unit: 'ms' }]
    if (hand !== undefined && hand !== contender) {
      rows.push({
        what: '– over the LSTM cell by hand in PyTorch',
        value: value / median(times.get(hand)!),
        unit: 'ratio',
      })
    }
    return rows
  })
}

const byHand = 'PyTorch, cell by hand: LSTM'
const warmUp = 10

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]!
}
