// What the workers of one machine and the process that started them tell each other.

/** From a worker. */
export type WorkerMessage =
  | { readonly kind: 'ready'; readonly lines: readonly string[] }
  | { readonly kind: 'metrics_asked'; readonly askId: number }
  | { readonly kind: 'metrics'; readonly askId: number; readonly text: string };

/** To a worker. */
export type PoolMessage =
  | { readonly kind: 'render_metrics'; readonly askId: number }
  | { readonly kind: 'all_metrics'; readonly askId: number; readonly text: string };
