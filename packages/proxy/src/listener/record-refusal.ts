import { ExchangeRecord } from '../exchange/exchange-record.js'
import type { ProxyContext } from '../exchange/proxy-context.js'

/** Records what was answered to what never came to be a request. */
export function recordRefusal(
  proxy: ProxyContext,
  address: string,
  { status, reason, bytes }: { readonly status: number; readonly reason: string; readonly bytes: number },
): void {
  const record = new ExchangeRecord(proxy, '', '', address)
  record.status = status
  record.detail = reason
  record.bytesSent = bytes
  record.flag('DPE')
  record.ended(false, false)
}
