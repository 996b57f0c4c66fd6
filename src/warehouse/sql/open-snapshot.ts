import type { DuckDBConnection } from '@duckdb/node-api'
import { DuckDBInstance } from '../duckdb.ts'
import { newestEvent } from './newest-event.ts'
import type { AsOf, PartCopy, QueryRequest } from './query.ts'
import { firstLine, Refusal } from './refusal.ts'
import { showMeanings, showTyped } from './typed-columns.ts'
import { meaningsOfParts, uniteParts } from './unite-parts.ts'

/** A snapshot that is open for reading. */
export interface OpenSnapshot {
  instance: DuckDBInstance
  connection: DuckDBConnection
  asOf: AsOf | null
  /** Let its views say what their columns mean. */
  showMeanings(): Promise<void>
}

type Limits = Pick<QueryRequest, 'memoryMb' | 'threads'>

/** A connection that can read a snapshot and reach nothing else, whatever a query says. */
export async function openSnapshot({ snapshot, ...limits }: Limits & Pick<QueryRequest, 'snapshot'>) {
  const opened = await (typeof snapshot === 'string' ? openFile(snapshot, limits) : openParts(snapshot, limits))
  const { connection } = opened
  await connection.run("SET TimeZone = 'UTC'")
  // The snapshot is open already; from here on not even DuckDB itself can open a file.
  await connection.run("SET disabled_filesystems = 'LocalFileSystem'")
  await connection.run('SET lock_configuration = true')
  return opened
}

async function openFile(path: string, limits: Limits): Promise<OpenSnapshot> {
  const { temp_directory, ...others } = optionsFor(limits)
  const forbidden = { access_mode: 'READ_ONLY', temp_directory, enable_external_access: 'false' }
  const instance = await DuckDBInstance.create(path, { ...forbidden, ...others }).catch(refused)
  const connection = await instance.connect()
  await showTyped(connection)
  const asOf = await newestEvent(connection)
  return { instance, connection, asOf, showMeanings: () => showMeanings(connection) }
}

async function openParts(copies: readonly PartCopy[], limits: Limits): Promise<OpenSnapshot> {
  const instance = await DuckDBInstance.create(':memory:', optionsFor(limits))
  try {
    const connection = await instance.connect()
    const asOf = await uniteParts(connection, copies).catch(refused)
    await connection.run('SET enable_external_access = false')
    const showMeanings = async () => {
      await connection.run(meaningsOfParts().join(';\n'))
    }
    return { instance, connection, asOf, showMeanings }
  } catch (error) {
    instance.closeSync()
    throw error
  }
}

const optionsFor = ({ memoryMb, threads }: Limits) => ({
  // Nothing is spilled to disk. This must stand before an option that forbids all files.
  temp_directory: '',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  allow_community_extensions: 'false',
  memory_limit: `${memoryMb}MB`,
  threads: `${threads}`,
})

function refused(error: unknown): never {
  throw new Refusal('WAREHOUSE_FAILED', `The copy of the warehouse could not be opened: ${firstLine(error)}`)
}
