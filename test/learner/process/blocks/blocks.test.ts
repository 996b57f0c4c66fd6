import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { openEmbeddedLog } from '../../../../src/log/embedded/embedded-log.ts'
import { openKafkaLog } from '../../../../src/log/kafka/kafka-log.ts'
import { describeKafka } from '../../../kafka/brokers.ts'
import { describeBlocks } from './contract.ts'

const folder = mkdtempSync(join(tmpdir(), 'recstream-blocks-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let opened = 0
const embedded = () => openEmbeddedLog({ folder: join(folder, String(++opened)) })

describeBlocks('blocks of one part in files', 1, embedded)
describeBlocks('blocks of three parts in files', 3, embedded)

describeKafka('on Kafka', broker => {
  const kafka = () => openKafkaLog({ brokers: broker().brokers })
  describeBlocks('blocks of one part', 1, kafka)
  describeBlocks('blocks of three parts', 3, kafka)
})
