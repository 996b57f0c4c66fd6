import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { root } from '../promises/command.ts'
import { folder, type Manifest, manifests, shardsFolder, shardsOverlay, variablesIn, workloads } from './manifests.ts'

const scratch = mkdtempSync(join(root, 'node_modules', '.kubernetes-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const wrongTypes = (all: readonly Manifest[]): string => {
  const lines = all.map(
    (each, k) =>
      `const m${k}: import('kubernetes-types/${each.apiVersion.includes('/') ? each.apiVersion.replace('.k8s.io', '') : `core/${each.apiVersion}`}').${each.kind} = ${JSON.stringify(each)}\nvoid m${k}`,
  )
  const file = join(scratch, 'manifests.ts')
  writeFileSync(file, `${lines.join('\n')}\nexport {}\n`)
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const flags = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'preserve', '--ignoreConfig']
  return spawnSync(process.execPath, [compiler, ...flags, file], { encoding: 'utf8' }).stdout
}

test('what is applied is what Kubernetes publishes the types of, with no field that it does not know', () => {
  expect(manifests().map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    'PodDisruptionBudget recstream',
    'Deployment recstream-followers',
    'StatefulSet recstream-leader',
    'Namespace recstream',
    'NetworkPolicy recstream',
    'Service recstream',
    'Service recstream-leader',
    'Service recstream-standby',
    'StatefulSet recstream-standby',
  ])
  expect(manifests(shardsFolder).map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    'PodDisruptionBudget recstream-ingest',
    'StatefulSet recstream-ingest',
    'NetworkPolicy recstream-ingest',
    'Service recstream-ingest',
  ])
  expect(wrongTypes([...manifests(), ...manifests(shardsFolder)])).toBe('')
  const broken = workloads()[0]!
  broken.spec.template.spec.containers[0].comand = []
  expect(wrongTypes([broken])).toContain('"comand"')
})

test('the kustomization names every file, and kubectl builds it where there is one', context => {
  const { resources } = parse(readFileSync(join(folder, 'kustomization.yml'), 'utf8')) as { resources: string[] }
  const names = ['namespace', 'leader', 'standby', 'followers', 'services', 'disruption', 'network']
  expect(resources).toEqual(names.map(name => `${name}.yml`))
  const built = spawnSync('kubectl', ['kustomize', folder], { encoding: 'utf8' })
  if (built.error !== undefined) context.skip('there is no kubectl here')
  expect(built.stderr).toBe('')
  expect(built.stdout).toContain('image: registry.example.com/recstream:0.1.0')
})

test('that of shards lies over it, gives the leader another command, and kubectl builds it where there is one', context => {
  const { resources, leader, target } = shardsOverlay()
  expect(resources).toEqual([
    '../kubernetes',
    ...['ingest', 'disruption', 'network', 'services'].map(name => `${name}.yml`),
  ])
  const built = spawnSync('kubectl', ['kustomize', shardsFolder], { encoding: 'utf8' })
  if (built.error !== undefined) context.skip('there is no kubectl here')
  expect(built.stderr).toBe('')
  const all = parseAllDocuments(built.stdout).map(document => document.toJS() as Manifest)
  expect(wrongTypes(all)).toBe('')
  const pods = all.filter(({ spec }) => spec?.template !== undefined)
  expect(pods.map(({ metadata }) => metadata.name).sort()).toEqual(
    ['followers', 'ingest', 'leader', 'standby'].map(name => `recstream-${name}`),
  )
  const images = pods.map(({ spec }) => spec.template.spec.containers[0].image)
  expect(new Set(images)).toEqual(new Set(['registry.example.com/recstream:0.1.0']))
  // All of them have the module with the parts.
  const modules = pods.flatMap(({ spec }) =>
    spec.template.spec.volumes.map(({ configMap }: { configMap?: { name: string } }) => configMap?.name),
  )
  const [module, ...others] = new Set(modules.filter((name?: string) => name?.startsWith('recstream-pipeline')))
  expect(others).toEqual([])
  const { data } = all.find(({ metadata }) => metadata.name === module) as unknown as { data: Record<string, string> }
  expect(data['shop.mjs']).toBe(readFileSync(join(shardsFolder, 'shop.mjs'), 'utf8'))
  const led = pods.find(({ metadata }) => metadata.name === target.name)!
  expect(led.kind).toBe(target.kind)
  expect(led.spec.template.spec.containers[0].args).toEqual(leader)
})

