import { readFile } from 'node:fs/promises'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Context } from 'hono'

/** Where the page lies that is built from `src/page`. */
const FOLDER = fileURLToPath(new URL('../../dist/page', import.meta.url))

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
}

/** A file of the page; any path without a file's ending is the page itself, which reads its own links. */
export async function pageFile(c: Context): Promise<Response> {
  const path = normalize(decodeURIComponent(c.req.path))
  const ending = extname(path)
  const file = join(FOLDER, ending === '' ? 'index.html' : path)
  if (!file.startsWith(FOLDER)) return c.text('there is no such file\n', 404)
  const bytes = await readFile(file).catch(() => undefined)
  if (bytes === undefined) return ending === '' ? withoutPage(c) : c.text('there is no such file\n', 404)
  // The names of the others change with what is in them.
  c.header('cache-control', path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache')
  return c.body(bytes, 200, {
    'content-type': TYPES[ending === '' ? '.html' : ending] ?? 'application/octet-stream',
  })
}

function withoutPage(c: Context): Response {
  return c.text('The page of this console has not been built. What it would show is at /api/snapshot.\n')
}
