import { expect, test } from 'vitest'
import { restartNotices } from '../../src/run/restart-notices.ts'

function hear() {
  const said: string[] = []
  const logged: object[] = []
  const notices = restartNotices(
    { warn: (details: object) => logged.push(details) },
    message => said.push(message),
    'The disk is full.',
  )
  return { said, logged, notices }
}

test('what is waited for outside is said once, whichever process waits', () => {
  const { said, logged, notices } = hear()
  for (let second = 0; second < 60; second++) {
    notices.began('ingest', 'No broker.', 'outside')
    notices.began('learn', 'No broker.', 'outside')
  }
  notices.began('learn', 'No registry.', 'outside')
  expect(said).toEqual(['Waiting, and trying again: No broker.', 'Waiting, and trying again: No registry.'])
  expect(logged).toHaveLength(3)
})

test('a full disk is said once until the process that met it got further, and by the log too', () => {
  const { said, notices } = hear()
  for (let tries = 0; tries < 5; tries++) {
    notices.began('ingest', 'The disk is full.', 'lasting')
    notices.logWaits('The disk is full.')
    notices.well('ingest')
  }
  notices.logGoesOn()
  notices.began('ingest', 'The disk is full.', 'lasting')
  expect(said).toEqual(['The disk is full.'])
  notices.advanced('ingest')
  notices.began('ingest', 'The disk is full.', 'lasting')
  expect(said).toEqual(['The disk is full.', 'The disk is full.'])
})

test('whoever waits without being started again says it in the same words, once until that is over', () => {
  const { said, logged, notices } = hear()
  notices.waits('learn', 'No broker.')
  notices.waits('ingest', 'No broker.')
  notices.began('ingest', 'No broker.', 'outside')
  expect(said).toEqual(['Waiting, and trying again: No broker.'])
  expect(logged).toHaveLength(2)
  notices.waits('learn', null)
  notices.waits('ingest', null)
  notices.waits('learn', 'No broker.')
  expect(said).toHaveLength(2)
})

test('and again after every process that waited was at work', () => {
  const { said, notices } = hear()
  notices.began('ingest', 'No broker.', 'outside')
  notices.began('learn', 'No broker.', 'outside')
  notices.well('ingest')
  notices.began('ingest', 'No broker.', 'outside')
  expect(said).toHaveLength(1)
  notices.well('ingest')
  notices.well('learn')
  notices.began('learn', 'No broker.', 'outside')
  expect(said).toHaveLength(2)
})

test('a process that fails by itself is named, and each of its ends is in the log', () => {
  const { said, logged, notices } = hear()
  notices.began('ingest', 'ended by SIGKILL', 'own')
  notices.began('ingest', 'ended by SIGKILL', 'own')
  notices.began('learn', 'ended by SIGKILL', 'own')
  expect(said).toEqual([
    'The ingest process is started again: ended by SIGKILL',
    'The learn process is started again: ended by SIGKILL',
  ])
  expect(logged).toHaveLength(3)
})
