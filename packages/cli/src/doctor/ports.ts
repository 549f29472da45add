import { createServer } from 'node:net'
import type { SystemModel } from '@watertight/manifest'

/** More than this are not tried: a manifest may name thousands. */
const PORTS_MAX = 500

export interface PortState {
  readonly port: number
  readonly owner: string
  /** Something listens there already. */
  readonly inUse: boolean
}

/** Which ports of the manifest are taken on this machine. */
export async function findPorts(model: SystemModel): Promise<PortState[]> {
  const gateway = model.document.gateway?.listen?.port
  const wanted = [
    ...(gateway === undefined ? [] : [{ port: gateway, owner: 'gateway' }]),
    ...[...model.services.values()].flatMap(({ name, document }) =>
      document.port === undefined ? [] : [{ port: document.port, owner: name }],
    ),
  ]
  return await Promise.all(
    wanted.slice(0, PORTS_MAX).map(async (one) => ({ ...one, inUse: await isInUse(one.port) })),
  )
}

function isInUse(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'EADDRINUSE')
    })
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.close(() => {
        resolve(false)
      })
    })
  })
}
