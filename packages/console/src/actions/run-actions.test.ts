import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RunFolder } from '@watertight/supervisor'
import { expect, onTestFinished, test, vi } from 'vitest'
import { RunSource } from '../sources/run-source.js'
import { runActions } from './run-actions.js'

/** A run as it answers, as soon as it is not too busy. */
async function busyRun() {
  const folder = await mkdtemp(join(tmpdir(), 'busy-run-'))
  let isBusy = false
  const late: ServerResponse[] = []
  const answer = (response: ServerResponse): void => {
    response.end(JSON.stringify({ gateway: null, programs: [], events: [] }))
  }
  const server = createServer((_request, response) => {
    if (isBusy) late.push(response)
    else answer(response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new RunFolder(folder).tellPlace({ pid: process.pid, port, token: 'secret' })
  onTestFinished(async () => {
    server.close().closeAllConnections()
    await rm(folder, { recursive: true })
  })
  return {
    folder,
    become: (busy: boolean) => {
      isBusy = busy
      if (!busy) for (const response of late.splice(0)) answer(response)
    },
  }
}

function sourceOf(folder: string): RunSource {
  const source = new RunSource(folder, { everyMs: 20, deadlineMs: 200, onEvents: () => {} })
  onTestFinished(() => source.source.close())
  return source
}

test('a run that is too busy to say how it is can be told what to do', async () => {
  const { folder, become } = await busyRun()
  const run = sourceOf(folder)
  const scale = runActions(run).find(({ name }) => name === 'scale')
  await run.source.start()
  await vi.waitFor(() => expect(run.source.told.known).toBe(true), { timeout: 20_000 })
  become(true)
  await vi.waitFor(() => expect(run.source.told.known).toBe(false), { timeout: 20_000 })
  expect(scale?.obstacle()).toBeNull()
  become(false)
  expect(await scale?.act({ service: 'payment', replicas: 2 })).toBe('payment has 2 replicas')
})

test('where none runs, it is said that it cannot be asked', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'no-run-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const run = sourceOf(folder)
  await run.source.start()
  const [restart] = runActions(run)
  expect(restart?.obstacle()).toBe('watertight up cannot be asked: no watertight up runs this document')
})
