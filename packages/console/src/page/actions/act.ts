import { type Signal, signal } from '@preact/signals'
import type { ActionName, ActionResult } from '../../model/action.js'
import { ask, AskError } from '../stream/ask.js'
import { forgetToken, needToken, token } from './token.js'

/** What an action came to, as it is told to the reader. */
export interface Notice {
  readonly id: number
  readonly isError: boolean
  readonly text: string
  readonly hint: string | null
}

const NOTICE_MS = 8_000
const NOTICES_MAX = 4

export const notices: Signal<readonly Notice[]> = signal([])
/** The actions that are under way, so that a button cannot be pressed twice. */
export const underWay: Signal<ReadonlySet<string>> = signal(new Set())

let lastId = 0

/** Asks the console to change something; asks the reader for the token first, where there is none. Says whether it was done. */
export async function act(name: ActionName, body: Readonly<Record<string, unknown>>): Promise<boolean> {
  const key = actionKey(name, body)
  if (underWay.value.has(key)) return false
  if (token.value === null && !(await needToken(null))) return false
  mark(key, true)
  try {
    const { did } = await post(name, body)
    tell({ isError: false, text: did, hint: null })
    return true
  } catch (error) {
    if (error instanceof AskError && (error.status === 401 || error.status === 403)) {
      mark(key, false)
      forgetToken()
      return (await needToken('That token is not the one of this console.')) ? await act(name, body) : false
    }
    const hint = error instanceof AskError ? error.hint : null
    tell({ isError: true, text: error instanceof Error ? error.message : String(error), hint })
    return false
  } finally {
    mark(key, false)
  }
}

export function actionKey(name: ActionName, body: Readonly<Record<string, unknown>>): string {
  return `${name} ${JSON.stringify(body)}`
}

export function dismiss(id: number): void {
  notices.value = notices.value.filter((one) => one.id !== id)
}

function post(name: ActionName, body: Readonly<Record<string, unknown>>): Promise<ActionResult> {
  return ask<ActionResult>(`api/actions/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token.value}` },
    body: JSON.stringify(body),
  })
}

function mark(key: string, isOn: boolean): void {
  const next = new Set(underWay.value)
  if (isOn) next.add(key)
  else next.delete(key)
  underWay.value = next
}

function tell(notice: Omit<Notice, 'id'>): void {
  const id = (lastId += 1)
  notices.value = [...notices.value, { id, ...notice }].slice(-NOTICES_MAX)
  // What went wrong stays until it was read.
  if (!notice.isError) globalThis.setTimeout(() => dismiss(id), NOTICE_MS)
}
