import { spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { enginePath } from './engine-path.mjs'
import { pinned } from './program.mjs'

const connections = 8
const streams = 8

/**
 * Loads a port with HTTP/2 from the second core: 64 requests at once, over 8 connections.
 * @param {number} port
 * @param {number} seconds
 * @param {string} folder where it may write what each request took
 * @returns {Promise<import('./wrk.mjs').Load>}
 */
export async function h2load(port, seconds, folder) {
  const log = `${folder}/h2load.tsv`
  // It adds to what is there.
  rmSync(log, { force: true })
  const command = [
    enginePath('h2load'),
    `-c${connections}`,
    `-m${streams}`,
    `-D${seconds}`,
    `--log-file=${log}`,
    `http://127.0.0.1:${port}/`,
  ]
  const [file, ...words] = pinned(1, command)
  const child = spawn(file, words, { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  for await (const chunk of child.stdout) text += chunk
  if (!/ 0 failed, 0 errored, 0 timeout/.test(text)) throw new Error(`cannot measure: got\n${text}`)
  return readLog(readFileSync(log, 'utf8'), seconds)
}

/**
 * @param {string} log a line a request: when it began, its status, and what it took, in microseconds
 * @param {number} seconds
 */
export function readLog(log, seconds) {
  const took = []
  for (const line of log.trimEnd().split('\n')) {
    const [, status, microseconds] = line.split('\t')
    if (status !== '200') throw new Error(`cannot measure: got ${line}`)
    took.push(Number(microseconds) / 1_000)
  }
  took.sort((a, b) => a - b)
  const share = (part) => took[Math.min(took.length - 1, Math.floor(took.length * part))]
  return {
    requests: took.length,
    requestsPerSecond: took.length / seconds,
    p50Ms: share(0.5),
    p99Ms: share(0.99),
  }
}
