import { expect, test } from 'vitest';
import { mergeMetrics } from './merge-metrics.ts';

const page = (requests: number, beats: number) => `# HELP playgate_requests_total Requests, "as {counted}".
# TYPE playgate_requests_total counter
playgate_requests_total{route="GET /v1/a b",said="x} y"} ${requests}
playgate_requests_total{} ${requests + 1}
# HELP playgate_beat_seconds How long.
# TYPE playgate_beat_seconds histogram
playgate_beat_seconds_bucket{le="0.1"} ${beats}
playgate_beat_seconds_count ${beats}
`;

test('samples of all workers stand apart under one head', () => {
  const merged = mergeMetrics([
    { worker: 1, text: page(5, 7) },
    { worker: 2, text: page(50, 70) },
  ]);
  expect(merged).toBe(`# HELP playgate_requests_total Requests, "as {counted}".
# TYPE playgate_requests_total counter
playgate_requests_total{worker="1",route="GET /v1/a b",said="x} y"} 5
playgate_requests_total{worker="1"} 6
playgate_requests_total{worker="2",route="GET /v1/a b",said="x} y"} 50
playgate_requests_total{worker="2"} 51
# HELP playgate_beat_seconds How long.
# TYPE playgate_beat_seconds histogram
playgate_beat_seconds_bucket{worker="1",le="0.1"} 7
playgate_beat_seconds_count{worker="1"} 7
playgate_beat_seconds_bucket{worker="2",le="0.1"} 70
playgate_beat_seconds_count{worker="2"} 70
`);
});

test('nothing makes an empty page', () => {
  expect(mergeMetrics([])).toBe('');
});
