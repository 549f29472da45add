import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { corpus } from './corpus/corpus.js'
import { HIDDEN_PATH, type HostileRequest } from './corpus/hostile-request.js'
import { type Fate, fateOf } from './fate-of.js'
import { type PeerName, startPeer } from './start-peer.js'
import { readRequests } from './read-requests.js'
import { recordingUpstream } from './recording-upstream.js'

const PEERS: readonly PeerName[] = ['envoy', 'haproxy', 'nginx']

describe('what the corpus comes to elsewhere', () => {
  it('is told in a page', { timeout: 240_000 }, async () => {
    const columns = await Promise.all(PEERS.map(fatesAt))
    const sections = corpus.map(({ name, source, requests }) => {
      const rows = requests.map((request) =>
        [request.name, ours(request), ...columns.map((fates) => fates.get(request) ?? '')].join(' | '),
      )
      return [
        `## ${capitalised(name)}`,
        '',
        `Source: ${source}.`,
        '',
        HEADING,
        ...rows.map((row) => `| ${row} |`),
      ]
    })
    const page = `${[INTRODUCTION, ...sections.map((lines) => lines.join('\n'))].join('\n\n')}\n`
    if (process.env['WATERTIGHT_WRITE'] === '1') await writeFile(PAGE, page)
    // What others answer may depend on which of two packets comes first, and is reported as it was seen once.
    expect(oursAlone(await readFile(PAGE, 'utf8'))).toBe(oursAlone(page))
    expect(page).toMatch(/\| two /)
  })

  it('harms nobody: whatever passes here passes Envoy too', async () => {
    await using upstream = await recordingUpstream()
    await using envoy = await startPeer('envoy', upstream.port)
    for (const { name, bytes, answer } of corpus.flatMap(({ requests }) => requests)) {
      if (answer !== 'forwarded') continue
      const { statuses } = await fateOf(envoy.port, bytes, { answers: 1, patienceMs: 5_000 })
      expect([name, statuses[0]]).toEqual([name, 200])
    }
  })
})

const PAGE = new URL('../../docs/hostile-requests.md', import.meta.url)

/** The page without the columns of the other proxies. */
function oursAlone(page: string): string {
  return page.replaceAll(/^(\| [^|]* \| [^|]* \|).*$/gm, '$1')
}

const HEADING = `| request | Watertight | Envoy | HAProxy | nginx |
| --- | --- | --- | --- | --- |`

const INTRODUCTION = `# Hostile requests

Requests that were published as getting past some server, and well-formed neighbours that look like them. Each proxy
stands in front of the same upstream, in its default configuration: Envoy 1.40, and HAProxy 2.6 and nginx 1.22 as Debian
has them. A number is the first answer; \`passed\` means that the upstream has seen the request, \`two\` that it has seen
two of them where a reader of RFC 9112 sees one, \`waits\` that the proxy asks for more, \`closes\` that it hangs up.`

/** What each request comes to at a proxy. */
async function fatesAt(name: PeerName): Promise<ReadonlyMap<HostileRequest, string>> {
  await using upstream = await recordingUpstream()
  await using peer = await startPeer(name, upstream.port)
  const fates = new Map<HostileRequest, string>()
  for (const request of corpus.flatMap(({ requests }) => requests)) {
    const fate = await fateOf(peer.port, request.bytes, { patienceMs: 300 })
    const seen = upstream.seen()
    fates.set(
      request,
      seen.some(({ target }) => target === HIDDEN_PATH) ? 'two' : seen.length > 0 ? 'passed' : toldOf(fate),
    )
  }
  return fates
}

function toldOf({ statuses: [status], closed }: Fate): string {
  return status === undefined ? (closed ? 'closes' : 'waits') : String(status)
}

function ours({ bytes, answer }: HostileRequest): string {
  const { refused } = readRequests(Buffer.from(bytes, 'latin1'))
  return answer === 'forwarded' ? 'passed' : String(refused ?? answer.join(' or '))
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
