export { measureProcessLoad } from './process/measure-process-load.js'
