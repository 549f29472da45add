import { type Terminal, textSink } from './terminal.js'

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const { env } = process
  return {
    cwd: process.cwd(),
    env,
    out: textSink(process.stdout, env),
    err: textSink(process.stderr, env),
    in: { isTty: process.stdin.isTTY, read: readStandardInput },
  }
}

async function readStandardInput(bytesMax: number): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > bytesMax) break
  }
  return Buffer.concat(chunks).subarray(0, bytesMax).toString('utf8')
}
