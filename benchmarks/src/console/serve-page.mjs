import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { changeBetween } from '../../../packages/console/dist/index.js'
import { largeSystem } from './large-system.mjs'

const EVERY_MS = 100
const types = { html: 'text/html; charset=utf-8', js: 'text/javascript', css: 'text/css' }

/**
 * The built page, and behind it a system that is told of ten times a second.
 * @param {string} folder where the page was built
 */
export async function servePage(folder) {
  let latest = largeSystem(1, Date.now())
  const readers = new Set()
  const server = createServer(({ url }, response) => {
    const path = new URL(url, 'http://console').pathname
    if (path === '/api/live') {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(eventOf('snapshot', latest))
      readers.add(response)
      response.once('close', () => readers.delete(response))
      return
    }
    if (path.startsWith('/api/')) {
      response.setHeader('content-type', 'application/json')
      response.end('{"at":[],"services":{},"edges":{},"steps":[],"next":null}')
      return
    }
    const name = path === '/' ? 'index.html' : path.slice(1)
    response.setHeader('content-type', types[name.split('.').at(-1)] ?? 'text/plain')
    readFile(`${folder}/${name}`).then(
      (content) => response.end(content),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const timer = setInterval(() => {
    const next = largeSystem(latest.sequence + 1, Date.now())
    const text = eventOf('change', changeBetween(latest, next))
    latest = next
    for (const reader of readers) reader.write(text)
  }, EVERY_MS)
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close() {
      clearInterval(timer)
      server.closeAllConnections()
      server.close()
    },
  }
}

function eventOf(event, data) {
  return `event: ${event}\nid: ${data.sequence}\ndata: ${JSON.stringify(data)}\n\n`
}