test('there are as many pods of ingest as shards, and their module differs by parts and partitions alone', () => {
  const { spec } = workloads(shardsFolder)[0]!
  expect(variablesIn(join(shardsFolder, 'shards.env'))).toEqual({ SHARDS: `${spec.replicas}` })
  const linesOf = (from: string) => readFileSync(join(from, 'shop.mjs'), 'utf8').split('\n')
  const added = linesOf(shardsFolder).filter(line => !linesOf(folder).includes(line) && !line.includes('//'))
  expect(added).toEqual(['  parts: 4,', '  partitions: 8,'])
  expect(linesOf(folder).filter(line => !linesOf(shardsFolder).includes(line))).toEqual([])
})

test('selectors find the pods that they mean', () => {
  const pods = [...workloads(), ...workloads(shardsFolder)].map(({ metadata, spec }) => ({
    name: metadata.name,
    labels: spec.template.metadata.labels,
  }))
  const found = (selector: Record<string, string>) =>
    pods
      .filter(({ labels }) => Object.entries(selector).every(([name, value]) => labels[name] === value))
      .map(pod => pod.name)
  // Who answers requests; a shard of ingest answers none.
  const all = pods.map(({ name }) => name).filter(name => name !== 'recstream-ingest')
  for (const { kind, metadata, spec } of manifests(shardsFolder)) {
    const selector = kind === 'Service' ? spec.selector : (spec.selector ?? spec.podSelector).matchLabels
    expect(found(selector), kind).toEqual([metadata.name])
  }
  for (const { kind, metadata, spec } of manifests()) {
    if (kind === 'Service') expect(found(spec.selector)).toEqual(metadata.name === 'recstream' ? all : [metadata.name])
    if (kind === 'PodDisruptionBudget') expect(found(spec.selector.matchLabels)).toEqual(all)
    if (kind === 'NetworkPolicy') expect(found(spec.podSelector.matchLabels)).toEqual(all)
    if (kind === 'StatefulSet') expect(found(spec.selector.matchLabels)).toEqual([spec.serviceName])
  }
})

test('pods write where there is room for it alone, and may reach the brokers that the settings name', () => {
  for (const { metadata, spec } of [...workloads(), ...workloads(shardsFolder)]) {
    const { containers, volumes, securityContext } = spec.template.spec
    const [{ volumeMounts, securityContext: own }] = containers
    const probe = metadata.name === 'recstream-ingest' ? ['/app/probe'] : []
    const paths = volumeMounts.map(({ mountPath }: { mountPath: string }) => mountPath)
    expect(paths).toEqual(['/data', '/app/own', ...probe, '/tmp'])
    const claims = spec.volumeClaimTemplates ?? []
    const names = [...volumes, ...claims.map(({ metadata }: Manifest) => metadata)].map(({ name }) => name)
    expect(volumeMounts.map(({ name }: { name: string }) => name).sort()).toEqual(names.sort())
    expect({ ...securityContext, ...own }).toMatchObject({ runAsNonRoot: true, readOnlyRootFilesystem: true })
  }
  const settings = readFileSync(join(folder, 'settings.env'), 'utf8')
  const port = Number(/^BROKERS=.*:(\d+)$/m.exec(settings)![1])
  for (const from of [folder, shardsFolder]) {
    const { egress } = manifests(from).find(({ kind }) => kind === 'NetworkPolicy')!.spec
    expect(egress.at(-1).ports).toEqual([{ protocol: 'TCP', port }])
  }
})
