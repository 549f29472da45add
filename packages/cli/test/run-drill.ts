import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { startProgram } from './start-program.js'

/** What a drill has come to, when it is over. */
export interface FinishedDrill {
  readonly code: number
  /** As `--json` tells it. */
  readonly record: Readonly<Record<string, unknown>>
}

/** Runs `watertight drill` in the folder of a running system to its end; `words` are its name and options. */
export async function runDrill(
  cwd: string,
  words: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<FinishedDrill> {
  const { child, text } = startProgram(cwd, ['drill', ...words, '--json'], env)
  const [code] = (await once(child, 'exit')) as [number]
  const record = JSON.parse(text().slice(text().indexOf('{'))) as FinishedDrill['record']
  return { code, record }
}

/** A webhook on loopback, and the phases of incidents that it has been told. */
export async function incidentHook(): Promise<{ readonly port: number; readonly told: readonly string[] }> {
  const told: string[] = []
  const hook = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => {
      told.push((JSON.parse(body) as { phase: string }).phase)
      response.end()
    })
  }).listen(0, '127.0.0.1')
  await once(hook, 'listening')
  onTestFinished(() => void hook.close())
  return { port: (hook.address() as AddressInfo).port, told }
}
