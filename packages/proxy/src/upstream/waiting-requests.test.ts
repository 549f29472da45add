import { expect, it } from 'vitest'
import type { PendingRequest } from './endpoint.js'
import { WaitingRequests } from './waiting-requests.js'

const request = (isOver: boolean): PendingRequest => ({ isOver }) as PendingRequest

it('hands on who still waits, first come first served', () => {
  const waiting = new WaitingRequests()
  const [first, second] = [request(false), request(false)]
  for (const one of [request(true), first, request(true), second]) waiting.add(one)
  expect([waiting.next(), waiting.next(), waiting.next()]).toEqual([first, second, undefined])
})

it('has room again once callers have left', () => {
  const waiting = new WaitingRequests()
  for (const isOver of [false, true, true]) waiting.add(request(isOver))
  expect([waiting.count, waiting.areFewerThan(2), waiting.count]).toEqual([3, true, 1])
  waiting.add(request(false))
  expect(waiting.areFewerThan(2)).toBe(false)
})
