import { readWhole } from '../settings/read.js'
import type { Setting } from '../settings/setting.js'
import { Block } from '../writing/block.js'
import { quoted } from '../writing/quoted.js'
import { putText } from './put-text.js'

const PATH = /^\/\S{0,500}$/
const HOST = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,250}$/

/** What the gateway answers itself. */
export function ownAnswer(route: Setting): Block | undefined {
  const [redirect, response] = [route.at('redirect'), route.at('directResponse')]
  const [key, block] =
    redirect === undefined
      ? (['respond', response && respondBlock(response)] as const)
      : (['redirect', redirectBlock(redirect)] as const)
  if (block !== undefined) return new Block().nest(key, block)
  return route.decline('what it answers cannot be said in a manifest, so this route is left out')
}

/** A redirect of Istio: undefined when it changes nothing that a manifest can say. */
function redirectBlock(redirect: Setting): Block | undefined {
  const block = new Block()
  putText(block, 'scheme', redirect.at('scheme'), /^https?$/, 'http or https')
  const authority = redirect.at('authority')
  const [host, port] = authority?.text.split(':') ?? []
  if (authority !== undefined && HOST.test(host ?? '') && (port === undefined || isPort(port))) {
    block.from('host', quoted(host ?? ''), authority.use())
    if (port !== undefined) block.from('port', port, authority)
  }
  const given = readWhole(redirect.at('port'), 1, 65_535)
  if (given !== undefined && !block.has('port')) block.from('port', given.value, given.from)
  putText(block, 'path', redirect.at('uri'), PATH, 'a path that starts with /')
  if (block.empty) return undefined
  const code = redirect.at('redirectCode')
  if (code === undefined) return block.put('status', 301, 'the default of Istio')
  return putText(block, 'status', code, /^30[12378]$/, '301, 302, 303, 307 or 308')
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) > 0 && Number(text) < 65_536
}

/** The gateway's own answer. */
function respondBlock(response: Setting): Block | undefined {
  const status = readWhole(response.at('status'), 200, 599)
  if (status === undefined) return undefined
  const block = new Block().from('status', status.value, status.from)
  const body = response.at('body', 'string')
  return typeof body?.scalar === 'string'
    ? block.from('body', JSON.stringify(body.scalar), body.use())
    : block
}
