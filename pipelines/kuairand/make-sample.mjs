// Makes pipelines/kuairand/data from a folder of KuaiRand-Pure:
//
//     node pipelines/kuairand/make-sample.mjs <folder of KuaiRand-Pure>
//
// It keeps whole users: those whose id's SHA-256 starts with a byte below 85 (a third of them). Every row of theirs stays,
// in the order of the file and with its exact repeats, and so do the profiles of these users and the videos that they saw.
// Of the columns only those that the pipeline reads are kept.
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gunzipSync } from 'node:zlib'

const from = process.argv[2]
if (from === undefined) throw new Error('Give the folder of KuaiRand-Pure.')
const to = join(dirname(fileURLToPath(import.meta.url)), 'data')

const kept = {
  log: [
    ...['user_id', 'video_id', 'time_ms', 'is_click', 'is_like', 'is_follow', 'is_comment', 'is_forward', 'is_hate'],
    ...['long_view', 'play_time_ms', 'duration_ms', 'tab'],
  ],
  users: [
    ...['user_id', 'user_active_degree', 'is_live_streamer', 'is_video_author', 'follow_user_num_range'],
    ...['fans_user_num_range', 'friend_user_num_range', 'register_days_range'],
    ...[0, 1, 2, 4, 6, 9, 10, 11].map(number => `onehot_feat${number}`),
  ],
  videos: ['video_id', 'author_id', 'video_type', 'upload_type', 'video_duration', 'tag'],
}

const isChosen = userId => createHash('sha256').update(userId).digest()[0] < 85

const log = read('log_standard_4_25_to_5_08.csv.gz').filter(row => isChosen(row.user_id))
const seen = new Set(log.map(row => row.user_id))
const shown = new Set(log.map(row => row.video_id))
const users = read('user_features_pure.csv.gz').filter(row => seen.has(row.user_id))
const videos = read('video_features_basic_pure.csv.gz').filter(row => shown.has(row.video_id))

mkdirSync(to, { recursive: true })
write('log_standard_sample.csv.br', kept.log, log)
write('user_features_sample.csv.br', kept.users, users)
write('video_features_basic_sample.csv.br', kept.videos, videos)
copyFileSync(join(from, 'LICENSE'), join(to, 'LICENSE'))
console.log(`${log.length} events of ${users.length} users on ${videos.length} videos`)

function read(name) {
  const [header, ...lines] = gunzipSync(readFileSync(join(from, name)))
    .toString('utf8')
    .trimEnd()
    .split('\n')
  const names = header.split(',')
  return lines.map(line => {
    const values = line.match(/("[^"]*"|[^,]*)(,|$)/g).map(field => field.replace(/,$/, ''))
    return Object.fromEntries(names.map((name, i) => [name, values[i]]))
  })
}

function write(name, names, rows) {
  const lines = [names, ...rows.map(row => names.map(name => row[name]))].map(values => `${values.join(',')}\n`)
  writeFileSync(join(to, name), brotliCompressSync(lines.join('')))
}
