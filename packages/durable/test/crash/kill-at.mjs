// Kills this process before a statement of a number, counted from now on, or once its answer has come: every statement goes
// through here, whatever sent it.
import { Worker } from 'node:worker_threads'
import pg from 'pg'

/** @param {{ at: number, when: 'before' | 'after' }} place */
export function killAt({ at, when }) {
  let count = 0
  /** Nothing of this process runs after it. */
  const die = () => void process.kill(process.pid, 'SIGKILL')
  const isNext = () => {
    count += 1
    return count === at
  }
  const send = Reflect.get(pg.Client.prototype, 'query')
  pg.Client.prototype.query = function query(...words) {
    const isHere = isNext()
    if (isHere && when === 'before') die()
    const answer = send.apply(this, words)
    // What is sent as a batch is no promise itself.
    if (isHere) void (answer.answers ?? answer).then(die, die)
    return answer
  }
  const post = Reflect.get(Worker.prototype, 'postMessage')
  Worker.prototype.postMessage = function postMessage(message) {
    const isHere = isNext()
    if (isHere && when === 'before') die()
    post.call(this, message)
    if (isHere) this.once('message', die)
  }
}
