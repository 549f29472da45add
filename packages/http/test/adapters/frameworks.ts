import type express from 'express'
import { inject } from 'vitest'
import type { StartService } from './service.js'

/** What is started behind the guard, and how it finds its routes. */
interface Framework {
  readonly name: string
  readonly start: StartService
  /** `late`: after the guard has run. `never`: its template has to be said. */
  readonly matches: 'early' | 'late' | 'never'
}

/** Those of the workspace; beside the packed packages those that are installed there alone. */
export async function frameworks(): Promise<Framework[]> {
  const { startExpress } = await import('./start-express.js')
  if (inject('packedFolder') === undefined) {
    const { startFastify } = await import('./start-fastify.js')
    const { startHono } = await import('./start-hono.js')
    const { startNode } = await import('./start-node.js')
    const { default: express5 } = await import('express')
    return [
      { name: 'node:http', start: startNode, matches: 'never' },
      { name: 'Express 5', start: startExpress(express5), matches: 'late' },
      { name: 'Fastify', start: startFastify, matches: 'early' },
      { name: 'Hono', start: startHono, matches: 'early' },
    ]
  }
  const { packedRequire } = await import('../packed-require.js')
  const { startKoa } = await import('./start-koa.js')
  const { startNest } = await import('./start-nest.js')
  // The types of Express 5 do: what the routes use of Express 4 is the same.
  const express4 = packedRequire('express4') as typeof express
  return [
    { name: 'Express 4', start: startExpress(express4), matches: 'late' },
    { name: 'Koa', start: startKoa, matches: 'never' },
    { name: 'NestJS', start: startNest, matches: 'late' },
  ]
}
