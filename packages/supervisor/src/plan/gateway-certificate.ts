import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { ListenModel } from '@watertight/manifest'

type Tls = NonNullable<ListenModel['tls']>

/** Where the certificate lies that is made for the gateway of a run, from the folder of the run. */
export const gatewayCertificate: Tls = {
  certificate: 'certs/gateway/certificate.pem',
  key: 'certs/gateway/key.pem',
}

/** Whether the files that the document names lie beside it, in `folder`; where neither does, they are made. */
export function bringsCertificate({ certificate, key }: Tls, folder: string): boolean {
  return [certificate, key].some((file) => existsSync(resolve(folder, file)))
}

/** What people are told who may wonder why theirs is not used; undefined where the names say that it is made. */
export function madeInPlace(tls: Tls | undefined, folder: string): string | undefined {
  if (
    tls === undefined ||
    bringsCertificate(tls, folder) ||
    tls.certificate === gatewayCertificate.certificate
  )
    return undefined
  return `${tls.certificate} and ${tls.key} are not there: the gateway has a development certificate in their place`
}
