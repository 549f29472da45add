import { once } from 'node:events'
import { connect } from 'node:http2'
import { type AddressInfo, createServer } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { IncomingFrames } from '../frames/incoming-frames.js'
import { DynamicTable } from './dynamic-table.js'
import { HeaderField } from './header-field.js'
import { HpackDecoder, HpackLines, NO_TABLE, statusField } from './index.js'

type Fields = readonly (readonly [name: string, value: string])[]

/** Reads blocks one after the other; undefined for one that cannot be read. */
function read(blocks: readonly Buffer[]): (Fields | undefined)[] {
  const decoder = new HpackDecoder()
  return blocks.map((block) => {
    const fields: [string, string][] = []
    return decoder.decode(block, { field: ({ name, value }) => fields.push([name, value]) })
      ? fields
      : undefined
  })
}

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')

const first = [
  [':method', 'GET'],
  [':scheme', 'http'],
  [':path', '/'],
  [':authority', 'www.example.com'],
]
const third = [
  [':method', 'GET'],
  [':scheme', 'https'],
  [':path', '/index.html'],
  [':authority', 'www.example.com'],
  ['custom-key', 'custom-value'],
]

describe('a block of headers', () => {
  // RFC 7541, appendices C.3 and C.4: the same three requests, plain and packed.
  it.each([
    [
      'plain',
      [
        '8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
        '8286 84be 5808 6e6f 2d63 6163 6865',
        '8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65',
      ],
    ],
    [
      'packed',
      [
        '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff',
        '8286 84be 5886 a8eb 1064 9cbf',
        '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf',
      ],
    ],
  ])('is what the standard says of its examples, %s', (_, blocks) => {
    expect(read(blocks.map(hex))).toEqual([first, [...first, ['cache-control', 'no-cache']], third])
  })

  // Appendix C.6, whose table holds 256 bytes.
  it('forgets what the table has no room for', () => {
    const blocks = [
      '3fe101 4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3',
      '4883 640e ffc1 c0bf',
    ]
    const [, [status, ...others] = []] = read(blocks.map(hex))
    expect(status).toEqual([':status', '307'])
    expect(others.map(([name]) => name)).toEqual(['cache-control', 'date', 'location'])
    // The status of the first answer has gone, and its number is that of nothing.
    expect(read([...blocks.map(hex), hex('c2')])[2]).toBeUndefined()
  })

  it.each([
    ['number 0', '80'],
    ['a number of nothing', 'be'],
    ['a name of nothing', '7f 00 00'],
    ['a table larger than allowed', '3f e2 1f'],
    ['a new size of the table behind a field', '82 20'],
    ['a text that is longer than the block', '00 05 61'],
    ['a name without a value', '00 01 61'],
    ['a number without an end', '7f ff ff ff ff ff ff ff ff 7f'],
    ['packed text that ends within a letter', '00 81 ff 00'],
    ['packed text filled up with zeros', '00 81 18 00'],
    ['packed text with an octet of filling', '00 82 1f ff 00'],
    ['packed text with the end in it', '00 84 ff ff ff ff 00'],
  ])('is refused for %s', (_, block) => {
    expect(read([hex(block)])).toEqual([undefined])
  })

  it('is read as another implementation packs it, whatever octets its values have', async () => {
    // Letters with short codes between them, or nobody would pack the others.
    const value = Array.from({ length: 256 }, (_, octet) => octet)
      .filter((octet) => octet > 32 && octet !== 127)
      .map((octet) => `${'a'.repeat(12)}${String.fromCharCode(octet)}`)
      .join('')
    const [block] = await blocksOfPlatform(value)
    expect(block!.length).toBeLessThan(value.length)
    expect(read([block!])[0]?.find(([name]) => name === 'x-told')).toEqual(['x-told', value])
  })
})

/** The headers of a request with this value in one, as the platform's client sends them. */
async function blocksOfPlatform(value: string): Promise<readonly Buffer[]> {
  const blocks: Buffer[] = []
  const nothing = (): number => 0
  const frames = new IncomingFrames(
    {
      headers: (_stream, block) => {
        blocks.push(Buffer.from(block))
        return 0
      },
      data: nothing,
      aborted: nothing,
      settings: nothing,
      ping: nothing,
      pong: nothing,
      windowUpdate: nothing,
      goAway: nothing,
      idled: nothing,
    },
    'client',
  )
  const server = createServer((socket) => socket.on('data', (chunk) => frames.read(chunk))).listen(
    0,
    '127.0.0.1',
  )
  await once(server, 'listening')
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  onTestFinished(() => {
    session.destroy()
    server.close()
  })
  session.request({ 'x-told': value }).on('error', () => undefined)
  await vi.waitUntil(() => blocks.length > 0, { timeout: 20_000 })
  return blocks
}

const token = fc.stringMatching(/^[a-z][a-z0-9-]{0,40}$/)
const value = fc.stringMatching(/^[!-~]([ -~]{0,200}[!-~])?$/)

describe('lines as a block', () => {
  it('read back as what they were, however long', () => {
    const lines = new HpackLines(new Set(['connection']))
    fc.assert(
      fc.property(fc.array(fc.tuple(token, value)), (fields) => {
        const text = fields.map(([name, told]) => `${name}: ${told}\r\n`).join('')
        const kept = fields.filter(([name]) => name !== 'connection')
        expect(read([latin1(NO_TABLE + lines.block(text))])).toEqual([kept])
      }),
    )
    const long = 'x'.repeat(100_000)
    expect(read([latin1(lines.block(`a: ${long}\r\n`))])).toEqual([[['a', long]]])
  })

  it('have their names in small letters, and leave out those of one connection', () => {
    const lines = new HpackLines(new Set(['connection']))
    expect(read([latin1(lines.block('X-A: 1\r\nConnection: close\r\nServer:  b \r\n'))])).toEqual([
      [
        ['x-a', '1'],
        ['server', 'b'],
      ],
    ])
  })

  it('keep the last octet of a letter that looks like whitespace to some', () => {
    const lines = new HpackLines(new Set())
    expect(read([latin1(lines.block('a: voil\xc3\xa0 \t\r\n'))])).toEqual([[['a', 'voil\xc3\xa0']]])
  })

  it('begin with any status', () => {
    for (const status of [100, 103, 200, 204, 304, 404, 418, 500, 503, 599])
      expect(read([latin1(statusField(status))])).toEqual([[[':status', String(status)]]])
  })
})

describe('the table of a connection', () => {
  it('holds what a list cut to so many bytes holds', () => {
    const step = fc.oneof(fc.record({ add: fc.nat(120) }), fc.record({ resize: fc.nat(400) }))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const table = new DynamicTable(400)
        let [list, bytesMax]: [HeaderField[], number] = [[], 400]
        const cut = (): void => {
          while (list.reduce((sum, { bytes }) => sum + bytes, 0) > bytesMax) list = list.slice(0, -1)
        }
        for (const [index, one] of steps.entries()) {
          if ('add' in one) {
            const field = new HeaderField(`n${index}`, 'x'.repeat(one.add))
            table.add(field)
            list = [field, ...list]
          } else {
            expect(table.resize(one.resize)).toBe(true)
            bytesMax = one.resize
          }
          cut()
          expect(Array.from({ length: table.count }, (_, at) => table.at(at))).toEqual(list)
          expect(table.at(table.count)).toBeUndefined()
        }
      }),
    )
  })
})
