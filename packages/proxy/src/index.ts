export { HeaderNames } from './http1/index.js'
