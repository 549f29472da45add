// Ends this process, or its connection, before or after the statement of a number: every statement goes through here,
// whatever sent it.
import { Worker } from 'node:worker_threads'
import pg from 'pg'

/** @param {{ at: number, when: 'before' | 'after', how: 'kill' | 'drop' }} crash */
export function crashAt({ at, when, how }) {
  let count = 0
  const strike = (drop) => {
    if (how === 'kill') process.kill(process.pid, 'SIGKILL')
    drop()
  }
  const send = Reflect.get(pg.Client.prototype, 'query')
  pg.Client.prototype.query = function query(...words) {
    count += 1
    const isHere = count === at
    const drop = () => this.connection.stream.destroy()
    if (isHere && when === 'before') strike(drop)
    const answer = send.apply(this, words)
    if (!isHere || when === 'before') return answer
    // What is sent as a batch is no promise itself.
    const { answers } = answer
    if (answers === undefined) return answer.finally(() => strike(drop))
    answers.finally(() => strike(drop)).catch(() => {})
    return answer
  }
  const post = Reflect.get(Worker.prototype, 'postMessage')
  Worker.prototype.postMessage = function postMessage(message) {
    count += 1
    if (count === at && when === 'before') strike(() => {})
    post.call(this, message)
    // A thread has no connection to drop; its answer is the next message.
    if (count === at && when === 'after') this.once('message', () => strike(() => {}))
  }
  return () => count
}
