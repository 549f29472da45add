/** More than this of one answer is not read. */
const BYTES_MAX = 16 * 1024 * 1024

/** Something answered, and not with what was asked for. */
export class AnswerError extends Error {
  readonly status: number

  constructor(path: string, status: number) {
    super(`GET ${path} answers ${status}`)
    this.status = status
  }
}

/** The text that answers a GET; an error says what it answered instead. */
export async function fetchText(url: string, signal: AbortSignal, accept = '*/*'): Promise<string> {
  const response = await fetch(url, { signal, headers: { accept }, redirect: 'manual' })
  if (response.status !== 200) {
    await response.body?.cancel()
    throw new AnswerError(new URL(url).pathname, response.status)
  }
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += (chunk as Uint8Array).length
    if (bytes > BYTES_MAX) throw new Error(`its answer is longer than ${BYTES_MAX / 1024 / 1024} MiB`)
    chunks.push(chunk as Uint8Array)
  }
  return Buffer.concat(chunks).toString()
}

export async function fetchJson(url: string, signal: AbortSignal): Promise<unknown> {
  return JSON.parse(await fetchText(url, signal, 'application/json')) as unknown
}
