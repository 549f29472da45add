import { checkReports } from './api-report.js'

checkReports(true)
