import { expect, it } from 'vitest'
import { Scene } from './scene.js'

const scene = new Scene()

/** What the service is told of who has asked, by a request with these lines. */
async function toldOf(words: string, lines: string): Promise<readonly string[]> {
  const service = await scene.answering('HTTP/1.1 204 No Content\r\n\r\n')
  const proxy = await scene.gateway(service.port, words)
  await scene.caller(proxy, `GET / HTTP/1.1\r\nHost: a\r\n${lines}\r\n`).until(/ 204 /)
  return service.connections[0]!.received.match(/^x-forwarded-[^\r]*/gim) ?? []
}

const CHAIN =
  'X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-For: 192.0.2.2, 192.0.2.3\r\nX-Forwarded-Proto: https\r\n'
const TRUSTED = 'trust: [127.0.0.1/32]'

it('what a stranger says of those before it goes no further', async () => {
  expect(await toldOf('', CHAIN)).toEqual(['x-forwarded-for: 127.0.0.1', 'x-forwarded-proto: http'])
})

it('what a trusted proxy says of those before it is passed on whole, in one line', async () => {
  expect(await toldOf(TRUSTED, CHAIN)).toEqual([
    'x-forwarded-for: 192.0.2.1, 192.0.2.2, 192.0.2.3, 127.0.0.1',
    'x-forwarded-proto: https',
  ])
})

it('a trusted proxy that says nothing, or nonsense, of the scheme is taken for the caller', async () => {
  expect(await toldOf(TRUSTED, '')).toEqual(['x-forwarded-for: 127.0.0.1', 'x-forwarded-proto: http'])
  expect(await toldOf(TRUSTED, 'X-Forwarded-Proto: gopher\r\n')).toContain('x-forwarded-proto: http')
})
