import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../src/package-root.ts'
import { shapes, sizes, startOf } from './network-step.ts'
import { type StepProcess, startStepProcess } from './step-process.ts'

/** PyTorch in a process of its own, starting from our weights and records, or null where there is none. */
export async function startPyTorch(): Promise<StepProcess | null> {
  const python = process.env['RECSTREAM_PYTHON'] ?? 'python3'
  const folder = mkdtempSync(join(tmpdir(), 'recstream-networks-'))
  const { parameters, records, goal } = startOf()
  for (const name of Object.keys(shapes) as (keyof typeof shapes)[]) write(folder, name, parameters.view(name))
  write(folder, 'records', records)
  write(folder, 'goal', goal)
  const all = { ...shapes, records: [sizes.length * sizes.batch, sizes.record], goal: [sizes.batch, 1] }
  writeFileSync(join(folder, 'sizes.json'), JSON.stringify({ ...sizes, shapes: all }))
  const script = join(packageRoot(), 'bench', 'pytorch', 'train_step.py')
  const started = await startStepProcess(python, [script, folder])
  const forget = () => rmSync(folder, { recursive: true, force: true })
  if (started === null) {
    forget()
    return null
  }
  return {
    ...started,
    close() {
      started.close()
      forget()
    },
  }
}

const write = (folder: string, name: string, values: Float32Array) =>
  writeFileSync(join(folder, name), new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
