import { connect } from 'node:net'

/** How a program is asked whether it is well, on 127.0.0.1. */
export type Probe =
  | { readonly kind: 'http'; readonly port: number; readonly ready: string; readonly live: string }
  | { readonly kind: 'tcp'; readonly port: number }
  | { readonly kind: 'none' }

/**
 * Whether it answers within the limit: with a status from 200 to 399, or by taking a connection where there is no path to
 * ask. Of one that takes no requests, that it runs is all that is known.
 */
export async function answers(probe: Probe, what: 'ready' | 'live', limitMs: number): Promise<boolean> {
  if (probe.kind === 'none') return true
  if (probe.kind === 'tcp') return await connects(probe.port, limitMs)
  const signal = AbortSignal.timeout(limitMs)
  try {
    const answer = await fetch(`http://127.0.0.1:${probe.port}${probe[what]}`, { signal, redirect: 'manual' })
    await answer.body?.cancel()
    return answer.status >= 200 && answer.status < 400
  } catch {
    return false
  }
}

async function connects(port: number, limitMs: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: limitMs })
    const settle = (result: boolean) => {
      socket.destroy()
      resolve(result)
    }
    socket.once('connect', () => settle(true))
    socket.once('timeout', () => settle(false))
    socket.once('error', () => settle(false))
  })
}
