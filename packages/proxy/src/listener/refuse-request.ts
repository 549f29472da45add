import type { ProxyContext } from '../exchange/proxy-context.js'
import type { AnswerWriter } from './answer-writer.js'
import { recordRefusal } from './record-refusal.js'

/** Answers what never came to be a request. Nothing that follows on its connection can be trusted. */
export function refuseRequest(
  answers: AnswerWriter,
  proxy: ProxyContext,
  address: string,
  {
    status,
    reason,
    lines = '',
  }: { readonly status: number; readonly reason: string; readonly lines?: string },
): void {
  const bytes = Buffer.from(`${reason}\n`)
  recordRefusal(proxy, address, { status, reason, bytes: bytes.length })
  const described = `${lines}content-type: text/plain\r\ncontent-length: ${bytes.length}\r\n`
  answers.head(status, described, bytes.length, true, true)
  answers.data(bytes, 0, bytes.length)
}
