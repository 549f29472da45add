import { expect, it } from 'vitest'
import { type Lookup, type ResolveOptions, Resolver } from './resolver.js'

function resolverOf(origins: readonly string[], lookup: Lookup, options: ResolveOptions = {}): Resolver {
  return new Resolver(
    origins.map((origin) => new URL(origin)),
    { lookup, ...options },
  )
}

const found = async (resolver: Resolver, now = 0): Promise<string[]> =>
  (await resolver.resolve(now)).map(({ origin, host }) => `${origin} as ${host ?? 'itself'}`)

it('turns a name into all of its addresses, and leaves addresses alone', async () => {
  const lookup = async (): Promise<string[]> => ['10.0.0.1', 'fd00::1']
  const origins = ['http://stock.test:7001', 'https://pay.test', 'http://127.0.0.1:1', 'http://[::1]:2']
  expect(await found(resolverOf(origins, lookup))).toEqual([
    'http://10.0.0.1:7001 as stock.test:7001',
    'http://[fd00::1]:7001 as stock.test:7001',
    'https://10.0.0.1 as pay.test',
    'https://[fd00::1] as pay.test',
    'http://127.0.0.1:1 as itself',
    'http://[::1]:2 as itself',
  ])
})

it('uses no more addresses than it may, and each once', async () => {
  const many = async (): Promise<string[]> =>
    Array.from({ length: 500 }, (_, index) => `10.0.${index >> 8}.${index & 255}`)
  expect(await found(resolverOf(['http://a.test'], many))).toHaveLength(64)
  expect(await found(resolverOf(['http://a.test', 'http://a.test'], many, { max: 3 }))).toHaveLength(3)
})

it('keeps what it knows when a name cannot be resolved, or has no address', async () => {
  const answers: (string[] | Error)[] = [['10.0.0.1'], new Error('no server'), [], ['10.0.0.2']]
  const resolver = resolverOf(['http://a.test'], async () => {
    const answer = answers.shift()!
    if (answer instanceof Error) throw answer
    return answer
  })
  const origins: string[] = []
  for (let time = 0; time < 4; time++) origins.push(...(await found(resolver)))
  expect(origins.map((origin) => origin.split(' ')[0])).toEqual([
    'http://10.0.0.1',
    'http://10.0.0.1',
    'http://10.0.0.1',
    'http://10.0.0.2',
  ])
})

it('leaves a name that was never resolved to the connection', async () => {
  const resolver = resolverOf(['http://a.test:7'], () => Promise.reject(new Error('no server')))
  expect(await found(resolver)).toEqual(['http://a.test:7 as itself'])
})

it('looks again after the interval, once at a time', async () => {
  let lookups = 0
  const resolver = resolverOf(['http://a.test'], async () => (lookups++, ['10.0.0.1']), { intervalMs: 100 })
  expect(resolver.isDue(0)).toBe(true)
  const first = resolver.resolve(0)
  expect(resolver.isDue(500)).toBe(false)
  await Promise.all([first, resolver.resolve(0)])
  expect([resolver.isDue(99), resolver.isDue(100), lookups]).toEqual([false, true, 1])
})
