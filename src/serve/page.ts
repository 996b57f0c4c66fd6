import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { extname, join, relative, sep } from 'node:path'
import { packageRoot } from '../package-root.ts'

/** A file of the page, at its path. */
export interface PageFile {
  path: string
  headers: Readonly<Record<string, string>>
  etag: string
  body: Buffer
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
}

/** Nothing from elsewhere, nothing inline, in no other page's frame. */
const policy = [
  ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self' data:"],
  ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
].join('; ')

/** All files of the page; none where it was not built. They are read once: a path leads to nothing else. */
export function pageFiles(): PageFile[] {
  const folder = join(packageRoot(), 'dist', 'src', 'page')
  if (!existsSync(folder)) return []
  const own = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && types[extname(entry.name)] !== undefined)
    .map(entry => join(entry.parentPath, entry.name))
    .map(file => pageFile(`/page/${relative(folder, file).split(sep).join('/')}`, file))
  const { resolve } = createRequire(import.meta.url)
  const chart = [
    pageFile('/page/uplot.js', resolve('uplot/dist/uPlot.esm.js')),
    pageFile('/page/uplot.css', resolve('uplot/dist/uPlot.min.css')),
  ]
  return [...own.map(file => (file.path === '/page/index.html' ? { ...file, path: '/' } : file)), ...chart]
}

function pageFile(path: string, file: string): PageFile {
  const body = readFileSync(file)
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
  return {
    path,
    etag,
    body,
    headers: {
      'content-type': types[extname(path)] ?? types['.html']!,
      'content-security-policy': policy,
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
      etag,
    },
  }
}
