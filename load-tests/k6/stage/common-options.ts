import type { Options } from 'k6/options';

/** Of every scenario. */
export const COMMON_OPTIONS: Options = {
  setupTimeout: '10m',
  teardownTimeout: '2m',
  batch: 32,
  batchPerHost: 32,
  summaryTrendStats: ['min', 'p(50)', 'p(95)', 'p(99)', 'max', 'count'],
  // Without urls, whose ids would make a time series of each session.
  systemTags: ['status', 'method', 'name', 'scenario', 'group', 'error_code'],
};

/** An open model that ran out of virtual users was none. */
export const NO_REQUEST_WAITED = { dropped_iterations: ['count==0'] };
