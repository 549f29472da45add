import { expect, test, vi } from 'vitest'
import { documentOf, eventOf, startShop, systemOf } from './shop.js'

vi.setConfig({ testTimeout: 120_000 })

const BROKEN = 'node -e "console.error(1); process.exit(1)"'

test('a service that joins and keeps ending does not keep the next change from being made', async () => {
  const { run } = await startShop('  order: { run: node service.mjs }\n')
  await run.ready
  const broken = documentOf(
    `  order: { run: node service.mjs }\n  tax: { run: ${JSON.stringify(BROKEN)}, port: 31998 }\n`,
  )
  await run.change(systemOf(broken), broken)
  const mended = documentOf('  order: { run: node service.mjs }\n')
  await run.change(systemOf(mended), mended)
  expect(run.status().map(({ name }) => name)).toEqual(['order'])
})

test('a stop in the middle of a change waits for it, and nothing that it would start is left behind', async () => {
  const { run, events } = await startShop('  order: { run: node service.mjs }\n')
  await run.ready
  const changed = documentOf(
    '  order: { run: node service.mjs }\n  tax: { run: "exec sleep 600", health: { ready: /readyz } }\n',
  )
  let isOver = false
  const change = run.change(systemOf(changed), changed).then(() => (isOver = true))
  await vi.waitFor(
    () => expect(events.some((event) => event.kind === 'started' && event.program === 'tax')).toBe(true),
    {
      timeout: 60_000,
    },
  )
  await run.stop()
  await change
  expect(isOver).toBe(true)
  expect(run.status().every(({ pid }) => pid === null)).toBe(true)
})

test('how long a process was away is told when it is back', async () => {
  const { run, events } = await startShop('  order: { run: node service.mjs, health: { ready: / } }\n')
  await run.ready
  process.kill(run.status()[0]?.pid as number, 'SIGKILL')
  const { program, seconds } = await eventOf(events, 'back')
  expect(program).toBe('order')
  expect(seconds).toBeGreaterThan(0)
})
