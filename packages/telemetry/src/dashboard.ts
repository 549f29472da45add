export { type DashboardOptions, grafanaDashboard } from './dashboard/grafana-dashboard.js'
