import type { FiledCertificate } from './certificate-folder.js'

/** Whether a certificate is made anew: as cert-manager does, when a third of its life is left. */
export function isDue({ notBefore, notAfter, trusted }: FiledCertificate, now: Date): boolean {
  const life = notAfter.getTime() - notBefore.getTime()
  return !trusted || notAfter.getTime() - now.getTime() < life / 3
}
