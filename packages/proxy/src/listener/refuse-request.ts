import { ExchangeRecord } from '../exchange/exchange-record.js'
import type { ProxyContext } from '../exchange/proxy-context.js'
import type { AnswerWriter } from './answer-writer.js'

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
  const record = new ExchangeRecord(proxy, '', '', address)
  record.status = status
  record.detail = reason
  record.bytesSent = bytes.length
  record.flag('DPE')
  record.ended(false, false)
  const described = `${lines}content-type: text/plain\r\ncontent-length: ${bytes.length}\r\n`
  answers.head(status, described, bytes.length, true, true)
  answers.data(bytes, 0, bytes.length)
}
