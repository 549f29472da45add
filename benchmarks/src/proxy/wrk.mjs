import { spawn } from 'node:child_process'
import { enginePath } from './engine-path.mjs'
import { pinned } from './program.mjs'

/** @typedef {{ requests: number, requestsPerSecond: number, p50Ms: number, p99Ms: number }} Load */

/**
 * Loads a port from the second core over 64 keep-alive connections.
 * @param {number} port
 * @param {number} seconds
 * @returns {Promise<Load>}
 */
export async function wrk(port, seconds) {
  const command = [enginePath('wrk'), '-t1', '-c64', `-d${seconds}`, '--latency', `http://127.0.0.1:${port}/`]
  const [file, ...words] = pinned(1, command)
  const child = spawn(file, words, { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  for await (const chunk of child.stdout) text += chunk
  return readReport(text)
}

/** @param {string} text what wrk prints */
export function readReport(text) {
  const field = (pattern) => pattern.exec(text)?.[1]
  const errors = field(/Non-2xx or 3xx responses: (\d+)/) ?? field(/Socket errors: (.*[1-9].*)/)
  const requests = Number(field(/(\d+) requests in/))
  const requestsPerSecond = Number(field(/Requests\/sec:\s+([\d.]+)/))
  if (errors !== undefined || !(requests > 0)) throw new Error(`cannot measure: got\n${text}`)
  return {
    requests,
    requestsPerSecond,
    p50Ms: milliseconds(field(/^\s+50%\s+(\S+)/m)),
    p99Ms: milliseconds(field(/^\s+99%\s+(\S+)/m)),
  }
}

function milliseconds(text = '') {
  const [, value, unit] = /^([\d.]+)(us|ms|s)$/.exec(text) ?? []
  return Number(value) * { us: 0.001, ms: 1, s: 1_000 }[unit]
}
