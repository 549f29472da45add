/** The folder of this package. Holds for `dist/program/` and for the bundle in `dist/bundle/` alike. */
export const packageFolder: URL = new URL('../../', import.meta.url)
