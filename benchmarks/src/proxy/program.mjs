import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'

const taskset = '/usr/bin/taskset'
const clockTicks = 100

/** The command on one core, where the platform can pin a process. */
export function pinned(core, command) {
  return existsSync(taskset) ? [taskset, '-c', String(core), ...command] : command
}

/**
 * Starts a program and waits until it listens.
 * @param {number} core
 * @param {readonly string[]} command
 * @param {number} port
 */
export async function startProgram(core, command, port) {
  const [file, ...words] = pinned(core, command)
  const child = spawn(file, words, { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk) => (said = `${said}${chunk}`.slice(-2_000)))
  let hasEnded = false
  child.on('exit', () => (hasEnded = true))
  for (let tries = 0; tries < 400; tries += 1) {
    if (hasEnded) break
    if (await listens(port)) return new Program(child)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  child.kill('SIGKILL')
  throw new Error(`cannot measure: ${command[0]} does not listen on ${port}\n${said}`)
}

class Program {
  constructor(child) {
    this.child = child
  }

  /** Seconds of processor time that the program and its children have used. */
  cpuSeconds() {
    return this.#stats().reduce(
      (sum, fields) => sum + (Number(fields[11]) + Number(fields[12])) / clockTicks,
      0,
    )
  }

  rssMb() {
    const pages = this.#stats().reduce((sum, fields) => sum + Number(fields[21]), 0)
    return Math.round((pages * 4_096) / 1e5) / 10
  }

  stop() {
    this.child.kill('SIGTERM')
  }

  /** What the system tells of the process and of its children: nginx has a worker. */
  #stats() {
    const { pid } = this.child
    const children = readText(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean)
    return [String(pid), ...children]
      .map((one) => readText(`/proc/${one}/stat`))
      .filter((text) => text !== '')
      .map((text) => text.slice(text.lastIndexOf(')') + 2).split(' '))
  }
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function listens(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
