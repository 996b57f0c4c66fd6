import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { packageRoot } from '../../src/pipeline/package-root.ts'
import { shapes, sizes, startOf } from './network-step.ts'

export interface PyTorch {
  version: string
  /** One training step in the other process, timed there. */
  step(kind: 'lstm' | 'rlstm' | 'nn'): Promise<{ milliseconds: number; loss: number }>
  close(): void
}

/** PyTorch in a process of its own, or null where there is none. */
export async function openPyTorch(): Promise<PyTorch | null> {
  const python = process.env['RECSTREAM_PYTHON'] ?? 'python3'
  if (spawnSync(python, ['-c', 'import torch'], { stdio: 'ignore' }).status !== 0) return null
  const folder = mkdtempSync(join(tmpdir(), 'recstream-networks-'))
  const { parameters, records, goal } = startOf()
  for (const name of Object.keys(shapes) as (keyof typeof shapes)[]) write(folder, name, parameters.view(name))
  write(folder, 'records', records)
  write(folder, 'goal', goal)
  const all = { ...shapes, records: [sizes.length * sizes.batch, sizes.record], goal: [sizes.batch, 1] }
  writeFileSync(join(folder, 'sizes.json'), JSON.stringify({ ...sizes, shapes: all }))

  const script = join(packageRoot(), 'test', 'bench', 'pytorch', 'train_step.py')
  const child: ChildProcess = spawn(python, [script, folder], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next()
    if (done) throw new Error('train_step.py ended early')
    return value
  }
  return {
    version: await next(),
    async step(kind) {
      child.stdin!.write(`${kind}\n`)
      const [milliseconds, loss] = (await next()).split(' ').map(Number) as [number, number]
      return { milliseconds, loss }
    },
    close() {
      child.stdin!.end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const write = (folder: string, name: string, values: Float32Array) =>
  writeFileSync(join(folder, name), new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
