import { expect, test } from 'vitest'
import { busyMachine } from '../src/status/busy-machine.js'
import { colors } from '../src/status/colors.js'
import { Screen } from '../src/status/screen.js'
import { percent, statusBlock, statusLine, type StatusView } from '../src/status/status-block.js'

const measured = {
  counts: { placed: 1_180, waiting: 10, declined: 8, unavailable: 2 },
  total: 1_200,
  successShare: 1_198 / 1_200,
  p50Ms: 8.25,
  p99Ms: 61.4,
}
const durations = { count: 100, ms: 1_000 }
const edge = {
  calls: 100,
  failures: 0,
  retries: 0,
  refusedByBreaker: 0,
  refusedOtherwise: 0,
  fallbacks: 0,
  durations,
}
const view: StatusView = {
  seconds: 62.4,
  load: { recent: measured, perSecond: 19.96, overall: measured },
  system: {
    edges: [
      { from: 'gateway', to: 'order', breaker: 'closed', ...edge, retries: 1 },
      {
        from: 'order',
        to: 'payment',
        breaker: 'open',
        ...edge,
        retries: 3,
        refusedByBreaker: 1_204,
        refusedOtherwise: 2,
      },
      { from: 'order', to: 'loyalty', breaker: 'closed', ...edge, refusedByBreaker: 1, fallbacks: 1 },
      { from: 'canary', to: 'payment', breaker: 'closed', ...edge },
      { from: 'canary', to: 'shipping', breaker: 'half-open', ...edge },
    ],
    faults: [{ service: 'payment', plan: { latencyMs: 3_000, errorRate: 0, forSeconds: 12 } }],
    served: {},
    proxies: {},
    orders: { unfinished: 12, waiting: 5, undoing: 3 },
    silent: [{ service: 'inventory', forMs: 3_200 }],
  },
  shares: {
    totalMs: 30,
    parts: [
      { name: 'gateway', ms: 1.25 },
      { name: 'sidecars', ms: 3 },
      { name: 'order', ms: 8 },
      { name: 'tax', ms: 1 },
      { name: 'inventory', ms: 5 },
      { name: 'payment', ms: 5 },
      { name: 'shipping', ms: 5 },
      { name: 'loyalty', ms: 4.5 },
    ],
    betweenMs: 1.25,
  },
  canary: { wanted: 0.05, requests: 1_204, canary: 61 },
  availability: 0.99,
  restarts: 1,
  hangs: 0,
}

test('the block of a terminal', () => {
  expect(statusBlock(view, colors(false))).toEqual([
    '',
    'orders up 1:02, Ctrl-C stops',
    '  checkouts   20.0/s   success 99.8% (promised 99%)   p50 8.3 ms   p99 61 ms',
    '  so far      placed 1,180, waiting 10, declined 8, unavailable 2',
    '  pending     12, of which 5 wait for payment and 3 are being undone',
    '  time, ms    gateway 1.3 | sidecars 3.0 | order 8.0 | tax 1.0 | between 1.3',
    '              inventory 5.0 | payment 5.0 | shipping 5.0 | loyalty 4.5',
    '  breakers    gateway > order    closed    1 retry',
    '              order > payment    open      3 retries, 1,204 refused by breaker, 2 by bulkhead',
    '              order > loyalty    closed    1 refused by breaker, 1 fallback',
    '              canary > shipping  half-open',
    '  canary      5.1% of 1,204 requests since its share was set to 5%',
    '  restarts    1',
    '  fault       payment: +3000 ms, 0% errors, 12 s left',
    '  no answer   inventory for 3 s',
  ])
})

test('what is pending is told apart: what waits for payment, and what is being undone', () => {
  const pending = (orders: NonNullable<StatusView['system']['orders']>) =>
    statusBlock({ ...view, system: { ...view.system, orders } }, colors(false))[4]
  expect(pending({ unfinished: 2, waiting: 0, undoing: 0 })).toBe('  pending     2')
  expect(pending({ unfinished: 2, waiting: 1, undoing: 0 })).toBe(
    '  pending     2, of which 1 waits for payment',
  )
  expect(pending({ unfinished: 2, waiting: 0, undoing: 1 })).toBe(
    '  pending     2, of which 1 is being undone',
  )
})

test('the same on one line', () => {
  expect(statusLine(view)).toBe(
    '62 s, 20.0 checkouts/s, success 99.8%, p50 8.3 ms, p99 61 ms, 5 wait for payment, ' +
      'breakers order > payment open and canary > shipping half-open, ' +
      'canary 5.1% of 1,204 requests since its share was set to 5%, restarts 1, no answer from inventory for 3 s',
  )
})

test('a busy machine is told of, wherever the figures are', () => {
  const busy = busyMachine(11.2, 2)
  expect(busy).toBe('busy (load 11.2 on 2 cores): the figures suffer')
  expect(statusBlock({ ...view, busy }, colors(false))).toContain(`  machine     ${busy}`)
  expect(statusLine({ ...view, busy })).toContain(`, machine ${busy}`)
  expect(busyMachine(2.9, 2)).toBeUndefined()
})

test('a service that hung is counted apart from those that died', () => {
  const hung = { ...view, restarts: 3, hangs: 1 }
  expect(statusBlock(hung, colors(false))).toContain('  restarts    3 (1 hung)')
  expect(statusLine(hung)).toContain('restarts 3 (1 hung)')
})

test('colors are there only when asked for', () => {
  expect(colors(true).bad('x')).toBe('\x1b[31mx\x1b[39m')
  expect(colors(false).bad('x')).toBe('x')
})

test('100% is said only when nothing failed', () => {
  expect(percent(1)).toBe('100%')
  expect(percent(0.99999)).toBe('99.9%')
})

function terminal(columns: number): {
  output: { columns: number; write: (text: string) => void }
  take: () => string
} {
  let text = ''
  return {
    output: { columns, write: (more) => (text += more) },
    take: () => {
      const taken = text
      text = ''
      return taken
    },
  }
}

test('a live screen redraws its block in place, below what is said', () => {
  const { output, take } = terminal(80)
  const screen = new Screen(output, true)
  screen.show(['one', 'two'])
  expect(take()).toBe('one\ntwo\n')
  screen.say('inventory died')
  expect(take()).toBe('\r\x1b[2A\x1b[0Jinventory died\none\ntwo\n')
  screen.show(['three'])
  expect(take()).toBe('\r\x1b[2A\x1b[0Jthree\n')
})

test('a line never wraps', () => {
  const { output, take } = terminal(10)
  new Screen(output, true).show(['\x1b[31m0123456789\x1b[39m', '\x1b[31m012345678\x1b[39m'])
  expect(take()).toBe('012345678\n\x1b[31m012345678\x1b[39m\n')
})

test('where nothing can be redrawn there is no block', () => {
  const { output, take } = terminal(80)
  const screen = new Screen(output, false)
  screen.show(['one'])
  screen.say('said')
  expect(take()).toBe('said\n')
})

test('the canary is told of while it has requests, or is to have some', () => {
  const line = (canary: StatusView['canary']) =>
    statusBlock({ ...view, canary }, colors(false)).find((one) => one.includes('  canary   '))
  expect(line({ wanted: 0, requests: 40, canary: 0 })).toBeUndefined()
  expect(line({ wanted: 0.05, requests: 0, canary: 0 })).toBe(
    '  canary      nothing since its share was set to 5%',
  )
  expect(line({ wanted: 0, requests: 40, canary: 1 })).toContain(
    '2.5% of 40 requests since its share was set to 0%',
  )
})
