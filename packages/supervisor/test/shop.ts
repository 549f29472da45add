import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readManifest, type SystemModel } from '@watertight/manifest'
import { onTestFinished, vi } from 'vitest'
import { Run, type RunEvent } from '../src/index.js'

/** Answers with its process id, and does what its path says. */
const SERVICE = `
import { createServer } from 'node:http'
const server = createServer((request, response) => {
  if (request.url === '/hang') for (;;);
  if (request.url === '/burn') { const end = Date.now() + 2_000; while (Date.now() < end); }
  if (request.url === '/die') { console.error('out of luck'); process.exit(7) }
  response.end(String(process.pid))
})
server.listen(process.env.PORT, '127.0.0.1', () => console.log(process.env.WATERTIGHT_INSTANCE, 'listens'))
process.on('SIGTERM', () => server.close(() => process.exit(0)))
`

/** Done after the test, the last first. */
function afterwards(close: () => Promise<unknown>): void {
  onTestFinished(async () => void (await close()), 60_000)
}

/** A folder with a document and the program of its services; it goes after the test. */
export async function shopFolder(
  services: string,
): Promise<{ readonly folder: string; readonly file: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'supervisor-'))
  afterwards(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'watertight.yaml')
  await writeFile(join(folder, 'service.mjs'), SERVICE)
  await writeFile(file, documentOf(services))
  return { folder, file }
}

export function documentOf(services: string): string {
  return `watertight: v1\nsystem: shop\nservices:\n${services}`
}

export function systemOf(text: string): SystemModel {
  const { system, problems } = readManifest(text, 'watertight.yaml')
  if (system === undefined || problems.length > 0) throw new Error(JSON.stringify(problems))
  return system.model
}

/** A run of these services, and what it has told so far. It is ended after the test. */
export async function startShop(services: string): Promise<{
  readonly run: Run
  readonly file: string
  readonly events: RunEvent[]
}> {
  const { file } = await shopFolder(services)
  const events: RunEvent[] = []
  const run = await Run.start({
    file,
    text: documentOf(services),
    system: systemOf(documentOf(services)),
    watertight: ['false'],
    onEvent: (event) => events.push(event),
    scaleEveryMs: 1_000,
  })
  afterwards(() => run.kill())
  return { run, file, events }
}

/** What a program answers. */
export async function ask(run: Run, program: string, path = '/'): Promise<string> {
  const port = run.status().find(({ name }) => name === program)?.port
  const signal = AbortSignal.timeout(5_000)
  return await (await fetch(`http://127.0.0.1:${port}${path}`, { signal })).text()
}

/** Waits for an event of this kind. */
export async function eventOf<Kind extends RunEvent['kind']>(
  events: readonly RunEvent[],
  kind: Kind,
): Promise<Extract<RunEvent, { kind: Kind }>> {
  return await vi.waitFor(
    () => {
      const found = events.find((event) => event.kind === kind)
      if (found === undefined) throw new Error(`${kind} did not come: ${JSON.stringify(events)}`)
      return found as Extract<RunEvent, { kind: Kind }>
    },
    { timeout: 60_000, interval: 50 },
  )
}
