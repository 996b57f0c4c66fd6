import { basename } from 'node:path'
import { expect, test } from 'vitest'
import { csvFiles, csvStem } from '../../src/sources/csv-files.ts'
import { folders } from '../pipelines/rows.ts'

const folderOf = folders()

test('gives matching files by name, one of a file that is there plain and packed', () => {
  const folder = folderOf({
    'log_b.csv': '',
    'log_a.csv.gz': '',
    'log_a.csv': '',
    'log_c.txt': '',
    'log_d.csv.br': '',
    'users.csv': '',
  })
  const found = csvFiles(folder, /^log_/)
  expect(found.map(csvStem)).toEqual(['log_a', 'log_b', 'log_d'])
  expect(basename(found[1]!)).toBe('log_b.csv')
})

test('gives nothing for a folder that is not there', () => {
  expect([csvFiles('', /./), csvFiles('no/such/folder', /./)]).toEqual([[], []])
})
