export { CertificateFolder, type FiledCertificate } from './certificate-folder.js'
export { CertificateError } from './errors.js'
export { type Certificates, certificateFiles, readCertificates } from './read-certificates.js'
export { identityOf, trustDomainOf, workloadIdentity } from './workload-identity.js'
