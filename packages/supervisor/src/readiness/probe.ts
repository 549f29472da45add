import { connect } from 'node:net'

/** How a program is asked whether it is well, on 127.0.0.1. */
export type Probe =
  | { readonly kind: 'http'; readonly port: number; readonly ready: string; readonly live: string }
  | { readonly kind: 'tcp'; readonly port: number }
  | { readonly kind: 'none' }

/**
 * What is wrong with a program, such as `GET /readyz answers 503`; undefined when it is well: it answers within the limit
 * with a status from 200 to 399, or takes a connection where there is no path to ask. Of one that takes no requests, that it runs
 * is all that is known.
 */
export async function troubleOf(
  probe: Probe,
  what: 'ready' | 'live',
  limitMs: number,
): Promise<string | undefined> {
  if (probe.kind === 'none') return undefined
  if (probe.kind === 'tcp') return await connecting(probe.port, limitMs)
  const path = probe[what]
  const signal = AbortSignal.timeout(limitMs)
  try {
    const answer = await fetch(`http://127.0.0.1:${probe.port}${path}`, { signal, redirect: 'manual' })
    await answer.body?.cancel()
    return answer.status >= 200 && answer.status < 400 ? undefined : `GET ${path} answers ${answer.status}`
  } catch {
    if (signal.aborted) return `GET ${path} is not answered within ${limitMs / 1_000} s`
    return `nothing answers GET ${path} on port ${probe.port}`
  }
}

/**
 * What to do about one that does not become ready, where that can be seen: a program that is told to listen on `localhost`
 * may take that for `::1` alone, where nobody asks it.
 */
export async function mendOf(probe: Probe, limitMs: number): Promise<string | undefined> {
  if (probe.kind === 'none' || (await connecting(probe.port, limitMs)) === undefined) return undefined
  if ((await connecting(probe.port, limitMs, '::1')) !== undefined) return undefined
  return 'it listens on ::1 alone: have it listen on 127.0.0.1, or on all addresses'
}

async function connecting(
  port: number,
  limitMs: number,
  host: string = '127.0.0.1',
): Promise<string | undefined> {
  return await new Promise((resolve) => {
    const socket = connect({ port, host, timeout: limitMs })
    const settle = (trouble?: string) => {
      socket.destroy()
      resolve(trouble)
    }
    const trouble = `nothing takes connections on port ${port}`
    socket.once('connect', () => settle())
    socket.once('timeout', () => settle(trouble))
    socket.once('error', () => settle(trouble))
  })
}
