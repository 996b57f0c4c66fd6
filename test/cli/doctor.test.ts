import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { checkNode } from '../../src/cli/doctor/check-machine.ts'
import { recstream } from './run-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'recstream-doctor-'))
writeFileSync(join(folder, 'file'), '')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('--json says what is installed and what would run', async () => {
  const { code, stdout } = await recstream(['doctor', '--data', join(folder, 'new'), '--json'])
  const report = JSON.parse(stdout)
  expect(code).toBe(0)
  expect(report).toMatchObject({
    healthy: true,
    node: process.versions.node,
    backend: expect.stringMatching(/native|wasm/),
  })
  const checks = report.findings.map(({ check }: { check: string }) => check)
  expect(checks).toEqual(['node', 'tensorflow', 'duckdb', 'kafka', 'data folder'])
  for (const { state, message } of report.findings) {
    expect(['ok', 'warning']).toContain(state)
    expect(message).not.toBe('')
  }
})

test('a problem is said with what to do, and the exit code tells', async () => {
  const { code, stdout } = await recstream(['doctor', '--data', join(folder, 'file')])
  expect(code).toBe(1)
  expect(stdout).toMatch(/problem +data folder +.*file is a file\.\n +→ Choose another folder with --data\.\n/)
})

test('Node below 20.19 is a problem', () => {
  expect(checkNode('20.18.1').state).toBe('problem')
  expect(['20.19.0', '22.0.0', '24.1.0'].map(version => checkNode(version).state)).toEqual(['ok', 'ok', 'ok'])
})
