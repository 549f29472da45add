import type { FailureClass as DocumentFailureClass } from '@watertight/manifest/words'

/** How one attempt failed without an answer, in the words of the document. */
export type FailureClass = DocumentFailureClass
